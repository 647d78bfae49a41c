"""How many of one's conversations have something unread: in the menu of every page, and live."""

import re

import pytest
from channels.db import database_sync_to_async
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aid.actions import claim_help
from aid.models import Kind
from chat import actions, queries
from chat.actions import open_room
from tests.chat.ears import following, socket_of, until

FIGURE = re.compile(r'id="own-rooms".*?aria-hidden="true">(\d+)</span>.*?</a>', re.DOTALL)
PAGE = "/about/conduct"


@pytest.fixture
def figure(browse):
    """Return a function that reads the figure in someone's menu; 0: none is shown."""

    def read(person, path=PAGE) -> int:
        found = FIGURE.search(browse(person).get(path).content.decode())
        return int(found[1]) if found else 0

    return read


@pytest.fixture
def room(cast, room):
    """The room, where Aminata takes part too."""
    actions.mark_seen(actor=cast.aminata, room_id=room.pk, number=0)
    return room


@pytest.fixture
def more_rooms(cast, claim):
    """Return a function that opens as many more rooms of claims of Bao and Aminata."""

    def make(count):
        claims = [
            claim_help(
                actor=cast.bao,
                givers=[cast.bao],
                receivers=[cast.aminata],
                minutes=10 + n,
                kind=Kind.OTHER,
                happened_at=claim.happened_at,
            )
            for n in range(count)
        ]
        found = [open_room(actor=cast.bao, kind="aid.claim", object_id=one.pk) for one in claims]
        for one in found:
            actions.mark_seen(actor=cast.aminata, room_id=one.pk, number=0)
        return found

    return make


def test_rooms_with_something_unread_are_counted_once_each(figure, cast, room, more_rooms, say):
    other, quiet = more_rooms(2)
    assert figure(cast.aminata) == 0

    for one in (room, room, other):
        say(cast.bao, one)

    assert figure(cast.aminata) == figure(cast.aminata, "/rooms") == 2
    assert (figure(cast.bao), figure(cast.omar)) == (0, 0)
    actions.mark_seen(actor=cast.aminata, room_id=room.pk, number=1)
    assert figure(cast.aminata) == 2
    actions.mark_seen(actor=cast.aminata, room_id=room.pk, number=2)
    assert figure(cast.aminata) == 1
    assert quiet.head == 0


def test_muted_rooms_are_not_counted_and_come_back(figure, cast, room, say):
    say(cast.bao, room)
    actions.mute(actor=cast.aminata, room_id=room.pk)
    assert figure(cast.aminata) == 0

    actions.unmute(actor=cast.aminata, room_id=room.pk)

    assert figure(cast.aminata) == 1


def test_ones_own_words_and_those_taken_away_are_not_unread(figure, cast, room, say):
    said = say(cast.bao, room)
    say(cast.aminata, room)
    assert (figure(cast.aminata), figure(cast.bao)) == (1, 1)

    actions.remove_message(actor=cast.bao, room_id=room.pk, number=said.number)
    actions.react(actor=cast.bao, room_id=room.pk, number=2, emoji="👍")

    assert (figure(cast.aminata), figure(cast.bao)) == (0, 1)


def test_who_spoke_hears_of_what_is_said_after(figure, cast, working_room, say):
    say(cast.omar, working_room)
    say(cast.bao, working_room)

    assert figure(cast.omar) == 1


def test_room_lost_from_sight_is_not_counted(figure, cast, question, working_room, say):
    say(cast.omar, working_room)
    say(cast.bao, working_room)

    question.visibility = "removed"
    question.save()

    assert figure(cast.omar) == 0


def statements(client, path=PAGE) -> int:
    client.get(path)  # what is made once is made
    with CaptureQueriesContext(connection) as asked:
        client.get(path)
    return len(asked)


def test_figure_costs_nothing_while_all_is_read_and_one_statement_for_any_number(
    browse, cast, room, more_rooms, say
):
    client = browse(cast.aminata)
    before = statements(client)
    say(cast.bao, room)
    one = statements(client)
    for other in more_rooms(4):
        say(cast.bao, other)

    assert (one, statements(client)) == (before + 1, before + 1)


def test_bells_fragment_brings_the_menus_figure(figure, browse, cast, room, say):
    say(cast.bao, room)

    assert figure(cast.aminata, "/me/bell") == 1
    assert 'id="bell"' in browse(cast.aminata).get("/me/bell").content.decode()
    assert queries.rooms_unread(cast.aminata) == 1


@pytest.mark.django_db(transaction=True)
async def test_line_tells_of_rooms_that_the_page_does_not_follow(cast, room, claim, say):
    elsewhere = await following(cast.aminata, room)
    await elsewhere.send_json_to({"type": "unsubscribe", "room": room.pk})

    await database_sync_to_async(say)(cast.bao, room)

    told = {"type": "notices", "unread": 0, "rooms": 1}
    assert (await until(elsewhere, "notices"))[-1] == told
    later = await socket_of(cast.aminata)
    hello = (await until(later, "hello"))[-1]
    assert (hello["unread"], hello["rooms"]) == (0, 1)
    seen = {"actor": cast.aminata, "room_id": room.pk, "number": 1}
    await database_sync_to_async(actions.mark_seen)(**seen)
    assert (await until(elsewhere, "notices"))[-1] == told | {"rooms": 0}
    for one in (elsewhere, later):
        await one.disconnect()
