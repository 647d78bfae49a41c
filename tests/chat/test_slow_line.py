"""A server that makes who sends wait, as uvicorn does for a client that does not read."""

import asyncio
import json

import pytest

from chat import cursor, live
from chat.consumers import ChatConsumer
from tests.chat.ears import checked, events_of, fill, following, post_many, until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]


class SlowLine:
    """A socket whose line takes one frame, and the next when that was read."""

    def __init__(self, person):
        self.up: asyncio.Queue = asyncio.Queue()
        self.line: asyncio.Queue = asyncio.Queue(1)
        scope = {"type": "websocket", "user": person, "session": None}
        self.is_broken = False
        self.running = asyncio.create_task(ChatConsumer()(scope, self.up.get, self.send))
        self.up.put_nowait({"type": "websocket.connect"})

    async def send(self, message):
        if self.is_broken:
            raise ConnectionResetError
        await self.line.put(message)

    def say(self, frame):
        self.up.put_nowait({"type": "websocket.receive", "text": json.dumps(frame)})

    async def frame(self):
        async with asyncio.timeout(8):
            message = await self.line.get()
        return checked(json.loads(message["text"])) if "text" in message else message

    async def events(self, count):
        events = []
        while len(events) < count:
            frame = await self.frame()
            if frame["type"] == "event":
                events.append(frame["number"])
                self.say({"type": "seen", "room": frame["room"], "number": frame["number"]})
        return events

    async def close(self):
        self.up.put_nowait({"type": "websocket.disconnect"})
        await self.running


async def test_slow_line_gets_everything_in_order_and_holds_up_nobody(cast, room):
    slow, quick = SlowLine(cast.aminata), await following(cast.bao, room)
    slow.say({"type": "subscribe", "room": room.pk, "since": 0})
    while (await slow.frame())["type"] != "sync":
        pass

    await post_many(cast.bao, room, 30)
    heard = [event["number"] for event in await events_of(quick, 30)]

    assert heard == list(range(1, 31))
    assert await slow.events(30) == heard
    await quick.disconnect()
    await slow.close()


async def test_line_that_breaks_takes_down_nobody(cast, room):
    slow, quick = SlowLine(cast.aminata), await following(cast.bao, room)
    slow.say({"type": "subscribe", "room": room.pk, "since": 0})
    while (await slow.frame())["type"] != "sync":
        pass
    slow.is_broken = True

    await post_many(cast.bao, room, 3)
    await slow.close()
    await post_many(cast.bao, room, 3, start=3)

    assert [event["number"] for event in await events_of(quick, 6)] == [1, 2, 3, 4, 5, 6]
    await quick.disconnect()


async def test_who_reads_nothing_is_closed_however_far_behind(cast, room, monkeypatch):
    monkeypatch.setattr(cursor, "WINDOW_SECONDS", 2.0)
    stuck = await following(cast.aminata, room)
    await post_many(cast.bao, room, cursor.WINDOW_FRAMES + 1)
    await events_of(stuck, cursor.WINDOW_FRAMES)

    await room.arefresh_from_db()
    await fill(room, cast.bao, cursor.FAR + 100)

    frames = await until(stuck, "bye")
    assert [frame["type"] for frame in frames] == ["bye"]
    assert frames[-1]["code"] == live.STUCK
