"""Every kind of mail has a text and an HTML part that say the same; new kinds are found."""

import email
import email.policy
import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from allauth.account.adapter import get_adapter
from allauth.core import context as allauth_context
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.template import Context
from django.utils import translation

from core.mail import send_mail_to
from core.markup import source_piece
from core.models import OutgoingMail
from people.digests import Part

pytestmark = pytest.mark.django_db
TEMPLATES = Path(settings.BASE_DIR) / "frontend/templates"
KINDS = sorted(
    path.relative_to(TEMPLATES / "mail").with_suffix("").as_posix()
    for path in (TEMPLATES / "mail").rglob("*.txt")
    if not path.name.startswith("_")
)
ACCOUNT_KINDS = sorted(
    path.name.removesuffix("_subject.txt")
    for path in (TEMPLATES / "account/email").glob("*_subject.txt")
)
MOMENT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
MOMENTS = re.compile(r"(at|due|until|.*_at)")
PIECES = {"said", "before", "question_text", "answer_text"}
VOID = {"meta", "br", "hr"}


class Anything(str):
    """What any variable of a template may be: a text, with whatever is asked of it."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        return value_of(name)


def value_of(name: str) -> Any:
    if name.startswith("_") or name in ("resolve_expression", "as_widget"):
        raise AttributeError(name)
    if name in PIECES:
        return source_piece(f"**What** {name} <b>was</b>", language="fr")
    if MOMENTS.fullmatch(name):
        return MOMENT
    if name == "zone":
        return "Europe/Paris"
    if name in ("more", "minutes", "place_in_line"):
        return 2
    if name.endswith(("url", "link", "leaving", "path")):
        return f"{settings.PUBLIC_URL}/there" if name != "path" else "/there"
    if name in ("lines", "topics", "rooms", "words", "why", "sessions", "secrets", "details"):
        return [Anything(f"some {name} & <more>")]
    return Anything(f"any {name} & <more>")


class Facts(dict[str, Any]):
    """What lies below all that a mail is given: there nothing is missing."""

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.islower() and name not in ("forloop", "block")

    def __missing__(self, name: str) -> Any:
        return value_of(name)


class Everything(Context):
    """A context in which nothing is missing."""

    def __init__(self, facts: dict[str, Any], **how: Any) -> None:
        super().__init__(facts, **how)
        self.dicts.insert(0, Facts())


class Reader(HTMLParser):
    """Reads a page strictly: what is open is closed in its order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += attrs
        self.text += " "
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        self.text += " "

    def handle_data(self, data: str) -> None:
        self.text += data


def words(text: str) -> set[str]:
    return set(re.findall(r"\w+", re.sub(r"https?://\S+", "", text)))


def check(mail: OutgoingMail, *, language: str, direction: str) -> tuple[str, str]:
    """Fail unless a mail has both parts, and they say the same; return them."""
    parsed: Any = email.message_from_bytes(bytes(mail.raw or b""), policy=email.policy.default)
    text, html = (parsed.get_body((part,)) for part in ("plain", "html"))
    assert text is not None, "no text"
    assert html is not None, "no HTML part"
    said, page = text.get_content(), html.get_content()
    read = Reader(page)
    assert read.open == []
    assert f'<html lang="{language}" dir="{direction}">' in page
    assert '<meta name="color-scheme" content="light dark">' in page
    assert not {"style", "color", "bgcolor", "src"} & {name for name, _value in read.attributes}
    assert words(said) <= words(read.text), words(said) - words(read.text)
    for address in re.findall(r"https?://[^\s>]+\w", said):
        assert f'href="{address}' in page
    return said, page


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_mail_has_both_parts(kind, language, monkeypatch):
    monkeypatch.setattr("core.mail.Context", Everything)
    parts = [
        Part(f"A {path.name}", f"mail/{path.parent.name}/{path.name}", Anything("facts"))
        for path in sorted((TEMPLATES / "mail").rglob("_*.txt"))
        if path.name in ("_notices.txt", "_digest.txt")
    ]

    mail = send_mail_to(
        to="a@people.example", language=language, template=kind, context={"parts": parts}
    )

    text, page = check(mail, language=language, direction="rtl" if language == "ar" else "ltr")
    assert "any " in text or "some " in text or "/there" in text
    has_pieces = "{% put " in (TEMPLATES / f"mail/{kind}.txt").read_text()
    assert ("**What**" in text, "<strong>What</strong>" in page) == (has_pieces, has_pieces)


@pytest.mark.parametrize("kind", ACCOUNT_KINDS)
def test_mails_of_accounts_have_both_parts(kind, rf):
    asked = rf.get("/")
    asked.user = AnonymousUser()
    facts = {"code": "AB-CD", "password_reset_url": "https://x.example/p", "signup_url": ""}

    with translation.override("ar"), allauth_context.request_context(asked):
        get_adapter().send_mail(f"account/email/{kind}", "a@people.example", facts)

    check(OutgoingMail.objects.get(), language="ar", direction="rtl")


def test_words_of_others_are_text_and_link_to_where_they_say():
    facts = {
        "notice": {"text": "<script>alert(1)</script> Your bank: https://evil.example/x"},
        "url": f"{settings.PUBLIC_URL}/there",
    }

    mail = send_mail_to(
        to="a@people.example", language="en", template="people/notice", context=facts
    )

    _text, page = check(mail, language="en", direction="ltr")
    assert "&lt;script&gt;" in page
    assert 'Your bank: <a href="https://evil.example/x">https://evil.example/x</a>.' in page
