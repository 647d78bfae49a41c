"""Readers that are slow, hints that are lost."""

import asyncio
import contextlib
import json
import time
from dataclasses import dataclass

import pytest
from websockets.exceptions import ConnectionClosed

from chat.cursor import WINDOW_FRAMES
from tests.faults import servers
from tests.faults.people import Reader
from tests.faults.scene import Scene

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
STUCK = 4408


def deaf(folder, application: str) -> Scene:
    """Return a scene of two processes between which half of what is told is lost."""
    store = servers.OwnRedis(folder, 9)
    lossy = {"application": f"tests.faults.{application}:application", "REDIS_URL": store.url}
    two = [servers.web(folder, number, **lossy) for number in (0, 1)]
    scene = Scene(two[0].port, two[1].port, writers=4, readers=4)

    with servers.killed_at_the_end(store, *two):
        for one in (store, *two):
            one.start()
        scene.play(lambda: asyncio.sleep(8), a_second=10)

    delays = scene.delays()
    print(
        f"\nhalf of the hints lost, {application}: {scene.count} acknowledged, delay median "
        f"{delays[len(delays) // 2] * 1000:.0f} ms, most {delays[-1] * 1000:.0f} ms"
    )
    return scene


def test_half_of_the_hints_lost_loses_nothing(tmp_path):
    scene = deaf(tmp_path, "lossy")

    assert scene.complaints() == []
    assert [one.lines for one in scene.readers] == [1] * 4


def test_naive_way_loses_what_the_layer_drops(tmp_path):
    scene = deaf(tmp_path, "naive_lossy")

    print("\n".join(scene.complaints()))
    assert sum("missing" in text for text in scene.complaints()) == 4


def test_slow_readers_hold_up_nobody_and_resume(tmp_path):
    server = servers.web(tmp_path)
    scene = Scene(server.port, writers=8, readers=4)
    never, slow, *quick = scene.readers
    stuck: list[Unread] = []

    async def fault() -> None:
        slow.pause = 1.0
        hung = asyncio.create_task(unread(never, 120))
        await asyncio.sleep(12)
        stuck.append(await hung)
        slow.pause = 0.0

    with servers.killed_at_the_end(server):
        server.start()
        scene.play(fault, a_second=16)

    delays = sorted(
        at - sent
        for one in quick
        for number, at in one.heard_at.items()
        for writer in scene.writers
        if (sent := writer.said_at.get(number))
    )
    print(
        f"\nslow readers: {scene.count} acknowledged; one closed after {stuck[0].seconds:.0f} s; "
        f"others' delay median {delays[len(delays) // 2] * 1000:.0f} ms, "
        f"99 of 100 within {delays[len(delays) * 99 // 100] * 1000:.0f} ms; slow one: lines "
        f"{slow.lines}, codes {slow.codes}"
    )
    assert scene.complaints() == []
    assert stuck[0].complaints() == []
    assert [one.lines for one in quick] == [1, 1]
    assert delays[len(delays) * 99 // 100] < 2


def test_naive_way_sends_on_and_on_to_who_reads_nothing(tmp_path):
    server = servers.web(tmp_path, application="tests.faults.naive:application")
    scene = Scene(server.port, writers=16, readers=1)
    found: list[str] = []

    async def fault() -> None:
        found.extend((await unread(scene.readers[0], 8)).complaints())

    with servers.killed_at_the_end(server):
        server.start()
        scene.play(fault, a_second=32)

    print(found)
    assert "never closed" in found
    assert any("unacknowledged" in text for text in found)


@dataclass
class Unread:
    """What was sent to one who acknowledges nothing; seconds: until it was closed."""

    heard: list[int]
    seconds: float
    code: int | None

    def complaints(self) -> list[str]:
        found = [] if self.code == STUCK else ["never closed"]
        if self.heard != list(range(1, len(self.heard) + 1)):
            found.append("not in order, or not whole")
        if len(self.heard) > WINDOW_FRAMES:
            found.append(f"{len(self.heard)} unacknowledged")
        return found


async def unread(reader: Reader, patience: float) -> Unread:
    """Follow with a second socket that acknowledges nothing, until it is closed or for a while."""
    async with reader.connect() as line:
        await reader.up(line, "subscribe", since=0)
        began = time.monotonic()
        heard: list[int] = []
        with contextlib.suppress(ConnectionClosed, TimeoutError):
            async with asyncio.timeout(patience):
                while True:
                    frame = json.loads(await line.recv())
                    if frame["type"] == "event":
                        heard.append(frame["number"])
        return Unread(heard, time.monotonic() - began, line.close_code)
