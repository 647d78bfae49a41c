"""Many writers at once, a transaction that dawdles, a database with one lock."""

import asyncio
import os
import time

import pytest
from django.db import connection

from tests.faults import servers
from tests.faults.scene import Scene

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
of_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite has one writer")
WRITES = int(os.environ.get("FAULTS_WRITES", "50000"))


def written(folder, count: int, **more) -> Scene:
    """Return a scene in which two processes, that never pause, wrote so many messages."""
    server = servers.web(folder, **more)
    scene = Scene(server.port, writers=2, readers=4)

    async def until_all_is_said() -> None:
        await asyncio.to_thread(scene.take_in)

    began = time.monotonic()
    with servers.killed_at_the_end(server):
        server.start()
        scene.beside = [
            servers.Writing(folder, scene.room.pk, handle, count=count // 2)
            for handle in ("p0", "p1")
        ]
        scene.play(until_all_is_said, a_second=2)

    seconds = time.monotonic() - began
    print(
        f"\n{scene.count} messages of two processes in {seconds:.0f} s, "
        f"{scene.count / seconds:.0f} a second, "
        f"heard by {len(scene.readers)}: {[len(one.heard) for one in scene.readers]}, "
        f"of them paged {[one.paged for one in scene.readers]} {more}"
    )
    return scene


def test_two_processes_write_one_room_many_times(tmp_path):
    scene = written(tmp_path, WRITES)

    assert scene.count >= WRITES
    assert scene.complaints() == []


def test_naive_way_hears_nothing_of_the_other_processes(tmp_path):
    scene = written(tmp_path, 200, application="tests.faults.naive:application")

    print("\n".join(scene.complaints()))
    assert sum("missing" in text for text in scene.complaints()) == 4


def four(folder, **more) -> tuple[Scene, str]:
    """Return a scene of four processes beside a slow report, and what they have logged."""
    four = [servers.web(folder, number, **more) for number in range(4)]
    scene = Scene(*(one.port for one in four), writers=8, readers=4)

    async def slow_reader() -> None:
        await asyncio.sleep(1)
        for _time in range(3):
            await asyncio.to_thread(read_for, 2.0)

    with servers.killed_at_the_end(*four):
        for one in four:
            one.start()
        scene.play(slow_reader, a_second=32)

    print(
        f"\nfour processes on SQLite {more}: {scene.count} acknowledged, {len(scene.faults)} of 5xx"
    )
    return scene, "".join(one.log.read_text() for one in four)


@of_sqlite
def test_four_processes_on_sqlite_and_a_reader_of_two_seconds_are_not_locked_out(tmp_path):
    scene, logs = four(tmp_path)

    assert scene.complaints() == []
    assert scene.faults == []
    assert "database is locked" not in logs


@of_sqlite
def test_django_s_own_way_of_sqlite_locks_four_processes_out(tmp_path):
    scene, logs = four(tmp_path, application="tests.faults.deferred:application")

    assert scene.faults
    assert "database is locked" in logs


def read_for(seconds: float) -> None:
    """Hold a reading transaction open, as a long report does."""
    import sqlite3

    line = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    line.execute("BEGIN")
    count = line.execute("SELECT count(*) FROM chat_chatmessage").fetchone()
    time.sleep(seconds)
    assert line.execute("SELECT count(*) FROM chat_chatmessage").fetchone() == count
    line.execute("COMMIT")
    line.close()
