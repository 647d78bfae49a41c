"""How long a poll waits: no longer than it said."""

import asyncio
import json

import pytest

from chat import live, storing
from tests.chat.ears import SECONDS, ByPoll, fill, following

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def no_sweep(monkeypatch):
    """Let nothing be answered by the sweep but what a test sweeps by itself."""
    monkeypatch.setattr(live, "SWEEP_SECONDS", 600.0)


async def asked(person, room, query: str, path: str = "") -> ByPoll:
    poll = ByPoll(person, room)
    poll.path = path
    await poll.ask(query)
    return poll


async def answer_of(poll) -> dict:
    assert await poll.begun() == 200
    answer = json.loads((await poll.line.receive_output(timeout=SECONDS))["body"])
    await poll.close()
    return answer


async def listener_of(person, *, is_open: bool = True):
    """Return a person's only listener, once it waits."""
    async with asyncio.timeout(SECONDS):
        while True:
            await asyncio.sleep(0.01)
            for one in live.hub.people.get(person.pk, ()):
                if any(place.is_open == is_open for place in one.places.values()):
                    return one


async def test_poll_that_waits_for_nothing_is_answered_at_once(cast, room):
    await fill(room, cast.bao, 3)

    poll = await asked(cast.aminata, room, "since=3&wait=0")

    assert await answer_of(poll) == {"events": [], "number": 3}


async def test_poll_of_hints_that_are_known_is_answered_at_once(cast, room):
    told = await answer_of(await asked(cast.aminata, room, "since=0&wait=0&here=0"))

    poll = await asked(cast.aminata, room, f"since=0&wait=0&here={told['here']}&unread=0")

    assert await answer_of(poll) == {"events": [], "number": 0, "hints": [], "here": told["here"]}


async def test_bell_that_is_known_is_told_at_once_to_who_does_not_wait(cast, room):
    poll = await asked(cast.aminata, room, "unread=0&wait=0", "/live/events")

    assert await answer_of(poll) == {"events": [], "number": 0, "hints": [], "here": 0}


@pytest.mark.parametrize("path", ["", "/live/events"], ids=["room", "bell"])
async def test_poll_is_answered_by_the_last_beat_before_its_time_is_over(
    path, cast, room, monkeypatch
):
    await fill(room, cast.bao, 3)
    poll = await asked(cast.aminata, room, "since=3&wait=25", path)
    if path:
        async with asyncio.timeout(SECONDS):
            while cast.aminata.pk not in live.hub.people:
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.2)
        (listener,) = live.hub.people[cast.aminata.pk]
    else:
        listener = await listener_of(cast.aminata)
    monkeypatch.setattr(live, "SWEEP_SECONDS", 1.0)

    listener.beat(listener.began_at + 23.9)
    assert not listener.is_over
    listener.beat(listener.began_at + 24.1)

    assert (await answer_of(poll))["events"] == []


async def test_poll_whose_right_is_not_found_in_time_ends_and_tells_nothing(
    cast, room, monkeypatch
):
    await fill(room, cast.bao, 3)
    inside = await following(cast.bao, room)
    gate, loop = asyncio.Event(), asyncio.get_running_loop()
    caught_up = storing.caught_up

    def slowly(*facts):
        asyncio.run_coroutine_threadsafe(gate.wait(), loop).result()
        return caught_up(*facts)

    monkeypatch.setattr(storing, "caught_up", slowly)
    poll = await asked(cast.omar, room, "since=2&wait=25&here=0")
    listener = await listener_of(cast.omar, is_open=False)

    listener.beat(listener.began_at + 25)

    assert await answer_of(poll) == {"events": [], "number": 2, "hints": [], "here": 0}
    assert cast.omar.pk not in live.hub.people
    gate.set()
    await inside.disconnect()
