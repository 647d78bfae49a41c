"""What a person must never see is planted, and looked for everywhere the site answers."""

import email
import email.policy
from typing import Any

import pytest
from allauth.account.models import EmailAddress

from core.models import JournalLine, OutgoingMail
from tests.cast import SECRET
from tests.proofs import walking
from tests.proofs.routes import all_routes
from tests.proofs.world import words_in

VISITOR = "visitor"
ALL_DOORS = {"aminata", "omar", VISITOR}  # who also try the back office and the accounts' pages
PEOPLE = "aminata bao nadia tomas clara moira panel omar odile farid olga mika sam"
EVERYONE = [*PEOPLE.split(), VISITOR]


STRANGERS = ("omar", "odile", VISITOR)


def found_by(who, browse, call, world, *, fragments=False):
    """Return every planted word this person comes across, with the first address that shows it.

    fragments: of our pages, as htmx asks for them; the API answers it no differently.
    """
    person = None if who == VISITOR else world.people[who]
    page = browse(person)
    if fragments:
        page.defaults["HTTP_HX_REQUEST"] = "true"
    routes = walking.walked()
    if fragments:
        routes = [route for route in routes if walking.own_room(route) and not route.is_api]
    elif who not in ALL_DOORS:
        routes = [route for route in routes if walking.own_room(route)]
    found: dict[str, str] = {}
    for address, answer in walking.walk(page, call(person), routes):
        for word in walking.words_told(answer):
            found.setdefault(word, address)
    return found


def check(found, world, who):
    expected = {word for word, names in world.sees.items() if who in names}
    assert {word: at for word, at in found.items() if word not in expected} == {}
    return expected - set(found)


@pytest.mark.parametrize("who", EVERYONE)
def test_everyone_finds_what_is_theirs_and_nothing_else(who, browse, call, world):
    missed = check(found_by(who, browse, call, world), world, who)

    assert missed == set(), "not found by who may know it: a walk that sees nothing"


@pytest.mark.parametrize("who", STRANGERS)
def test_fragments_tell_strangers_no_more(who, browse, call, world):
    check(found_by(who, browse, call, world, fragments=True), world, who)


@pytest.mark.parametrize("who", ["omar", "odile", VISITOR])
def test_search_finds_what_is_public_and_nothing_else(who, call, world):
    person = None if who == VISITOR else world.people[who]

    for word in (SECRET, *(f"{SECRET}{word}" for word in world.sees)):
        found = call(person).get(f"/api/v1/search?q={word}").json()["results"]
        expected = ["/questions/"] if word == SECRET else []
        assert [hit["url"][:11] for hit in found] == expected, word


def test_every_address_is_walked(world):
    rows = walking.fillings()

    unknown = {r.template: set(r.nouns()) - set(rows) for r in walking.walked()}
    assert {template: nouns for template, nouns in unknown.items() if nouns} == {}, "unknown nouns"
    empty = [route.template for route in walking.walked() if not route.paths(rows)]
    assert empty == [], "nothing is planted that stands here"
    assert set(walking.NOT_WALKED) <= {route.template for route in all_routes()}


def test_mails_tell_each_reader_what_is_theirs(world):
    owner = {row.email: row.user.handle for row in EmailAddress.objects.select_related("user")}
    told = set()

    for mail in OutgoingMail.objects.all():
        parsed: Any = email.message_from_bytes(bytes(mail.raw), policy=email.policy.default)
        parts = [part.get_content() for part in parsed.walk() if not part.is_multipart()]
        words = words_in("\n".join([mail.subject, *map(str, parts)]))
        told |= words
        who = owner[mail.to]
        assert {word for word in words if who not in world.sees[word]} == set(), mail
    assert {"reply", "subject", "note"} <= told, "no mail was looked at"


def test_journal_holds_no_words(world):
    lines = JournalLine.objects.all()

    assert len(lines) > 50
    assert [line for line in lines if words_in(repr(line.changes))] == []
