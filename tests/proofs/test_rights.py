"""The table "Who may what", replayed by everyone of the world on every face."""

import pytest
from django.db import transaction
from django.urls import resolve

from people.models import Person
from tests import faces
from tests.faces import DONE, NOT_ALLOWED, UNSEEN
from tests.proofs import walking
from tests.proofs.acts import Look
from tests.proofs.rights import ACTIVE, SUSPENDED, TABLE

CASES = [
    pytest.param(name, face, id=f"{name}-{face}")
    for name, right in TABLE.items()
    for face in right.faces
]
WRITES = [name for name, right in TABLE.items() if not isinstance(right.act, Look)]
# What a suspended person may still do; the rooms are there already.
RESTING = {
    "open a ticket's room",
    "open a pair's room",
    "say how far one has read",
    "mute a room",
    "hear of a room again",
    "read one's notices",
    "read a notice",
    "revoke a token",
    "take a browser away",
    "choose how often a digest comes",
    "end digests by their link",
    "end follows by their link",
    "end asks by mail by their link",
    "mark a list as read",
    "mark a question as read",
    "rate by the link of a mail",
    "leave by the link of a mail",
    "leave",
    "give a seat back",
    "appeal",
    "agree to a public text",
    "agree by the link of a mail",
    "withdraw a consent",
}
# A choice kept in a cookie; and words thrown away on a browser whose session had ended.
FOR_VISITORS = {"language", "unsent/removal", "unsent/<uuid:token>/removal"}


def thing_of(world, right, person):
    """Return what the act is done on."""
    if right.thing == "self":
        return person or world.omar
    return world if right.thing == "world" else getattr(world, right.thing)


def outcome(face, client, act, thing) -> str:
    """Do an act, say how it went, and take back what it did."""
    with transaction.atomic():
        if isinstance(act, Look):
            headers = {"HX-Request": "true"} if face == "fragment" else {}
            answer = client.get((act.api if face == "api" else act.page)(thing), headers=headers)
        else:
            answer = faces.send(face, client, act, thing)
        transaction.set_rollback(True)
    return outcome_of(face, answer)


def outcome_of(face, answer) -> str:
    """Return the word for an answer, which shows something or has done something."""
    return DONE if answer.status_code == 200 else faces.outcome(face, answer)


@pytest.mark.parametrize(("name", "face"), CASES)
def test_row_of_the_table(name, face, world, browse, call):
    right = TABLE[name]
    expected = {who: right.expected(who) for who in sorted(ACTIVE | SUSPENDED)}
    expected["visitor"] = right.visitor
    if face == "fragment":  # the page's view: one of each answer will do
        expected = dict({word: (who, word) for who, word in expected.items()}.values())
    found = {}

    for who in expected:
        person = None if who == "visitor" else world.people[who]
        client = call(person) if face == "api" else browse(person)
        found[who] = outcome(face, client, right.act, thing_of(world, right, person))

    assert found == expected


@pytest.mark.parametrize("name", [name for name in WRITES if TABLE[name].doers()])
def test_suspended_people_read_and_write_nothing(name, world, browse, call):
    right = TABLE[name]
    person = world.people[right.doers()[0]]
    Person.objects.filter(pk=person.pk).update(state="suspended")

    for face in right.faces:
        client = call(person) if face == "api" else browse(person)
        found = outcome(face, client, right.act, thing_of(world, right, person))
        # What is seen by a role alone is not seen while the role rests.
        assert found in ({DONE} if name in RESTING else {NOT_ALLOWED, UNSEEN}), face


def template_of(path: str) -> str:
    return resolve(path).route


def test_every_write_of_the_api_stands_in_the_table(world):
    written = set()
    for name in WRITES:
        right = TABLE[name]
        if "api" in right.faces:
            method, path, _data = right.act.api(thing_of(world, right, None))
            written.add((method, template_of(path)))

    every = {
        (method.upper(), route.template)
        for route in walking.walked()
        if route.is_api
        for method in route.api_methods
        if method != "get"
    }
    assert every - written == set()
    assert written - every == set()


def test_every_page_that_takes_a_form_stands_in_the_table(world, browse):
    written = set()
    for name in WRITES:
        right = TABLE[name]
        if "page" in right.faces:
            written.add(template_of(right.act.page(thing_of(world, right, None))[0]))

    rows, posts = walking.fillings(), set()
    client = browse(world.omar)
    for route in walking.walked():
        if walking.own_room(route) and not route.is_api:
            with transaction.atomic():
                if client.post(route.paths(rows)[0]).status_code != 405:
                    posts.add(route.template)
                transaction.set_rollback(True)
    assert posts - written == FOR_VISITORS
