"""What becomes of Redis between two processes: nothing is lost, no socket cut, the sweep heals."""

import asyncio

import pytest

from tests.faults import servers
from tests.faults.scene import Scene

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
AWAY_SECONDS = 3.0
# What a message may take while Redis is away: the sweep's second, and what else the machine does.
HEALED_SECONDS = 2.5
ANSWERED_SECONDS = 2.7  # who waits for Redis waits for as long as it is away


async def killed(store):
    store.kill()
    await asyncio.sleep(AWAY_SECONDS)
    await asyncio.to_thread(store.start)


async def paused(store):
    store.pause()
    await asyncio.sleep(AWAY_SECONDS)
    store.go_on()


async def flushed(store):
    for _time in range(6):
        await asyncio.to_thread(store.told, "FLUSHALL")
        await asyncio.sleep(AWAY_SECONDS / 6)


async def full(store):
    await asyncio.to_thread(store.told, "CONFIG", "SET", "maxmemory", "1")
    await asyncio.sleep(AWAY_SECONDS)
    await asyncio.to_thread(store.told, "CONFIG", "SET", "maxmemory", "0")


async def absent(store):
    """Not there at the start, and long into the talk."""
    await asyncio.sleep(AWAY_SECONDS)
    await asyncio.to_thread(store.start)


@pytest.mark.parametrize("fault", [killed, paused, flushed, full, absent])
def test_redis_fault_loses_nothing_and_cuts_nobody(fault, tmp_path):
    scene = played(fault, tmp_path)

    assert scene.complaints() == []
    assert [one.lines for one in scene.readers] == [1] * 4
    assert scene.faults == []
    assert scene.delays()[-1] < HEALED_SECONDS
    assert scene.longest < ANSWERED_SECONDS


@pytest.mark.parametrize("fault", [killed, flushed, full])
def test_naive_way_loses_by_the_same_fault(fault, tmp_path):
    scene = played(fault, tmp_path, application="tests.faults.naive:application")

    print("\n".join(scene.complaints()))
    assert any("missing" in text for text in scene.complaints())


def test_naive_way_answers_nobody_while_redis_is_paused(tmp_path):
    scene = played(paused, tmp_path, application="tests.faults.naive:application")

    assert scene.longest > ANSWERED_SECONDS


def test_naive_way_lets_nobody_follow_where_redis_is_absent(tmp_path):
    with pytest.raises(TimeoutError):
        played(absent, tmp_path, application="tests.faults.naive:application")


def played(fault, folder, **more) -> Scene:
    """Return a scene of two processes in which Redis met its fault."""
    store = servers.OwnRedis(folder, 9)
    two = [servers.web(folder, number, REDIS_URL=store.url, **more) for number in (0, 1)]
    scene = Scene(two[0].port, two[1].port, writers=4, readers=4)

    async def happen() -> None:
        if fault is not absent:
            await asyncio.sleep(2)
        await fault(store)
        await asyncio.sleep(3)

    with servers.killed_at_the_end(store, *two):
        for one in two if fault is absent else (store, *two):
            one.start()
        scene.play(happen, a_second=10)
    delays = scene.delays() or [0.0]
    print(
        f"\nRedis {fault.__name__} {more}: {scene.count} acknowledged, {len(scene.faults)} of 5xx, "
        f"delay median {delays[len(delays) // 2] * 1000:.0f} ms, most {delays[-1] * 1000:.0f} ms, "
        f"longest answer {scene.longest:.1f} s, lines {[one.lines for one in scene.readers]}"
    )
    return scene
