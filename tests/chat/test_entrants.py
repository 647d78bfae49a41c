"""Asked of many at once, the rule says what it says of each, in a few statements."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chat import entrants, rooms, rules
from chat.models import Room
from helpdesk.models import Share
from people.models import Person, RoleGrant
from tests.proofs.planting import planted_for_a_while


@pytest.fixture(scope="module")
def planted(django_db_setup, django_db_blocker, tmp_path_factory):
    with (
        django_db_blocker.unblock(),
        planted_for_a_while(tmp_path_factory.mktemp("index")) as found,
    ):
        yield found


@pytest.fixture
def world(planted, db):
    return planted


@pytest.mark.parametrize("kind", ["helpdesk.ticket", "mentoring.mentorship"])
def test_many_may_enter_as_each_may(kind, world, monkeypatch):
    room = world.rows[f"room_of_{kind}"]
    people = list(Person.objects.all())
    long_ago = {"since": "2019-01-01T00:00Z", "until": "2020-01-01T00:00Z"}
    RoleGrant.objects.create(person=world.omar, role="agent", **long_ago)
    each = {person.pk for person in people if rules.can_enter(person, room)}
    monkeypatch.setattr(entrants, "_may_enter", lambda person, room: False)  # asked at once alone

    found = entrants.who_may_enter(room.pk, {person.pk for person in people})

    assert found == each
    assert 2 <= len(found) < len(people)


def test_suspended_superuser_and_unknown_are_judged_as_anyone(world):
    room = world.rows["room_of_helpdesk.ticket"]
    Person.objects.filter(pk=world.farid.pk).update(state="suspended")
    Person.objects.filter(pk=world.olga.pk).update(state="erased")
    Person.objects.filter(pk=world.omar.pk).update(is_superuser=True)
    people = [world.farid.pk, world.olga.pk, world.omar.pk, world.aminata.pk, 10**9]

    found = entrants.who_may_enter(room.pk, people)

    asked = Person.objects.filter(pk__in=people)
    assert found == {person.pk for person in asked if rules.can_enter(person, room)}
    assert found == {world.farid.pk, world.aminata.pk}


def test_room_that_is_not_there_lets_nobody_in(world):
    assert entrants.who_may_enter(10**9, [world.aminata.pk]) == set()
    other = Room.objects.create(thing_kind="no.such", thing_id=1)
    assert entrants.who_may_enter(other.pk, [world.aminata.pk, world.bao.pk]) == set()


@pytest.mark.parametrize("count", [10, 300])
def test_right_of_many_costs_a_few_statements(count, world):
    room = world.rows["room_of_helpdesk.ticket"]
    people = Person.objects.bulk_create(
        Person(handle=f"p{number}", handle_folded=f"p{number}", display_name="P")
        for number in range(count)
    )
    Share.objects.bulk_create(Share(ticket_id=room.thing_id, person=person) for person in people)
    asked = [person.pk for person in people]

    with CaptureQueriesContext(connection) as queries:
        assert entrants.who_may_enter(room.pk, asked) == set(asked)

    assert len(queries) <= 4


# (role, queue, organisation, volunteer), as in people.models.standing.Held
HELD = {
    "nobody's": (),
    "agent's": (("agent", None, None, False),),
    "agent's of a queue": (("agent", 1, None, False), ("agent", 2, 1, True)),
    "volunteer's": (("agent", None, None, True),),
    "moderator's": (("moderator", None, None, False),),
    "coordinator's": (("coordinator", None, None, False),),
}


@pytest.mark.django_db
@pytest.mark.parametrize("held", HELD.values(), ids=HELD)
@pytest.mark.parametrize("kind", sorted(rooms._rules))
def test_kept_statement_depends_on_no_moment_and_asks_nothing_before(kind, held, assert_asks):
    made = []
    for moment in (datetime(2026, 1, 5, 8, tzinfo=UTC), datetime(2031, 7, 13, 23, tzinfo=UTC)):
        with time_machine.travel(moment, tick=False), assert_asks(0):
            made.append(entrants._statement.__wrapped__(connection.vendor, kind, held))

    assert made[0] == made[1]
