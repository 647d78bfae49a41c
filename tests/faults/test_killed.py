"""The server killed four times while 280 messages a second are offered, 120 of them to itself.

Two processes killed in turn.
"""

import asyncio
import os
import time

import pytest

from tests.faults import servers
from tests.faults.scene import Scene

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
BY_HTTP, BESIDE = 120, 160  # a second, offered
# Acknowledged a second, by two cores that do nothing else: through the server while it serves,
# until the moment it is killed; in all from its first answer until then; and in all, also of the
# seconds in which it is dead or starts. A busy machine is asked for a fifth by FAULTS_FLOOR=0.2,
# and for none by 0.
FLOOR = float(os.environ.get("FAULTS_FLOOR", "1"))
LEAST_BY_HTTP, LEAST_SERVED, LEAST = 50 * FLOOR, 200 * FLOOR, 130 * FLOOR


def report(name: str, scene: Scene, seconds: float) -> None:
    served, lived = "", ""
    if scene.lives:
        served = f", {scene.by_http_a_second:.0f} a second while it served"
        lived = f", {scene.served_a_second:.0f} a second while a server answered"
    rooms = [len(scene.acknowledged(room.pk)) for room in scene.rooms]
    print(
        f"\n{name}: {scene.count} acknowledged in {seconds:.0f} s, "
        f"{scene.a_second:.0f} a second{lived}, by room {rooms}; "
        f"{scene.count_by_http} of them by HTTP{served} "
        f"({scene.tries} tries, {len(scene.faults)} of 5xx), "
        f"{sum(len(one.heard) for one in scene.readers)} heard by {len(scene.readers)}, "
        f"{sum(one.paged for one in scene.readers)} of them paged, "
        f"lines {[one.lines for one in scene.readers]}, {len(scene.complaints())} complaints"
    )


def played(folder, **more) -> Scene:
    """Return a scene in which the server was killed four times, under messages without a pause.

    In four rooms, whose readers all hear by that server. In two of them forty people speak through
    it, by HTTP, three times a second each, and catch up when it is back. In the others two
    processes that live say the rest, twenty in a transaction: the server has to hear of that.
    A room has one writer at a time: in one alone, all of them waited for its lock.
    """
    server = servers.web(folder, **more)
    scene = Scene(server.port, writers=40, readers=10, rooms=4)
    by_http, beside_it = scene.rooms[:2], scene.rooms[2:]
    for number, one in enumerate(scene.writers):
        one.room_id = by_http[number % 2].pk

    async def fault() -> None:
        facts = {"count": 10**6, "a_second": BESIDE // 2, "together": 20}
        beside = [servers.Writing(folder, room.pk, "p0", **facts) for room in beside_it]
        scene.beside += beside
        for _time in range(4):
            await scene.served(seconds=4)
            server.kill()
            await asyncio.sleep(0.3)
            await asyncio.to_thread(server.start)
        await scene.served(seconds=4)
        for one in beside:
            one.terminate()

    began = time.monotonic()
    with servers.killed_at_the_end(server):
        server.start()
        scene.play(fault, a_second=BY_HTTP)
    report(f"killed four times {more}", scene, time.monotonic() - began)
    return scene


def test_server_killed_four_times_loses_nothing(tmp_path):
    scene = played(tmp_path)

    assert scene.complaints() == []
    # More where paging takes a minute: who acknowledges nothing so long is closed, and resumes.
    assert min(one.lines for one in scene.readers) >= 5
    assert scene.by_http_a_second >= LEAST_BY_HTTP
    assert scene.served_a_second >= LEAST_SERVED
    assert scene.a_second >= LEAST


def test_naive_way_loses_under_the_same_kills(tmp_path):
    scene = played(tmp_path, application="tests.faults.naive:application")

    print("\n".join(scene.complaints()))
    assert any("missing" in text for text in scene.complaints())


def in_turn(folder, **more) -> Scene:
    """Return a scene of two processes with the people of one room apart, each killed in turn."""
    store = servers.OwnRedis(folder, 9)
    two = [servers.web(folder, number, REDIS_URL=store.url, **more) for number in (0, 1)]
    scene = Scene(two[0].port, two[1].port, writers=10, readers=2)

    async def fault() -> None:
        for turn in range(4):
            await asyncio.sleep(2)
            two[turn % 2].kill()
            await asyncio.sleep(0.3)
            await asyncio.to_thread(two[turn % 2].start)
        await asyncio.sleep(2)

    began = time.monotonic()
    with servers.killed_at_the_end(store, *two):
        for one in (store, *two):
            one.start()
        scene.play(fault, a_second=40)

    report(f"two processes killed in turn {more}", scene, time.monotonic() - began)
    return scene


def test_two_processes_killed_in_turn_lose_nothing(tmp_path):
    scene = in_turn(tmp_path)

    assert scene.complaints() == []
    assert [one.lines for one in scene.readers] == [3, 3]


def test_naive_way_loses_when_two_are_killed_in_turn(tmp_path):
    scene = in_turn(tmp_path, application="tests.faults.naive:application")

    print("\n".join(scene.complaints()))
    assert any("missing" in text for text in scene.complaints())
