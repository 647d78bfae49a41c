"""winmail.dat is unpacked: its files, its text; and no bytes whatever make it raise."""

import base64
import struct
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.mail import parse_mail
from helpdesk.mail.rtf import LONGEST, decompressed, text_of_rtf
from helpdesk.mail.tnef import MOST_FILES, unpacked
from tests.helpdesk import tnef_writer as tnef

RTF = (
    rb"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0 Arial;}}"
    rb"\pard Caf\'e9 {\b closed}.\par \u8364?5\par}"
)
# What [MS-OXRTFCP] 3.2 gives as its first and second example, with what they mean.
PUBLISHED = [
    (
        "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af3"
        "2068656c090020627705b06c647d0a800fa0",
        b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n",
    ),
    (
        "1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0",
        b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}",
    ),
]


def whole() -> bytes:
    """A pack as Outlook writes it: rich text, properties of all sorts, two files."""
    of_message = tnef.properties(
        tnef.prop(tnef.LONG, 0x0E07, struct.pack("<I", 1)),
        tnef.prop(tnef.TIME, 0x0039, struct.pack("<Q", 132_000_000_000_000_000)),
        tnef.named_prop(b"whatever"),
        tnef.prop(tnef.BINARY, 0x1009, tnef.compressed(RTF)),
    )
    return tnef.packed(
        tnef.attribute(tnef.MESSAGE, 0x18004, b"Closed\0"),
        tnef.attribute(tnef.MESSAGE, 0x69003, of_message),
        tnef.file(
            b"RAPPO~1.PDF",
            b"%PDF-1.4 plum",
            tnef.prop(tnef.UNICODE, 0x3707, tnef.wide("Rapport d’été.pdf")),
            tnef.prop(tnef.STRING, 0x370E, b"application/pdf\0"),
            tnef.prop(tnef.UNICODE, 0x3712, tnef.wide("plum@x.example")),
        ),
        tnef.file(b"caf\xe9.txt", b"noir"),
    )


def mail(pack: bytes, *, text: str = "", kind: str = "application/ms-tnef") -> bytes:
    return (
        "From: Zoe <zoe@outside.example>\nSubject: Closed\nMIME-Version: 1.0\n"
        'Content-Type: multipart/mixed; boundary="b"\n\n'
        f"--b\nContent-Type: text/plain; charset=utf-8\n\n{text}\n"
        f'--b\nContent-Type: {kind}; name="winmail.dat"\nContent-Transfer-Encoding: base64\n\n'
        f"{base64.encodebytes(pack).decode()}\n--b--\n"
    ).encode()


@pytest.mark.parametrize("kind", ["application/ms-tnef", "application/octet-stream"])
def test_files_come_out_with_names_kinds_and_ids(kind):
    found = parse_mail(mail(whole(), text="See what is attached.", kind=kind))

    files = [(file.name, file.content_type, file.content) for file in found.attachments]
    assert files == [
        ("Rapport d’été.pdf", "application/pdf", b"%PDF-1.4 plum"),
        ("café.txt", "text/plain", b"noir"),
    ]
    assert found.attachments[0].content_id == "plum@x.example"
    assert found.visible_text == "See what is attached."


def test_text_is_taken_from_the_pack_where_the_mail_has_none():
    found = parse_mail(mail(whole()))

    assert found.visible_text == "Café closed.\n€5"


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ([tnef.prop(tnef.STRING, 0x1000, b"Na\xefve\0")], "Naïve"),
        ([tnef.prop(tnef.UNICODE, 0x1000, tnef.wide("سلام"))], "سلام"),
        ([tnef.prop(tnef.BINARY, 0x1013, "<p>Grüße</p>".encode())], "Grüße"),
    ],
)
def test_text_is_found_in_each_of_its_places(said, text):
    pack = tnef.packed(tnef.attribute(tnef.MESSAGE, 0x69003, tnef.properties(*said)))

    assert unpacked(pack).text == text
    old = tnef.packed(tnef.attribute(tnef.MESSAGE, 0x2800C, b"As of old\0"))
    assert unpacked(old).text == "As of old"


def test_a_mail_within_gives_its_text_and_files():
    inner = tnef.packed(
        tnef.attribute(
            tnef.MESSAGE, 0x69003, tnef.properties(tnef.prop(tnef.STRING, 0x1000, b"Within\0"))
        ),
        tnef.file(b"inner.txt", b"kernel"),
    )
    held = tnef.prop(tnef.OBJECT, 0x3701, tnef.INTERFACE + inner)
    pack = tnef.packed(tnef.file(b"Fwd", b"", held), tnef.file(b"b.txt", b"after"))

    found = unpacked(pack)

    assert [(file.name, file.content) for file in found.files] == [
        ("inner.txt", b"kernel"),
        ("Fwd.txt", b"Within"),
        ("b.txt", b"after"),
    ]
    assert found.is_whole


def test_what_is_damaged_gives_what_it_can_and_is_kept_beside():
    pack = whole()[:-12]

    found = parse_mail(mail(pack))

    assert [file.name for file in found.attachments] == ["Rapport d’été.pdf", "winmail.dat"]
    assert found.attachments[-1].content == pack


def test_a_file_that_is_no_pack_stays_as_it_came():
    found = parse_mail(mail(b"no pack at all", text="Hello"))

    assert [(file.name, file.content) for file in found.attachments] == [
        ("winmail.dat", b"no pack at all")
    ]


@pytest.mark.parametrize(("packed", "meant"), PUBLISHED)
def test_published_examples_of_compression(packed, meant):
    assert decompressed(bytes.fromhex(packed)) == meant


@pytest.mark.parametrize(
    ("rtf", "text"),
    [
        (rb"{\rtf1 a\{b\}\\c\tab d\line e}", "a{b}\\c\td\ne"),
        (rb"{\rtf1\ansicpg932 \'93\'fa\'96\'7b}", "日本"),
        (rb"{\rtf1\uc2\u26085 ??\u26412 ??!}", "日本!"),
        (rb"{\rtf1 \u-10179?\u-8704?}", "😀"),
        (rb"{\rtf1{\*\htmltag64 <p>}{\pict 0102}\htmlrtf \par\htmlrtf0 Hi\~you}", "Hi you"),
        (rb"no rich text", ""),
    ],
)
def test_rich_text_to_text(rtf, text):
    assert text_of_rtf(rtf) == text


def test_bombs_stay_small_and_quick():
    began = time.process_time()
    reference = (0x0000 << 4 | 15).to_bytes(2, "big") * 8
    bomb = struct.pack("<II4sI", 0, 0xFFFFFFFF, b"LZFu", 0) + (b"\xff" + reference) * 60_000
    assert len(decompressed(bomb)) <= LONGEST
    many = tnef.packed(*[tnef.file(b"a", b"b") for _n in range(MOST_FILES + 200)])
    assert len(unpacked(many).files) == MOST_FILES
    assert not unpacked(many).is_whole
    pack = tnef.packed(tnef.file(b"x", b"core"))
    for _level in range(20):
        pack = tnef.packed(
            tnef.file(b"x", b"", tnef.prop(tnef.OBJECT, 0x3701, tnef.INTERFACE + pack))
        )
    assert not unpacked(pack).is_whole
    huge = struct.pack("<HHI", 0x1003, 0x1234, 0xFFFFFFFF)
    unpacked(
        tnef.packed(tnef.attribute(tnef.MESSAGE, 0x69003, struct.pack("<I", 0xFFFFFFFF) + huge))
    )
    assert time.process_time() - began < 20


@given(st.integers(0, 600), st.binary(max_size=12), st.integers(0, 600))
@settings(max_examples=300, deadline=None)
def test_no_bytes_make_it_raise(at, instead, cut):
    pack = whole()
    broken = pack[:at] + instead + pack[at + len(instead) :]
    unpacked(broken[: len(broken) - cut])
    parse_mail(mail(broken))


@given(st.binary(max_size=300))
@settings(max_examples=200, deadline=None)
def test_no_rich_text_makes_it_raise(data):
    text_of_rtf(b"{\\rtf1" + data)
    decompressed(struct.pack("<II4sI", 0, 5000, b"LZFu", 0) + data)
    unpacked(b"\x78\x9f\x3e\x22\0\0" + data)


def test_a_ticket_by_mail_shows_what_was_packed(desk, browse):
    from helpdesk.actions import receive_mail

    received_mail = receive_mail(raw=mail(whole()))

    page = browse(desk["nadia"]).get(received_mail.ticket.path).content.decode()
    assert "Café closed." in page
    assert "Rapport d’été.pdf" in page
    assert "winmail.dat" not in page
