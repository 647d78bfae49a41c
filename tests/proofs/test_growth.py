"""Every list and every thing, page and API: how many statements it takes, whatever the rows.

The world is made several times as large between two visits of the same address. A visit is always
the first: nothing is kept, and what it writes is taken back.
"""

import html
import re
from typing import Any

import pytest
from django.core.cache import caches
from django.db import connection, reset_queries, transaction
from django.test.utils import CaptureQueriesContext

from people.models import Follow, Person
from search.actions import rebuild_index
from tests.conftest import asked_of
from tests.proofs import walking
from tests.proofs.growing import grow
from tests.proofs.pins import LISTS, THINGS

PINS = LISTS | THINGS
MOST_PATHS, MOST_ENDS = 2, 3  # of one address: the first planted things have the most about them
COPIES = 4
MOST_PEOPLE = 8  # that controls offer, as those of one ticket: never all there are
# Addresses that show nothing before there are more rows, and then ask for it; each with what.
FROM_NOTHING = {
    "search": "a search by `solved` finds nothing, and then something",
    "api/v1/search": "the same",
    "levels": "figures are of five tickets or more",
    "api/v1/levels": "the same",
}
CONTROL = re.compile(r"<(select|datalist|fieldset)\b.*?</\1>", re.S)
OFFERED = re.compile(
    r'<option(?:[^>]*?value="([^"]*)")?[^>]*>([^<]*)|type="(?:radio|checkbox)"[^>]*value="([^"]*)"'
)


def _offered(page: bytes) -> set[str]:
    """Return all that a page's controls offer to choose from, values and words."""
    controls = (match[0] for match in CONTROL.finditer(page.decode(errors="replace")))
    offers = (match.groups("") for control in controls for match in OFFERED.finditer(control))
    return {html.unescape(text).strip().lstrip("@") for offer in offers for text in offer}


@pytest.fixture
def visit(world, browse, call):
    """Return a function that shows an address to someone, if they see it: size, statements, and
    what its controls offer."""
    clients: dict[Any, Any] = {}

    def client_of(who: str | None, *, is_api: bool) -> Any:
        if (who, is_api) not in clients:
            person = world.people[who] if who else None
            clients[who, is_api] = call(person) if is_api else browse(person)
        return clients[who, is_api]

    def show(path: str, who: str | None) -> tuple[int, int, set[str]] | None:
        client = client_of(who, is_api=path.startswith("/api/"))
        for cache in caches.all(initialized_only=True):
            cache.clear()
        reset_queries()
        with transaction.atomic():
            with CaptureQueriesContext(connection) as found:
                answer = client.get(path)
                if answer.status_code in (301, 302) and "/accounts/" not in answer["Location"]:
                    answer = client.get(answer["Location"])  # with its title in the address
                sent = b"".join(answer) if answer.streaming else answer.content
            transaction.set_rollback(True)
        if answer.status_code != 200:
            return None
        return len(sent), len(asked_of(found.captured_queries)), _offered(sent)

    return show


@pytest.fixture
def addresses(world, browse) -> dict[str, list[str]]:
    """Return the addresses there are of each template, at most two things' and three searches'."""
    rows, asked = walking.fillings(), walking.queries()
    found: dict[str, list[str]] = {}
    for route in walking.walked():
        if not walking.own_room(route) or (route.is_api and "get" not in route.api_methods):
            continue
        ends = asked.get(route.template, [""])[:MOST_ENDS]
        found[route.template] = [
            path + end for path in route.paths(rows)[:MOST_PATHS] for end in ends
        ]
    return found


@pytest.fixture
def followed(world):
    """Have two people follow a tag: nobody of the world does."""
    tag = world.question.tags.get()
    for person in (world.aminata, world.omar):
        Follow.objects.create(person=person, kind="forum.tag", object_id=tag.pk)


def test_every_address_has_a_pin(world, visit, addresses):
    seen = {
        template
        for template, paths in addresses.items()
        if template in PINS or any(visit(path, who) for path in paths for who in world.people)
    }

    assert seen - set(PINS) == set(), "no pin: who looks, and how many statements"
    assert set(PINS) - seen == set()


def test_statements_are_pinned_and_do_not_grow_with_rows(world, visit, addresses, followed):
    looks = {path: (name, PINS[name][0]) for name in PINS for path in addresses[name]}

    def all_seen() -> dict[str, tuple[int, int, set[str]]]:
        return {path: seen for path, (_, who) in looks.items() if (seen := visit(path, who))}

    visit("/about/markdown", None)  # what a process reads once
    few = all_seen()
    grow(COPIES)
    rebuild_index()
    lot = all_seen()

    assert set(few) <= set(lot)
    grown = {path: (few[path][1], lot[path][1]) for path in few if few[path][1] < lot[path][1]}
    assert {path for path in grown if looks[path][0] not in FROM_NOTHING} == set(), grown
    pins = dict.fromkeys(PINS, 0)
    for path, (_size, count, _controls) in lot.items():
        name = looks[path][0]
        pins[name] = max(pins[name], count)
    assert pins == {name: most for name, (_who, most) in PINS.items()}
    names = set(Person.objects.values_list("display_name", flat=True))
    names |= set(Person.objects.values_list("handle", flat=True))
    offering = {looks[path][0]: lot[path][2] & names for path in lot}
    assert len(names) > MOST_PEOPLE * 4
    listing = {name: people for name, people in offering.items() if len(people) > MOST_PEOPLE}
    assert listing == {}, "a control that lists all people"
    longer = {looks[path][0] for path in few if few[path][0] < lot[path][0]}
    assert set(LISTS) - longer == set(), "no row more: looked at in vain"
