"""Real files, made as programs make them: what they are taken for and what is taken out of them."""

import io
import struct
import zipfile
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from core import uploads
from core.uploads import BadFile, clean_file, clean_name

MAIL = b"From: a@people.example\nDate: Mon, 1 Jan 2026 10:00:00 +0000\nSubject: Hi\n\nHello\n"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
OPEN_TEXT = "application/vnd.oasis.opendocument.text"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def picture(kind="JPEG", size=(40, 30), frames=1, **options) -> bytes:
    images = [Image.new("RGB", size, (200, 90 + 40 * i, 40)) for i in range(frames)]
    for image in images:
        image.paste((20, 40, 200), (0, 0, size[0] // 2, size[1]))  # the left half is blue
    out = io.BytesIO()
    if frames > 1:
        options.update(save_all=True, append_images=images[1:])
    images[0].save(out, kind, **options)
    return out.getvalue()


def exif(orientation=1) -> Image.Exif:
    facts = Image.Exif()
    facts[0x0112] = orientation
    facts[0x010F] = "SECRETPLUM camera"
    facts.get_ifd(0x8825)[1] = "N"
    facts.get_ifd(0x8825)[2] = (48.0, 51.0, 24.0)
    return facts


def archive(**members: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in members.items():
            made.writestr(name.replace("__", "/"), text)
    return out.getvalue()


def document(folder: str, **more: str) -> bytes:
    return archive(**{"[Content_Types].xml": "<Types/>", f"{folder}__document.xml": "<a/>", **more})


@pytest.mark.parametrize(
    ("name", "data", "content_type", "kept_name"),
    [
        ("a.png", picture("PNG"), "image/png", "a.png"),
        ("a.jpeg", picture("JPEG"), "image/jpeg", "a.jpeg"),
        ("a.webp", picture("WEBP"), "image/webp", "a.webp"),
        ("a.gif", picture("GIF", frames=3), "image/gif", "a.gif"),
        ("holiday.exe", picture("PNG"), "image/png", "holiday.exe.png"),
        ("a.pdf", PDF, "application/pdf", "a.pdf"),
        ("a.zip", archive(a="x"), "application/zip", "a.zip"),
        ("a.jar", archive(a="x"), "application/zip", "a.jar.zip"),
        ("a.docx", document("word"), WORD, "a.docx"),
        ("a.odt", archive(mimetype=OPEN_TEXT, content="<a/>"), OPEN_TEXT, "a.odt"),
        ("a.eml", MAIL, "message/rfc822", "a.eml"),
        ("a.txt", MAIL, "text/plain; charset=utf-8", "a.txt"),
        ("error.log", "été\n".encode(), "text/plain; charset=utf-8", "error.log"),
        ("old.txt", "été\n".encode("latin-1"), "text/plain; charset=windows-1252", "old.txt"),
        ("w.txt", "été\n".encode("utf-16"), "text/plain; charset=utf-16", "w.txt"),
        ("wp-config.php", b"<?php echo 1;", "text/plain; charset=utf-8", "wp-config.php"),
        (".htaccess", b"Deny from all\n", "text/plain; charset=utf-8", "htaccess.txt"),
        ("page.html", b"<script>1</script>", "text/plain; charset=utf-8", "page.html.txt"),
        ("sprig.svg", b"<svg onload='1'/>", "text/plain; charset=utf-8", "sprig.svg.txt"),
        ("run.hta", b"<script>1</script>", "text/plain; charset=utf-8", "run.hta.txt"),
    ],
)
def test_file_is_what_its_bytes_say(name, data, content_type, kept_name):
    file = clean_file(name, data)

    assert (file.content_type, file.name, file.data) == (content_type, kept_name, data)


def bomb_png() -> bytes:
    """A PNG of 1 kB that says it has 30,000 × 30,000 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    data = zlib.compress(b"\0" * 100_000)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    )


def bomb_zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        zeros = b"\0" * (20 * 1024**2)
        for number in range(26):
            made.writestr(str(number), zeros)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.txt", b"", "file_empty"),
        ("a.txt", b"a" * (uploads.MAX_BYTES + 1), "file_too_large"),
        ("a.exe", b"MZ\x90\x00" + b"\0" * 200, "file_type"),
        ("a.png", b"MZ\x90\x00" + b"\0" * 200, "file_type"),
        ("a.bmp", picture("BMP"), "file_type"),
        ("a.tiff", picture("TIFF"), "file_type"),
        ("a.doc", bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600, "file_type"),
        ("a.docm", document("word", **{"word__vbaProject.bin": ""}), "file_type"),
        ("a.epub", archive(mimetype="application/epub+zip"), "file_type"),
        ("a.vsdx", document("visio"), "file_type"),
        ("a.png", picture("PNG")[:60], "file_damaged"),
        ("a.jpg", picture("JPEG", size=(400, 300), quality=95)[:2000], "file_damaged"),
        ("a.zip", archive(a="x")[:20], "file_damaged"),
        ("a.png", bomb_png(), "file_unpacks_too_large"),
        ("a.zip", bomb_zip(), "file_unpacks_too_large"),
    ],
)  # fmt: skip
def test_file_is_refused_with_a_code_and_its_name(name, data, code):
    with pytest.raises(BadFile) as refused:
        clean_file(name, data)

    assert refused.value.code == code
    assert f"“{name}”" in uploads.in_words(code, name)


def facts_in(data: bytes) -> bool:
    return b"SECRETPLUM" in data or b"GPS" in data


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_place_and_camera_leave_an_image(kind):
    data = picture(kind, exif=exif())
    assert facts_in(data)

    file = clean_file("a", data)

    assert not facts_in(file.data)
    with Image.open(io.BytesIO(file.data)) as image:
        assert (image.size, image.format) == ((40, 30), kind)
        assert dict(image.getexif()) == {}


def test_image_that_exif_says_to_turn_is_turned():
    file = clean_file("a.jpg", picture("JPEG", exif=exif(orientation=6)))  # 90° to the right

    with Image.open(io.BytesIO(file.data)) as image:
        assert image.size == (30, 40)
        pixel: Any = image.convert("RGB").getpixel((15, 5))
        red, _green, blue = pixel
        assert blue > red  # what was at the left is at the top


def test_words_leave_a_png_and_a_moving_gif():
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", "SECRETPLUM")
    words.add_itxt("XML:com.adobe.xmp", "<x>SECRETPLUM</x>")
    png = clean_file("a.png", picture("PNG", pnginfo=words))
    gif = clean_file("a.gif", picture("GIF", frames=3, comment="SECRETPLUM"))

    assert b"SECRETPLUM" not in png.data + gif.data
    with Image.open(io.BytesIO(gif.data)) as image:
        assert getattr(image, "n_frames", 1) == 3


def test_words_after_the_picture_of_a_png_are_found_too():
    data = picture("PNG")
    text = b"tEXt" + b"Comment\0SECRETPLUM"
    chunk = struct.pack(">I", len(text) - 4) + text + struct.pack(">I", zlib.crc32(text))
    late = data[:-12] + chunk + data[-12:]

    assert b"SECRETPLUM" not in clean_file("a.png", late).data


def test_moving_webp_keeps_its_frames_and_loses_its_facts():
    data = picture("WEBP", frames=4, exif=exif().tobytes())
    assert facts_in(data)

    file = clean_file("a.webp", data)

    assert not facts_in(file.data)
    with Image.open(io.BytesIO(file.data)) as image:
        assert getattr(image, "n_frames", 1) == 4


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd.txt"),
        ("C:\\Users\\Kim\\note.txt", "note.txt"),
        ("a\u202etxt.exe", "a txt.exe.txt"),
        ("  . ..note  of\tday.txt", "note of day.txt"),
        ('<a href="x">.txt', "_a href=_x__.txt"),
        ("e\u0301te\u0301.txt", "été.txt"),
        ("صورة.txt", "صورة.txt"),
        ("", "file.txt"),
        ("x" * 300 + ".txt", "x" * 116 + ".txt"),
    ],
)
def test_name_is_made_harmless(name, kept):
    assert clean_name(name, "text/plain") == kept


@given(st.text(max_size=300), st.sampled_from(["", *uploads.ENDINGS]))
def test_every_name_becomes_one_that_every_system_can_keep(name, content_type):
    kept = clean_name(name, content_type)

    assert 0 < len(kept) <= uploads.MAX_NAME
    assert not set(kept) & set('/\\<>:"|?*\n\r\0\u202e')
    assert not kept.startswith(".")
    assert clean_name(kept, content_type) == kept


@given(st.binary(max_size=2000))
def test_any_bytes_are_taken_or_refused(data):
    try:
        said = clean_file("a", data).content_type.partition(";")[0]
    except BadFile as refusal:
        said = refusal.code

    assert said in {*uploads.ENDINGS, *uploads.WORDS}
