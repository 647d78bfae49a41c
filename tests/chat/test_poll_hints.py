"""A poll also tells who is there, who writes and the bell's figure, to who asks for it."""

import json
import time

import pytest
from channels.db import database_sync_to_async
from django.db import transaction

from core import journal
from people.actions import notify
from tests.chat.ears import ByPoll, checked, following, until

pytestmark = pytest.mark.django_db(transaction=True)


class Polled(ByPoll):
    """One poll, with its query."""

    def __init__(self, person, room, query: str) -> None:
        super().__init__(person, room)
        self.query = query

    async def answer(self, seconds_at_most: float = 30) -> dict:
        began = time.monotonic()
        await self.ask(self.query)
        status = await self.begun()
        body = (await self.line.receive_output(timeout=1))["body"]
        await self.close()
        assert status == 200, body
        assert time.monotonic() - began < seconds_at_most
        found = json.loads(body)
        for frame in found.get("hints", []):
            checked(frame)
        return found


def of_type(answer, kind):
    return [frame for frame in answer["hints"] if frame["type"] == kind]


@database_sync_to_async
def tell(cast, person):
    """Put something on a person's bell."""
    with transaction.atomic():
        line = journal.record("people.tested", actor=cast.bao, thing=cast.bao)
    notify(person=person, line=line)


async def test_who_is_there_is_told_once_and_again_when_it_changes(cast, room):
    first = await Polled(cast.aminata, room, "since=0&wait=0&here=0").answer(5)
    (frame,) = of_type(first, "presence")
    assert [one["handle"] for one in frame["people"]] == ["aminata"]

    again = await Polled(cast.aminata, room, f"since=0&wait=0&here={first['here']}").answer(5)
    assert (again["hints"], again["here"]) == ([], first["here"])

    poll = Polled(cast.aminata, room, f"since=0&wait=25&here={first['here']}")
    await poll.ask(poll.query)
    socket = await following(cast.bao, room)
    assert await poll.begun() == 200
    body = json.loads((await poll.line.receive_output(timeout=1))["body"])
    (frame,) = of_type(body, "presence")
    assert [one["handle"] for one in frame["people"]] == ["aminata", "bao"]
    await poll.close()
    await socket.disconnect()


async def test_who_polls_is_there_between_two_polls_too(cast, room):
    socket = await following(cast.bao, room)
    people: list[list[str]] = []

    async def presence(seconds: float = 12) -> None:
        frame = (await until(socket, "presence", seconds))[-1]
        people.append([one["handle"] for one in frame["people"]])

    await Polled(cast.aminata, room, "since=0&wait=0&here=0").answer(5)
    while people[-1:] != [["aminata", "bao"]]:
        await presence()
    for _time in range(2):
        await Polled(cast.aminata, room, "since=0&wait=0&here=0").answer(5)
        await presence()
    assert people[-2:] == [["aminata", "bao"]] * 2

    began = time.monotonic()
    while people[-1] != ["bao"]:  # and is gone a little after the last
        await presence()
    assert 3 < time.monotonic() - began < 20
    await socket.disconnect()


async def test_who_writes_is_told_at_once_both_ways(cast, room):
    socket = await following(cast.bao, room)
    here = (await Polled(cast.aminata, room, "since=0&wait=0&here=0").answer(5))["here"]
    poll = Polled(cast.aminata, room, f"since=0&wait=25&here={here}")
    await poll.ask(poll.query)
    await until(socket, "presence")
    await socket.send_json_to({"type": "typing", "room": room.pk})
    assert await poll.begun() == 200
    body = json.loads((await poll.line.receive_output(timeout=1))["body"])
    assert [frame["person"]["handle"] for frame in of_type(body, "typing")] == ["bao"]
    await poll.close()

    await Polled(cast.aminata, room, "since=0&wait=0&typing=1").answer(5)
    frame = (await until(socket, "typing"))[-1]
    assert frame["person"]["handle"] == "aminata"
    await socket.disconnect()


@pytest.mark.parametrize("where", ["a room", "nowhere"])
async def test_bell_is_told_when_its_figure_is_another(where, cast, room, monkeypatch):
    if where == "nowhere":
        monkeypatch.setattr(ByPoll, "path", "/live/events")
    await tell(cast, cast.aminata)
    first = await Polled(cast.aminata, room, "wait=25&unread=0").answer(5)
    assert of_type(first, "notices") == [{"type": "notices", "unread": 1, "rooms": 0}]

    poll = Polled(cast.aminata, room, "wait=25&unread=1")
    await poll.ask(poll.query)
    await tell(cast, cast.aminata)
    assert await poll.begun() == 200
    body = json.loads((await poll.line.receive_output(timeout=1))["body"])
    assert of_type(body, "notices") == [{"type": "notices", "unread": 2, "rooms": 0}]
    assert body["events"] == []
    await poll.close()


async def test_poll_that_asks_for_no_hints_gets_none(cast, room):
    socket = await following(cast.bao, room)
    poll = Polled(cast.aminata, room, "since=0&wait=3")
    await poll.ask(poll.query)
    await socket.send_json_to({"type": "typing", "room": room.pk})
    await tell(cast, cast.aminata)

    assert await poll.begun() == 200
    body = json.loads((await poll.line.receive_output(timeout=1))["body"])

    assert body == {"events": [], "number": 0}
    await poll.close()
    await socket.disconnect()


async def test_who_may_not_enter_learns_of_nobody(cast, room):
    poll = Polled(cast.omar, room, "since=0&wait=25&here=0&typing=1")
    await poll.ask(poll.query)

    assert await poll.begun() == 404
    body = (await poll.line.receive_output(timeout=1))["body"].decode()
    assert "aminata" not in body
    assert "hints" not in body
    await poll.close()


@pytest.mark.parametrize("query", ["here=x", "unread=-1", "typing=yes"])
async def test_bad_question_is_refused(query, cast, room):
    poll = Polled(cast.aminata, room, query)
    await poll.ask(query)

    assert await poll.begun() == 422
    await poll.close()
