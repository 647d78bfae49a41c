"""Mails, however broken, are read, and never raise."""

import base64
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.mail import parse_mail
from tests.costs import A_SECOND, multiple

SAMPLES = Path(__file__).parents[3] / "shared" / "data" / "mail"


def mail(*headers, body="Hello there, it works.", **facts):
    return parse_mail("\r\n".join([*headers, "", body]).encode(**facts))


@pytest.mark.parametrize(
    ("value", "name", "address"),
    [
        ("Aminata <Aminata@People.Example>", "Aminata", "aminata@people.example"),
        ("aminata@people.example (Aminata)", "Aminata", "aminata@people.example"),
        ('"Sow, Aminata" <a@x.example>', "Sow, Aminata", "a@x.example"),
        ("=?utf-8?q?Sow=2C_Amina=C3=AFta?= <a@x.example>", "Sow, Aminaïta", "a@x.example"),
        ("=?UTF-8?B?2YXYqtis2LEg?= =?UTF-8?B?2LPZiNmC?= <a@x.example>", "متجر سوق", "a@x.example"),
        ("=?utf-8?b?w4?= =?utf-8?b?qXQ=?= <a@x.example>", None, "a@x.example"),
        ('"=?iso-8859-1?Q?Andr=E9?=" <a@x.example>', "André", "a@x.example"),
        ("=?utf-8?q?a=40x=2Eexample?=", "", "a@x.example"),
        ("Team: a@x.example, b@x.example;", "", "a@x.example"),
        ("undisclosed, a@x.example, b@x.example", "", "a@x.example"),
        ("<a@x.example>a@x.example", None, "a@x.example"),
        ('"Aminata <a@x.example>', "Aminata", "a@x.example"),
        ("Max | [example.com] <kohl@x.example>", "Max | [example.com]", "kohl@x.example"),
        ("mailto:a@x.example", "", "a@x.example"),
        ("a @ x.example", "", "a@x.example"),
        ("Örjan <örjan@bücher.example>", "Örjan", "örjan@bücher.example"),
        ('"john doe"@x.example', "", '"john doe"@x.example'),
        ("user@[192.0.2.7]", "", "user@[192.0.2.7]"),
        ("Foo [mailto:a@x.example]", "Foo", "a@x.example"),
        ("Sow, Aminata <a@x.example>", "Sow, Aminata", "a@x.example"),
        ("Aminata (at <c@d.example>) <a@x.example>", "Aminata", "a@x.example"),
        ("nobody at all", "nobody at all", ""),
        ("", "", ""),
    ],
)
def test_sender_is_found(value, name, address):
    found = mail(f"From: {value}", "Subject: x")

    assert found.from_email == address
    assert name is None or found.from_name == name


def test_sender_is_found_elsewhere_when_from_names_none():
    assert mail("From: Somebody", "Reply-To: a@x.example").from_email == "a@x.example"
    assert mail("Sender: s@x.example", "Subject: x").from_email == "s@x.example"
    assert mail("Return-Path: <r@x.example>", "Subject: x").from_email == "r@x.example"
    two = mail("From: A <a@x.example>", "From: B <b@x.example>")
    assert (two.from_email, two.from_name) == ("a@x.example", "A")


def test_recipients_reply_to_and_ids():
    found = mail(
        "From: a@x.example",
        'To: "B, C" <B@x.example>, d@x.example',
        "To: e@x.example",
        "Cc: Group: f@x.example, G <g@x.example>;, h@x.example",
        "Reply-To: R <R@x.example>",
        "Message-ID: <One@x>",
        "References: <a@x>\r\n <b\r\n @x> <a@x>",
        "In-Reply-To: Your message <c@x>",
    )

    assert found.to == ("b@x.example", "d@x.example", "e@x.example")
    assert found.cc == ("f@x.example", "g@x.example", "h@x.example")
    assert (found.reply_to, found.message_id) == ("r@x.example", "One@x")
    assert found.references == ("a@x", "b@x", "c@x")
    assert mail("From: a@x.example").reply_to is None


def test_mail_without_id_gets_one_from_what_it_says():
    first = mail("From: a@x.example", "Subject: x", "Received: by one")

    assert first.message_id
    assert first.message_id == mail("Received: two", "From: a@x.example", "Subject: x").message_id
    assert first.message_id != mail("From: a@x.example", "Subject: y").message_id
    assert parse_mail(b"").message_id


@pytest.mark.parametrize(
    ("value", "subject"),
    [
        ("=?UTF-8?Q?=D8=A3=D9=87=D9=84=D9=8A=D9=86_=D8=B9?=\r\n =?UTF-8?Q?=D9=85?=", "أهلين عم"),
        ("=?utf-8?q?caf=C3?= =?utf-8?q?=A9?=", "café"),
        ("=?iso-gb2312?B?xOO6ww==?=", "你好"),
        ("=?gb2312?B?xOO6ww==?=", "你好"),
        ("=?utf-7?Q?+AOk-t+AOk-?=", "été"),
        ("=?x-unknown?q?caf=C3=A9?=", "café"),
        ("=?utf-8?q?with blanks inside?=", "with blanks inside"),
        ("=?utf-8?b?broken!base64===?=", None),
        ("Re: =?utf-8?q?=C3=A9?= and =?utf-8?q?=C3=A8?=", "Re: é and è"),
        ("=?utf-8*fr?q?=C3=A9t=C3=A9?=", "été"),
        ("=?utf-8?q?what=3F?=", "what?"),
        ("=?utf-8?q?what??=", "what?"),
        ("=?utf-8?B?SMOpbGxv", "Héllo"),  # its end cut off
        ("\x1b$BF|K\\\x1b(B", "日本"),
        ("no =?words here", "no =?words here"),
    ],
)
def test_subjects_are_read(value, subject):
    found = mail("From: a@x.example", f"Subject: {value}")

    assert subject is None or found.subject == subject


def test_bytes_in_headers_are_read_as_they_look():
    utf8 = mail("From: José <a@x.example>", "Subject: Été à Dakar", encoding="utf-8")
    latin = mail("From: José <a@x.example>", "Subject: Été à Dakar", encoding="latin-1")

    for found in (utf8, latin):
        assert (found.from_name, found.subject) == ("José", "Été à Dakar")


@pytest.mark.parametrize(
    ("label", "codec", "text"),
    [
        ("iso-gb2312", "gb2312", "你好，网站打不开"),
        ("utf-7", "utf-7", "Été à Dakar"),
        ("unicode-1-1-utf-7", "utf-7", "Été à Dakar"),
        ("iso-8859-1", "cp1252", "l’été – 5 €"),
        ("us-ascii", "utf-8", "l’été – مرحبا"),
        ("iso-8859-1", "utf-8", "l’été – مرحبا"),
        ("utf-8", "latin-1", "Été à Dakar"),
        ("no-such-charset", "utf-8", "Été à Dakar"),
        ("ks_c_5601-1987", "cp949", "안녕하세요"),
        ("iso-2022-jp", "iso2022_jp", "こんにちは"),
        ("windows-1256", "cp1256", "مرحبا بكم"),
        ("x-mac-roman", "mac_roman", "Été à Dakar"),
        ("punycode", "utf-8", "Été"),
        ("", "utf-8", "Été à Dakar"),
        ("", "latin-1", "Été à Dakar"),
    ],
)
def test_charsets_are_read_whatever_they_are_called(label, codec, text):
    body = base64.encodebytes(text.encode(codec)).decode()
    kind = f'Content-Type: text/plain; charset="{label}"' if label else "Content-Type: text/plain"
    found = mail("From: a@x.example", kind, "Content-Transfer-Encoding: base64", body=body)

    assert found.text == text


def test_flowed_lines_are_joined_and_quotes_stay_quotes():
    found = mail(
        "Content-Type: text/plain; format=flowed",
        body="One long \r\nline.\r\n\r\n> quoted \r\n> on\r\n>> deeper\r\n-- \r\nAminata",
    )

    assert found.text == "One long line.\n\n> quoted on\n>> deeper\n-- \nAminata"


PARTS = """From: a@x.example
Subject: Parts
Content-Type: multipart/mixed; boundary=m

--m
Content-Type: multipart/alternative; boundary=a

--a
Content-Type: text/plain; charset=utf-8

The text
--a
Content-Type: multipart/related; boundary=r

--r
Content-Type: text/html; charset=utf-8

<p>The page <img src="cid:pic@x"></p>
--r
Content-Type: image/png
Content-ID: <pic@x>
Content-Transfer-Encoding: base64

iVBORw0KGgo=
--r--
--a--
--m
Content-Type: application/pdf; name="=?utf-8?q?=C3=A9t=C3=A9=2Epdf?="
Content-Disposition: attachment

%PDF
--m
Content-Type: text/plain
Content-Disposition: attachment; filename*0*=utf-8''r%C3%A9su; filename*1*=m%C3%A9.txt

Notes
--m
Content-Type: message/rfc822

From: b@x.example
Subject: Inner one

Inner text
--m
Content-Type: text/plain

A footer
--m--
"""


def test_parts_are_told_apart():
    found = parse_mail(PARTS.encode())

    assert found.text == "The text\n\nA footer"
    assert found.html is not None
    assert "The page" in found.html
    kinds = [(file.name, file.content_type, file.content_id) for file in found.attachments]
    assert kinds == [
        ("attachment-1.png", "image/png", "pic@x"),
        ("été.pdf", "application/pdf", None),
        ("résumé.txt", "text/plain", None),
        ("Inner one.eml", "message/rfc822", None),
    ]
    assert found.attachments[0].content == b"\x89PNG\r\n\x1a\n"
    assert b"Inner text" in found.attachments[3].content


def test_uuencoded_files_are_attachments():
    body = "Look:\r\nbegin 644 hello.txt\r\n%2&5L;&\\\r\n`\r\nend\r\nBye"
    found = mail("From: a@x.example", body=body)
    whole = mail("Content-Transfer-Encoding: x-uuencode", body=body.partition("\r\n")[2])

    assert (found.text, whole.text.strip()) == ("Look:\nBye", "Hello")
    (file,) = found.attachments
    assert (file.name, file.content_type, file.content) == ("hello.txt", "text/plain", b"Hello")


def test_broken_multiparts_keep_what_they_hold():
    lost = mail("Content-Type: multipart/mixed; boundary=nowhere", body="Here I am")
    unclosed = mail("Content-Type: multipart/mixed; boundary=b", body="--b\r\n\r\nHere I am")

    assert (lost.text, unclosed.text) == ("Here I am", "Here I am")


def test_alternative_without_words_gives_way_to_the_page():
    body = "--b\r\n\r\n \r\n--b\r\nContent-Type: text/html\r\n\r\n<p>Here I am</p>\r\n--b--"

    assert mail("Content-Type: multipart/alternative; boundary=b", body=body).text == "Here I am"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Bonjour, mon site ne marche plus depuis lundi", "fr"),
        ("Hello, my site does not work since Monday", "en"),
        ("Hola, mi sitio no funciona desde el lunes", "es"),
        ("Hallo, meine Seite ist seit Montag nicht erreichbar", "de"),
        ("Buongiorno, il mio sito non funziona più da lunedì", "it"),
        ("مرحبا، موقعي لا يعمل منذ يوم الاثنين", "ar"),
        ("你好，网站打不开", "zh"),
        ("ok", "und"),
        ("", "und"),
    ],
)
def test_language_is_told_by_what_is_written(text, language):
    assert mail("Content-Type: text/plain; charset=utf-8", body=text).language == language


def test_declared_language_counts_where_the_text_is_too_short():
    assert mail("Content-Language: fr-FR, en", body="ok").language == "fr"


@given(st.binary(max_size=2000))
def test_any_bytes_are_read(raw):
    repr(parse_mail(raw)).encode()


HEADER = st.sampled_from(
    ["From", "To", "Subject", "References", "Message-ID", "Content-Type", "Return-Path", "Date"]
)
VALUE = st.sampled_from(
    [
        "multipart/mixed; boundary=b",
        "multipart/alternative; boundary=b",
        "message/rfc822",
        "text/html; charset=utf-7",
        "text/plain; charset=hex; format=flowed; delsp=yes",
        "message/delivery-status",
        "=?utf-8?b?////?=",
        "=?x?q?=?=",
        '"a <b@c',
        "<a@b>, <",
    ]
) | st.text(max_size=40)
BODY = st.lists(
    st.sampled_from(
        ["--b", "--b--", "", "> a", "On 1/1/2024 10:00, a@b.c wrote:", "begin 644 x", "end"]
    )
    | st.text(max_size=30),
    max_size=20,
)


@settings(max_examples=200)
@given(st.lists(st.tuples(HEADER, VALUE), max_size=8), BODY)
def test_any_mail_is_read_and_keeps_its_words(headers, lines):
    raw = "\n".join([*(f"{name}: {value}" for name, value in headers), "", *lines])
    found = parse_mail(raw.encode("utf-8", "surrogatepass"))

    repr(found).encode()
    assert found.message_id
    assert found.from_email == found.from_email.lower()
    shown = sorted("".join((found.visible_text + found.folded_text).split()))
    assert shown == sorted("".join(found.text.split()))


@pytest.mark.parametrize(
    "raw",
    [
        b"".join(
            b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(900)
        ),
        b"Content-Type: message/rfc822\n\n" * 900,
        b"Content-Type: text/html\n\n" + b"<div>" * 20000,
        b"Content-Type: text/html\n\n" + b"<blockquote>" * 2000,
        b"From: " + b"<" * 50000 + b"\n\nx",
        b"From: " + b"@" * 50000 + b"\n\nx",
        b"Subject: " + b"=?" * 50000 + b"\n\nx",
        b"Subject: " + b"=?a?q?x" * 28000 + b"\n\nx",
        b"From: " + b"=?a?q?x" * 28000 + b"\n\nx",
        b"Subject: x\n\n" + b"From: a@b.c\n" * 20000,
        b"Subject: x\n\n" + b"begin 644 a\n" * 20000,
        b"Subject: x\n\n" + b"On 2012 10:10 a@b\n" * 20000,
    ],
    ids=lambda raw: raw[:20].decode(),
)
def test_hostile_mails_cost_little(raw):
    assert multiple(parse_mail, raw) < 5 * A_SECOND


def test_every_whole_sample_is_read():
    paths = sorted((SAMPLES / "whole").glob("*.eml"))
    if not paths:
        pytest.skip("The samples of whole mails are not on this machine.")
    found = {path.stem: parse_mail(path.read_bytes()) for path in paths}

    assert {name for name, one in found.items() if one.is_automatic} == {
        "auto_reply",
        "auto_reply_with_auto_submitted",
        "bounced_with_no_from",
        "non_utf_encoded_mail",
    }
    assert {name for name, one in found.items() if not one.from_email} == {"bounced_with_no_from"}
    assert {name for name, one in found.items() if not one.subject} == {"mail_with_no_subject"}
    assert found["non_utf_encoded_mail"].from_name == "متجر سوق نت"
    assert found["mail_with_invalid_to"].to == ("vishnu@chatwoot.com",)
