"""Who wants to write into SQLite has their turn, however many others never pause."""

import os
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing, contextmanager

import pytest
from django.conf import settings
from django.db import connection, connections, transaction

from core.sqlite.base import Turn

WRITER = """
import sys
sys.path.insert(0, sys.argv[1])
import django
from django.conf import settings
settings.configure(DATABASES={"default": {"ENGINE": sys.argv[2], "NAME": sys.argv[3], "OPTIONS": {
    "timeout": 20, "transaction_mode": "IMMEDIATE"}}})
django.setup()
import time
from django.db import connection, transaction
end, most = time.monotonic() + float(sys.argv[4]), 0
print("ready", flush=True)
sys.stdin.readline()
while time.monotonic() < end:
    asked = time.monotonic()
    with transaction.atomic(), connection.cursor() as cursor:
        most = max(most, time.monotonic() - asked)
        cursor.execute("INSERT INTO said VALUES (1)")
        time.sleep(0.02)
print(most)
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "one.sqlite3"
    with closing(sqlite3.connect(path)) as line:
        line.execute("PRAGMA journal_mode=WAL")
        line.execute("CREATE TABLE said (n)")
    return path


def longest_wait(file, engine, request):
    """Return the longest that one of two processes waited which never pause between writing."""
    command = [sys.executable, "-c", WRITER, str(request.config.rootpath), engine, str(file), "10"]
    two = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _number in range(2)
    ]
    for one in two:
        assert one.stdout.readline() == "ready\n"
    for one in two:
        one.stdin.write("\n")
        one.stdin.flush()
    return max(float(one.communicate(timeout=60)[0]) for one in two)


def test_two_that_never_pause_wait_for_one_transaction_of_the_other(file, request):
    assert longest_wait(file, "core.sqlite", request) < 3


def test_negative_control_django_s_own_way_lets_one_wait_much_longer(file, request):
    assert longest_wait(file, "django.db.backends.sqlite3", request) > 3


@contextmanager
def elsewhere(statement):
    """Hold a transaction of another thread open."""
    begun, over = threading.Event(), threading.Event()

    def hold():
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
                begun.set()
                over.wait(20)
        finally:
            connections.close_all()

    thread = threading.Thread(target=hold)
    thread.start()
    assert begun.wait(20)
    yield
    over.set()
    thread.join()


sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="of SQLite")


@sqlite
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", ["transaction", "statement", "many statements"])
def test_who_waits_holds_the_turn_and_who_reads_needs_none(way):
    """While one waits to write, another who comes later stands behind; reading goes on."""
    order = []

    def write(name):
        try:
            insert = "INSERT INTO people_session VALUES (%s, '', '2030-01-01', NULL)"
            with connection.cursor() as cursor:
                if way == "transaction":
                    with transaction.atomic():
                        cursor.execute(insert, [name])
                        order.append(name)
                elif way == "statement":
                    cursor.execute(insert, [name])
                    order.append(name)
                else:
                    cursor.executemany(insert, [[name]])
                    order.append(name)
        finally:
            connections.close_all()

    def turn_is_free() -> bool:
        turn = Turn(str(connection.settings_dict["NAME"]), 0)
        try:
            with turn.taken():
                return True
        except sqlite3.OperationalError:
            return False
        finally:
            turn.close()

    with elsewhere("DELETE FROM people_session"):
        assert turn_is_free()  # it is kept until the write lock is there, and no longer
        first = threading.Thread(target=write, args=["first"])
        first.start()
        end = time.monotonic() + 10
        while turn_is_free() and time.monotonic() < end:
            time.sleep(0.01)
        assert not turn_is_free()
        with connection.cursor() as cursor:
            assert cursor.execute("SELECT count(*) FROM people_session").fetchone() is not None
        second = threading.Thread(target=write, args=["second"])
        second.start()
    first.join()
    second.join()

    assert order == ["first", "second"]


def test_turn_that_does_not_come_is_the_error_that_is_known(tmp_path):
    one, other = (Turn(str(tmp_path / "a"), seconds) for seconds in (1, 0.05))
    with one.taken(), pytest.raises(sqlite3.OperationalError, match="locked"), other.taken():
        pass
    with other.taken():
        pass
    one.close()
    other.close()


def test_turn_of_a_process_that_died_is_free(tmp_path, request):
    hold = (
        "import sys, time; sys.path.insert(0, sys.argv[1])\n"
        "from core.sqlite.base import Turn\n"
        "with Turn(sys.argv[2], 1).taken():\n"
        "    print('held', flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", hold, str(request.config.rootpath), str(tmp_path / "a")]
    other = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert other.stdout.readline() == "held\n"
    turn = Turn(str(tmp_path / "a"), 0.05)
    with pytest.raises(sqlite3.OperationalError), turn.taken():
        pass

    other.kill()
    other.communicate()

    with turn.taken():
        pass
    turn.close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite alone")
def test_each_connection_is_set_to_lose_nothing_and_to_wait_its_turn():
    def is_set_to(name: str) -> object:
        with connection.cursor() as cursor:
            return cursor.execute(f"PRAGMA {name}").fetchone()[0]

    connection.close()  # a new one, as each thread has
    assert is_set_to("synchronous") == 2  # FULL
    assert is_set_to("foreign_keys") == 1
    # Tests keep theirs in memory, which has no log beside it: the installation's is asked below.
    assert is_set_to("journal_mode") in ("wal", "memory")
    options = connection.settings_dict["OPTIONS"]
    assert options["transaction_mode"] == "IMMEDIATE"
    assert options["timeout"] >= 5
    assert connection.settings_dict["ATOMIC_REQUESTS"] is False


def test_file_of_an_installation_has_a_log_beside_it(tmp_path):
    code = (
        "from django.db import connection as c; cursor = c.cursor();"
        "cursor.execute('PRAGMA journal_mode'); print(cursor.fetchone()[0])"
    )
    env = {**os.environ, "ENTRAIDE_VAR": str(tmp_path)}
    env.pop("DATABASE_URL", None)
    asked = [sys.executable, "manage.py", "shell", "--no-imports", "-c", code]
    said = subprocess.run(asked, env=env, cwd=settings.BASE_DIR, check=True, capture_output=True)
    assert said.stdout.decode().strip() == "wal"
