import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import DatabaseError, connection

from core import lanes
from core.databases import PAGE_THREADS

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lane():
    one = lanes.Lane("test", threads=2)
    yield one
    one.close()
    lanes._lanes.remove(one)


def one_plus(number: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 + %s", [number])
        return cursor.fetchone()[0]


def cut() -> None:
    """Cut this thread's connection, as the end of a database does."""
    connection.ensure_connection()
    connection.connection.close()


async def test_job_is_done_in_a_thread_of_the_lane(lane):
    names = {(await lane.run(threading.current_thread)).name for _time in range(10)}

    assert names <= {"test-0", "test-1"}


async def test_lane_heals_when_the_database_was_away(lane):
    for _thread in range(4):
        await lane.run(cut)

    assert [await lane.run(one_plus, number) for number in range(4)] == [1, 2, 3, 4]


async def test_fault_of_a_statement_is_told_and_the_lane_goes_on(lane):
    def wrong():
        with connection.cursor() as cursor:
            cursor.execute("SELECT nothing FROM nowhere")

    with pytest.raises(DatabaseError):
        await lane.run(wrong)
    with pytest.raises(ZeroDivisionError):
        await lane.run(lambda: 1 // 0)
    assert await lane.run(one_plus, 1) == 2


async def test_slow_job_does_not_stop_others(lane):
    gate = threading.Event()
    slow = asyncio.ensure_future(lane.run(gate.wait))

    assert await lane.run(one_plus, 1) == 2
    gate.set()
    assert await slow


async def test_closed_lane_has_no_threads_and_begins_anew(lane):
    await lane.run(one_plus, 1)
    threads = list(lane.threads)

    lane.close()

    assert not any(thread.is_alive() for thread in threads)
    assert await lane.run(one_plus, 1) == 2


def test_every_thread_of_a_process_has_a_connection_at_once():
    """All pages and all reads of sockets at once: none waits for another's connection."""
    every = [lanes.reader, lanes.keeper, lanes.apart]
    count = PAGE_THREADS + sum(lane.most for lane in every)
    met = threading.Barrier(count, timeout=15)

    def asked_together() -> int:
        try:
            found = one_plus(1)
            met.wait()  # with the connection in hand
            return found
        finally:
            connection.close()

    async def all_at_once() -> list[int]:
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(PAGE_THREADS) as pages:
            asked = [loop.run_in_executor(pages, asked_together) for _page in range(PAGE_THREADS)]
            asked += [
                asyncio.ensure_future(lane.run(asked_together))
                for lane in every
                for _thread in range(lane.most)
            ]
            return await asyncio.gather(*asked)

    connection.close()  # the test's own thread is none of a server's
    assert asyncio.run(all_at_once()) == [2] * count
