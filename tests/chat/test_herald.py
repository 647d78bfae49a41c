"""Hints between processes. Two hubs stand for two processes; Redis is real where there is one."""

import asyncio
import os

import pytest
from channels.layers import InMemoryChannelLayer

from chat import herald, live
from chat.presence import HERE_SECONDS, MOST_HERE, Presence
from tests.chat.ears import following, post, until

BAO, OMAR = (1, "bao", "Bao"), (2, "omar", "Omar")
redis_only = pytest.mark.skipif(not os.environ.get("REDIS_URL"), reason="needs Redis")


class Gone:
    """A layer whose Redis is away."""

    async def group_send(self, group, message):
        raise ConnectionError


class Hung:
    """A layer whose Redis takes connections and never answers."""

    def __init__(self):
        self.began = asyncio.Event()

    async def group_send(self, group, message):
        await asyncio.sleep(3600)


@pytest.fixture
def bell():
    one = herald.Herald()
    yield one
    one.close()


@pytest.mark.parametrize("layer", [Gone(), Hung()])
def test_telling_returns_whatever_redis_does(layer, bell, monkeypatch):
    monkeypatch.setattr(herald, "shared_layer", lambda: layer)
    monkeypatch.setattr(herald, "SENT_SECONDS", 0.1)

    for number in range(10_000):
        bell.tell_head(7, number)
        bell.tell({"type": "live.here"})

    assert len(bell.waiting) <= herald.MOST_WAITING
    assert len(bell.heads) <= 1


def test_without_a_layer_nothing_is_kept_and_no_thread_runs(bell, monkeypatch):
    monkeypatch.setattr(herald, "get_channel_layer", InMemoryChannelLayer)

    bell.tell_head(7, 1)
    bell.tell({"type": "live.here"})

    assert (bell.heads, len(bell.waiting), bell.thread) == ({}, 0, None)


@redis_only
async def test_what_one_process_tells_all_hear(bell):
    heard: asyncio.Queue = asyncio.Queue()
    hearing = asyncio.create_task(herald.listen(heard.put_nowait))
    told = None

    async with asyncio.timeout(15):
        while told is None:  # until the channel has joined the group
            bell.tell_head(7, 3)
            bell.tell_head(8, 4)
            try:
                told = await asyncio.wait_for(heard.get(), 0.5)
            except TimeoutError:
                continue

    assert told["type"] == "live.heads"
    assert {tuple(pair) for pair in told["heads"]} <= {(7, 3), (8, 4)}
    hearing.cancel()
    await asyncio.gather(hearing, return_exceptions=True)


@pytest.mark.django_db(transaction=True)
async def test_process_tells_what_another_says(cast, room, monkeypatch):
    monkeypatch.setattr("chat.live.hint", lambda room_id, head: None)
    monkeypatch.setattr(live, "SWEEP_SECONDS", 0.2)
    socket = await following(cast.bao, room)
    who = [cast.omar.pk, "omar", "Omar"]

    live.hub.hear({"type": "live.typing", "process": "other", "room": room.pk, "who": who})
    live.hub.hear(
        {"type": "live.here", "process": "other", "rooms": [[room.pk, [who]]], "lines": []}
    )

    assert (await until(socket, "typing"))[-1]["person"]["handle"] == "omar"
    while [one["handle"] for one in (await until(socket, "presence"))[-1]["people"]] != [
        "bao",
        "omar",
    ]:
        pass
    await post(cast.aminata, room, "one")
    live.hub.hear({"type": "live.heads", "heads": [[room.pk, 1], [999, 5]]})
    assert (await until(socket, "event"))[-1]["number"] == 1
    await socket.disconnect()


def handles(presence, room_id=7):
    return [one["handle"] for one in presence.people(room_id)]


def test_person_is_here_until_the_last_connection_left():
    presence = Presence()
    presence.enter(7, BAO)
    presence.enter(7, BAO)

    presence.leave(7, BAO)
    assert handles(presence) == ["bao"]
    presence.leave(7, BAO)
    assert handles(presence) == []
    assert presence.here == {}


def test_process_that_dies_takes_its_people_with_it():
    presence = Presence()
    presence.enter(7, BAO)
    presence.hear("other", {7: [OMAR]}, 0.0)
    presence.changed.clear()

    presence.expire(HERE_SECONDS - 1)
    assert (handles(presence), presence.changed) == (["bao", "omar"], set())
    presence.expire(HERE_SECONDS)
    assert (handles(presence), presence.changed) == (["bao"], {7})


def test_who_left_elsewhere_is_away():
    presence = Presence()
    presence.hear("other", {7: [OMAR, BAO]}, 0.0)
    presence.hear("other", {7: [BAO]}, 1.0)

    assert handles(presence) == ["bao"]


def test_crowd_is_not_told():
    presence = Presence()
    for number in range(MOST_HERE + 1):
        presence.enter(7, (number, str(number), "x"))

    assert presence.people(7) is None
    assert presence.told() == {}


def test_typing_is_told_again_after_a_pause_and_forgotten():
    presence = Presence()

    assert presence.may_type(7, 1, 0.0)
    assert not presence.may_type(7, 1, 1.9)
    assert presence.may_type(7, 2, 1.9)
    assert presence.may_type(7, 1, 2.0)
    presence.expire(9.0)
    assert presence.typed == {}
