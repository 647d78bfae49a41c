"""The server killed four times under 200 messages a second; two processes killed in turn."""

import asyncio
import time

import pytest

from tests.faults import servers
from tests.faults.scene import Scene

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def report(name: str, scene: Scene, seconds: float) -> None:
    rooms = [len(scene.acknowledged(room.pk)) for room in scene.rooms]
    print(
        f"\n{name}: {scene.count} acknowledged in {seconds:.0f} s, "
        f"{scene.a_second:.0f} a second, by room {rooms} ({scene.tries} tries by HTTP, "
        f"{len(scene.faults)} of 5xx), {sum(len(one.heard) for one in scene.readers)} heard by "
        f"{len(scene.readers)}, {sum(one.paged for one in scene.readers)} of them paged, "
        f"lines {[one.lines for one in scene.readers]}, {len(scene.complaints())} complaints"
    )


def played(folder, **more) -> Scene:
    """Return a scene in which the server was killed four times, under 200 messages a second.

    In three rooms: in one some come by HTTP, as many as one process takes. In the others, of which
    its readers hear as well, two processes say the rest, which live: twenty in a transaction.
    A room has one writer at a time: in one alone, all of them waited for its lock.
    """
    server = servers.web(folder, **more)
    scene = Scene(server.port, writers=24, readers=10, rooms=3)
    by_http, *beside_it = scene.rooms
    for one in scene.writers:
        one.room_id = by_http.pk

    async def fault() -> None:
        facts = {"count": 10**6, "a_second": 90, "together": 20}
        beside = [servers.Writing(folder, room.pk, "p0", **facts) for room in beside_it]
        scene.beside += beside
        for _time in range(4):
            await asyncio.sleep(4)
            server.kill()
            await asyncio.sleep(0.3)
            await asyncio.to_thread(server.start)
        await asyncio.sleep(4)
        for one in beside:
            one.terminate()

    began = time.monotonic()
    with servers.killed_at_the_end(server):
        server.start()
        scene.play(fault, a_second=50)
    report(f"killed four times {more}", scene, time.monotonic() - began)
    return scene


def test_server_killed_four_times_loses_nothing(tmp_path):
    scene = played(tmp_path)

    assert scene.complaints() == []
    # More where paging takes a minute: who acknowledges nothing so long is closed, and resumes.
    assert min(one.lines for one in scene.readers) >= 5


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
