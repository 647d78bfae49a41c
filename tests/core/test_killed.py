"""A worker killed with SIGKILL between commit and effect loses nothing and doubles no row.

Real processes on a real database file (or PostgreSQL), killed at every point that differs.
"""

import email
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from django.core.mail import send_mail
from django.db import connection, transaction
from django_tasks_db.models import DBTaskResult

from core.journal import record
from core.models import Following, JournalLine, OutgoingMail, PeriodicRun, WorkerPulse
from people.models import Place
from tests.core import marks  # noqa: F401  (declares the follower)

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 60


def database_url() -> str:
    """Return the address of the test database, for another process."""
    here = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{here['NAME']}"
    login = f"{here['USER']}:{here['PASSWORD']}" if here["PASSWORD"] else here["USER"]
    return f"postgres://{login}@{here['HOST']}:{here['PORT'] or 5432}/{here['NAME']}"


@pytest.fixture
def start():
    """Return a function that starts a worker; what still runs at the end is killed."""
    started = []

    def start_worker(*, pause_at="", queues="default", name="worker", **environment):
        flags = ["--queues", queues]
        process = subprocess.Popen(
            [sys.executable, "tests/core/dying_worker.py", "work", "--name", name, *flags],
            cwd=ROOT,
            env={**os.environ, "DATABASE_URL": database_url(), "PAUSE_AT": pause_at, **environment},
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start_worker
    for process in started:
        process.kill()
        process.communicate()


def happen(town: Place) -> JournalLine:
    with transaction.atomic():
        return record("test.happened", actor=None, thing=town)


def wait_until(condition) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < end, list(DBTaskResult.objects.values())
        time.sleep(0.05)


def all_done() -> bool:
    """Whether all is done but what the clock alone made a worker put into its queues."""
    periodic = PeriodicRun.objects.values("task_path")
    todo = DBTaskResult.objects.exclude(status="SUCCESSFUL").exclude(task_path__in=periodic)
    return not todo.exists()


def marked() -> "Counter[int]":
    return Counter(
        JournalLine.objects.filter(verb="test.marked").values_list("thing_id", flat=True)
    )


@pytest.mark.parametrize("point", ["before the task", "inside the follower", "after the task"])
def test_worker_killed_between_commit_and_effect_loses_nothing_and_doubles_nothing(
    point, start, town
):
    line = happen(town)
    first = start(pause_at=point)
    assert first.stdout.readline().strip() == point
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert DBTaskResult.objects.get(queue_name="default").status == "RUNNING"
    assert marked() == ({line.pk: 1} if point == "after the task" else {})

    second = start()
    wait_until(all_done)

    assert marked() == {line.pk: 1}
    assert Following.objects.count() == 1
    assert len(DBTaskResult.objects.get(task_path="core.tasks.follow").worker_ids) == 2
    second.send_signal(signal.SIGTERM)
    assert second.wait(timeout=10) == 0
    assert not WorkerPulse.objects.exists()


def test_worker_killed_again_and_again_follows_every_line_once(start, town):
    lines: set[int] = set()
    dice = random.Random(7)

    for _death in range(3):
        before = len(marked())
        lines |= {happen(town).pk for _number in range(20)}  # a quick worker did the others already
        doomed = start()
        wait_until(lambda before=before: len(marked()) > before)
        time.sleep(dice.uniform(0, 0.05))
        doomed.send_signal(signal.SIGKILL)
        doomed.wait()
    start()
    wait_until(all_done)

    assert marked() == dict.fromkeys(lines, 1)


def test_two_workers_share_a_queue_and_follow_every_line_once(start, town):
    lines = {happen(town).pk for _number in range(60)}

    start(name="one")
    start(name="two")
    wait_until(all_done)

    assert marked() == dict.fromkeys(lines, 1)


def test_worker_told_to_stop_finishes_the_task_in_hand(start, town):
    line = happen(town)
    worker = start(SLOW_SECONDS="2")
    assert worker.stdout.readline().strip() == "slow"

    worker.send_signal(signal.SIGTERM)

    assert worker.wait(timeout=20) == 0
    assert marked() == {line.pk: 1}
    assert all_done()


class Postbox:
    """Keeps the Message-ID of every mail it said 250 to."""

    url = ""

    def __init__(self) -> None:
        self.received: list[str] = []

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content)
        self.received.append(message["Message-ID"])
        return "250 Taken"


@pytest.fixture
def postbox(unused_tcp_port):
    box = Postbox()
    controller = Controller(box, hostname="127.0.0.1", port=unused_tcp_port)
    controller.start()
    box.url = f"smtp://127.0.0.1:{unused_tcp_port}"
    yield box
    controller.stop()


@pytest.mark.parametrize(
    ("point", "times"),
    [
        ("before the task", 1),
        ("before the server", 1),
        ("after the server's 250", 2),  # the one gap there is, told by the same Message-ID
        ("after the task", 1),
    ],
)
def test_mailworker_killed_while_sending_sends_the_mail_and_doubles_no_row(
    point, times, start, postbox
):
    send_mail("Hello", "Body", None, ["aminata@people.example"])
    first = start(pause_at=point, queues="mail", name="mailworker", EMAIL_URL=postbox.url)
    assert first.stdout.readline().strip() == point
    first.send_signal(signal.SIGKILL)
    first.wait()

    start(queues="mail", name="mailworker", EMAIL_URL=postbox.url)
    wait_until(all_done)

    row = OutgoingMail.objects.get()
    assert (row.failure, row.sent_at is not None) == ("", True)
    assert postbox.received == [row.message_id] * times
