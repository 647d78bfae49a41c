import asyncio
import threading

import pytest
from django.db import DatabaseError, connection

from core import lanes

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
