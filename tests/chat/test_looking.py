"""The look around, once a second: the same for few and for many, in statements that stay alike."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chat import storing
from chat.models import Room
from core.among import among
from core.models import JournalLine
from people.models import Notice, Person


@pytest.fixture
def noticed(cast):
    """Aminata with two unread notices and one that is read."""
    for n in range(3):
        line = JournalLine.objects.create(verb="test.done", thing_kind="people.person", thing_id=n)
        read_at = timezone.now() if n == 0 else None
        Notice.objects.create(
            person=cast.aminata,
            line=line,
            verb="test.done",
            thing_kind="people.person",
            thing_id=n,
            read_at=read_at,
        )
    return cast


def test_look_tells_heads_unread_notices_and_who_is_out(noticed):
    Person.objects.filter(pk=noticed.omar.pk).update(state="erased")
    rooms = [Room.objects.create(thing_kind="no.such", thing_id=n, head=n) for n in (3, 4, 5)]
    people = [noticed.aminata.pk, noticed.omar.pk, noticed.bao.pk, 10**9]

    looked = storing.look([row.pk for row in rooms[:2]], people)

    assert looked.heads == {rooms[0].pk: 3, rooms[1].pk: 4}
    nothing = dict.fromkeys(people, storing.News(0, 0))
    assert looked.news == nothing | {noticed.aminata.pk: storing.News(2, 0)}
    assert looked.out == {noticed.omar.pk}


@pytest.mark.django_db
def test_look_at_nobody_finds_nothing():
    assert storing.look([], []) == storing.Looked({}, {}, set())
    assert not Person.objects.filter(among("pk", [])).exists()


def test_look_is_as_long_for_70000_as_for_one(noticed):
    """More than PostgreSQL's 65,535 parameters, and than SQLite's 32,766."""
    many = [*range(10**9, 10**9 + 70_000), noticed.aminata.pk]
    with CaptureQueriesContext(connection) as asked:
        looked = storing.look(many, many)

    assert looked.news[noticed.aminata.pk] == (2, 0)
    assert (len(asked), looked.heads, looked.out) == (4, {}, set())
