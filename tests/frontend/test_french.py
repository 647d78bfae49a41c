"""Whoever reads French meets no English of ours: on pages, beside fields, in mails."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import allauth
import django
import pytest
from babel.messages.pofile import read_po
from django.conf import settings
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import translation

from helpdesk import actions as helpdesk
from helpdesk.models import Queue
from people.models import Person
from tests.cast import make_person
from tests.workshops.planning import make_venue, make_workshop

SHORTEST = 13  # shorter texts are words both languages share, or parts of other texts
OURS = Path(settings.BASE_DIR) / "frontend/locale/fr/LC_MESSAGES/django.po"
THEIRS = [
    Path(django.__file__).parent / "conf/locale/fr/LC_MESSAGES/django.po",
    Path(django.__file__).parent / "contrib/auth/locale/fr/LC_MESSAGES/django.po",
    Path(allauth.__file__).parent / "locale/fr/LC_MESSAGES/django.po",
]
READ_ALOUD = ("aria-label", "alt", "title", "placeholder", "content")
MOST_PAGES = 90
NO_PAGE = re.compile(
    r"/(?:accounts/logout|api|static|dev|admin|me/data|files)|\.(?:atom|ics|csv|svg)$"
)
HIDDEN_BY_LANGUAGE = {"en", "es", "de", "ar"}
VOID = {"input", "br", "img", "link", "meta", "hr", "source", "wbr", "option"}
PARTS = "edit|registrations|attendance|revisions|suspension"  # of a thing; others are slugs
MOVING = re.compile(r"<[^>]*>|%\(\w+\)[sd]|\{\w*\}|%[sd]")


@pytest.fixture(autouse=True, scope="module")
def _compiled():
    """Read the catalogue as it is now: what the site compiles at its start."""
    from core.management.commands.prepare import compile_catalogue

    compile_catalogue(OURS)
    translation.trans_real._translations.clear()


def fixed_part(text: str) -> str:
    """Return the longest part of a text that no tag and no value stands in."""
    return max((" ".join(part.split()) for part in MOVING.split(text)), key=len)


@cache
def english() -> set[str]:
    """Return the fixed parts of all source texts whose translation is another."""
    found = set()
    for path in (OURS, *THEIRS):
        with path.open("rb") as file:
            for message in read_po(file):
                ids = [message.id] if isinstance(message.id, str) else message.id
                for text in ids:
                    part = fixed_part(text) if text else ""
                    if len(part) >= SHORTEST and part not in str(message.string):
                        found.add(part)
    return found


@cache
def any_english() -> re.Pattern[str]:
    longest_first = sorted(english(), key=len, reverse=True)
    return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, longest_first)) + r")(?!\w)")


def english_in(texts: Iterable[str]) -> Iterator[str]:
    """Yield the source texts that stand untranslated in what is read."""
    for text in texts:
        yield from any_english().findall(" ".join(text.split()))


class Read(HTMLParser):
    """Gather what a page says, without what is marked as another language."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.links: list[str] = []
        self.errors: list[str] = []
        self.open: list[tuple[str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        facts = {name: value or "" for name, value in attributes}
        if tag == "a":
            self.links.append(facts.get("href", ""))
        lang = facts.get("lang") or (self.open[-1][1] if self.open else "")
        if tag not in VOID:
            self.open.append((tag, lang if facts.get("class") != "error" else f"{lang}!"))
        if lang.strip("!") not in HIDDEN_BY_LANGUAGE:
            said = [*READ_ALOUD, *(name for name in facts if name.startswith("data-"))]
            self.texts += [facts[name] for name in said if name in facts]

    def handle_endtag(self, tag):
        while any(name == tag for name, _lang in self.open):
            if self.open.pop()[0] == tag:
                return

    def handle_data(self, data):
        lang = self.open[-1][1] if self.open else ""
        if data.strip() and lang.strip("!") not in HIDDEN_BY_LANGUAGE:
            self.texts.append(data)
        if lang.endswith("!") and data.strip():
            self.errors.append(data.strip())


def read(response) -> Read:
    return Read(response.content.decode())


def french(person=None) -> Client:
    client = Client(headers={"accept-language": "fr"})
    if person is not None:
        client.force_login(person, backend="people.backends.HandleBackend")
    return client


def kind_of(path: str) -> str:
    """Return what pages have in common whose addresses differ by what they show."""
    path = re.split("[?#]", path, maxsplit=1)[0]
    path = re.sub(r"/\d[\d-]*(?=/|$)|/[0-9A-Z]{3}-[0-9A-Z]{3}-[0-9A-Z]", "/N", path)
    return re.sub(
        rf"(?<=/N)/(?!(?:{PARTS})$)[\w-]+$|(?<=^/people)/[^/]+|(?<=^/tags)/[^/]+", "/x", path
    )


def walk(client: Client, starts: Iterable[str]) -> Iterator[tuple[str, Read]]:
    """Follow every link of ours, one page of each kind; yield what the pages say."""
    ahead, known = list(starts), set(map(kind_of, starts))
    for _number in range(MOST_PAGES):
        if not ahead:
            return
        path = ahead.pop(0)
        response = client.get(path, follow=True)
        assert response.status_code == 200, path
        page = read(response)
        yield path, page
        for link in page.links:
            kind = kind_of(link)
            if link.startswith("/") and kind not in known and not NO_PAGE.search(kind):
                known.add(kind)
                ahead.append(link)
    raise AssertionError(f"More than {MOST_PAGES} kinds of pages: {sorted(known)}")


def test_every_page_of_the_demo_is_french(db):
    call_command("load_demo", verbosity=0)
    Person.objects.update(interface_language="fr")
    roles = ("agent", "trainer", "coordinator", "moderator")
    readers = [None, *(Person.objects.filter(role_grants__role=role).first() for role in roles)]
    readers.append(Person.objects.filter(role_grants=None, tickets__isnull=False).first())

    left, kinds = set(), set()
    for person in readers:
        for path, page in walk(french(person), ["/", "/me"] if person else ["/"]):
            kinds.add(kind_of(path))
            left |= {(path, text) for text in english_in(page.texts)}

    assert not left
    assert len(kinds) > 50, sorted(kinds)


ACCOUNT_PAGES = [
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/password/reset/key/1-nonsense/",
    "/accounts/inactive/",
    "/accounts/login/code/",
]
OWN_PAGES = [
    "/accounts/logout/",
    "/accounts/email/",
    "/accounts/password/change/",
    "/accounts/reauthenticate/",
    "/accounts/2fa/",
]


@pytest.mark.parametrize("path", [*ACCOUNT_PAGES, *OWN_PAGES])
def test_pages_of_the_account_are_french(cast, path):
    person = None
    if path in OWN_PAGES:
        person = make_person("aline", language="fr")
        person.set_password("un mot de passe")
        person.save()

    response = french(person).get(path, follow=True)

    assert '<html lang="fr"' in response.content.decode()
    assert list(english_in(read(response).texts)) == []


def test_nothing_found_and_not_allowed_are_said_in_french(cast):
    aline = make_person("aline", language="fr")

    for path, status in (("/nowhere", 404), ("/queue", 403), ("/tickets/999999", 404)):
        response = french(aline).get(path)

        assert response.status_code == status
        assert list(english_in(read(response).texts)) == []


@pytest.mark.parametrize(
    ("role", "path"),
    [
        (None, "/accounts/login/"),
        (None, "/accounts/signup/"),
        (None, "/accounts/password/reset/"),
        ("member", "/accounts/email/"),
        ("member", "/tickets/new"),
        ("member", "/questions/ask"),
        ("member", "/commons/claims"),
        ("member", "/me/profile"),
        ("member", "/me/tokens"),
        ("member", "/mentoring/offer"),
        ("member", "/mentoring/request"),
        ("member", "/me/organisations"),
        ("trainer", "/workshops/new"),
        ("trainer", "/workshops/venues/new"),
    ],
)
def test_errors_beside_fields_are_french(db, role, path):
    person = role and make_person("aline", language="fr", role=role if role != "member" else None)
    client = french(person)
    assert client.get(path).status_code == 200
    wrong = {"email": "x", "action_add": "1", "languages": "xx", "days": "x", "minutes": "-1"}

    response = client.post(path, wrong, follow=True)

    page = read(response)
    assert page.errors, response.content.decode()
    assert list(english_in(page.texts)) == []
    assert not [error for error in page.errors if re.search(r"\b(?:the|this|is|an)\b", error)]


def test_errors_of_the_api_are_french(call, cast):
    cast.aminata.interface_language = "fr"
    cast.aminata.save()
    client = call(cast.aminata)
    client.credentials(**client._credentials, HTTP_ACCEPT_LANGUAGE="fr")

    told = client.post("/api/v1/questions", {"title": "", "source": ""}, format="json")

    assert told.status_code in (400, 422)
    assert list(english_in([told.content.decode()])) == []
    assert "obligatoire" in told.content.decode() or "champ" in told.content.decode().lower()


def sent_mails(run_tasks) -> list[str]:
    run_tasks()
    texts = [f"{message.subject}\n{message.body}" for message in mail.outbox]
    mail.outbox.clear()
    return texts


def test_mails_of_the_account_are_french(cast, run_tasks):
    make_person("aline", language="fr")
    told = []
    for path, data in (
        (reverse("account_signup"), {"email": "aline@people.example"}),
        (reverse("account_reset_password"), {"email": "aline@people.example"}),
        (reverse("account_reset_password"), {"email": "unknown@people.example"}),
        (reverse("account_request_login_code"), {"email": "aline@people.example"}),
    ):
        names = {"handle": "nouvelle", "display_name": "Nouvelle", "language": "fr"}
        password = {"password1": "une longue phrase", "password2": "une longue phrase"}
        french().post(path, {**names, **password, **data})
        told += sent_mails(run_tasks)

    assert len(told) == 4, told
    assert list(english_in(told)) == []


def test_mails_to_who_reads_french_are_french_whoever_acts(cast, levels, run_tasks):
    Queue.objects.create(slug="hosting", names={"en": "Hosting"}, is_default=True)
    aline = make_person("aline", language="fr")
    ticket = helpdesk.open_ticket(
        actor=aline, subject="Bonjour", source="Le site ne répond plus.", language="fr"
    )
    helpdesk.reply(actor=cast.nadia, ticket_id=ticket.pk, source="Voilà.", revision=1)
    with translation.override("en"):
        told = sent_mails(run_tasks)

    to_aline = [text for text in told if "Bonjour" in text]
    assert len(to_aline) >= 2
    assert list(english_in(to_aline)) == []
    assert any("une personne va y répondre" in text for text in to_aline)


def test_mails_of_workshops_are_french(cast, run_tasks):
    aline = make_person("aline", language="fr")
    workshop = make_workshop(cast.tomas, make_venue())
    with translation.override("en"):
        french(aline).post(f"/workshops/{workshop.pk}/registration", {})
        told = [text for text in sent_mails(run_tasks) if "place" in text.lower()]

    assert len(told) == 1
    assert "mardi 8 décembre 2026" in told[0]
    assert list(english_in(told)) == []
