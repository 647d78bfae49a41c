"""A worker killed between the mark and the push service's answer: told at most once.

Real processes, a real push service that does not answer while the worker is killed.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings as site
from django.db import connection
from django_tasks_db.models import DBTaskResult

from chat import actions
from chat.actions import telling
from chat.models import ChatMessage
from helpdesk.actions import open_ticket
from people import actions as people
from people.models import OutgoingPush
from tests.push_service import Browser

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 60


def database_url() -> str:
    here = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{here['NAME']}"
    login = f"{here['USER']}:{here['PASSWORD']}" if here["PASSWORD"] else here["USER"]
    return f"postgres://{login}@{here['HOST']}:{here['PORT'] or 5432}/{here['NAME']}"


@pytest.fixture
def start(tmp_path):
    """Return a function that starts a mail worker; what still runs at the end is killed."""
    started = []

    def start_worker():
        process = subprocess.Popen(
            [sys.executable, "manage.py", "work", "--name", "mailworker", "--queues", "mail"],
            cwd=ROOT,
            env={
                **os.environ,
                "DATABASE_URL": database_url(),
                "ENTRAIDE_VAR": str(tmp_path),
                "PUSH_TO_LOOPBACK": "1",
                "SECRET_KEY": site.SECRET_KEY,
                "VAPID_PRIVATE_KEY": site.VAPID_PRIVATE_KEY,
            },
        )
        started.append(process)
        return process

    yield start_worker
    for process in started:
        process.kill()
        process.wait()


def wait_until(condition) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < end, list(DBTaskResult.objects.values())
        time.sleep(0.05)


def done() -> bool:
    return not DBTaskResult.objects.filter(queue_name="mail").exclude(status="SUCCESSFUL").exists()


@pytest.fixture
def told(cast, levels, push):
    """Return the browser of aminata, who was told of a message; nothing is sent yet."""
    ticket = open_ticket(actor=cast.aminata, subject="Down", source="Help", language="en")
    room = actions.open_room(actor=cast.nadia, kind="helpdesk.ticket", object_id=ticket.pk)
    browser = Browser(push)
    people.subscribe(actor=cast.aminata, **browser.facts)
    message = actions.post_message(actor=cast.nadia, room_id=room.pk, source="Hi", client_id="1")
    DBTaskResult.objects.all().delete()
    at = message.at - telling.MISSED_AFTER
    ChatMessage.objects.filter(pk=message.pk).update(at=at)
    assert telling.tell(person_id=cast.aminata.pk, room_id=room.pk)
    assert not telling.tell(person_id=cast.aminata.pk, room_id=room.pk)
    return browser


def test_worker_that_lives_tells_once(told, push, start):
    start()
    wait_until(done)

    (shown,) = push.shown_by(told)
    assert shown["title"].startswith("1 new message")
    assert not OutgoingPush.objects.exists()


def test_worker_killed_while_the_service_has_it_tells_once(told, push, start):
    push.may_answer.clear()
    first = start()
    wait_until(lambda: push.received)
    first.send_signal(signal.SIGKILL)
    first.wait()
    push.may_answer.set()

    start()
    wait_until(done)

    assert len(push.received) == 1
    (task,) = DBTaskResult.objects.filter(queue_name="mail")
    assert len(task.worker_ids) == 2, "the second did not take over"
