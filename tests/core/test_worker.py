"""The worker's decisions, one at a time; test_killed.py shows the same with real processes."""

import threading
import time
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.mail import send_mail
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from core import tasks, worker
from core.management.commands.work import end, run_together, workers_of
from core.models import (
    Following,
    JournalLine,
    KeptAnswer,
    OutgoingMail,
    PeriodicRun,
    WorkerPulse,
)
from core.tasks import task
from core.worker import ATTEMPTS, Worker
from people.models import Person, Place

pytestmark = pytest.mark.django_db


@task()
def found_a_town(name: str) -> dict[str, int]:
    return {"place": Place.objects.create(name=name, country="FR").pk}


@task()
def fail(word: str) -> None:
    raise ValueError(word)


@task()
def visit(name: str) -> str:
    return Place.objects.get(name=name).country


@task(takes_context=True)
def count_attempts(context: Any) -> Any:
    return context.attempt


@task()
def return_what_is_not_json() -> object:
    return object()


@task(queue_name="slow")
def be_slow() -> None:
    pass


mailed = threading.Event()


@task(queue_name="slow")
def wait_for_the_mail() -> bool:
    return mailed.wait(20)


class Postbox(BaseEmailBackend):
    """A server that takes every mail, and says so to who waits."""

    def send_messages(self, email_messages):
        mailed.set()
        return len(email_messages)


@pytest.fixture
def bench():
    return Worker("bench", queues=["default"])


def the_row() -> Any:
    return DBTaskResult.objects.get()


def test_worker_does_a_task_once_and_keeps_what_it_returned(bench):
    found_a_town.enqueue("Dakar")

    assert bench.run_one() is True
    assert bench.run_one() is False

    row = the_row()
    assert row.status == "SUCCESSFUL"
    assert row.return_value == {"place": Place.objects.get(name="Dakar").pk}
    assert row.worker_ids == [bench.process]


def test_worker_gives_the_context_to_a_task_that_takes_it(bench):
    count_attempts.enqueue()

    bench.run_one()

    assert the_row().return_value == 1


def test_worker_leaves_the_queues_of_others(bench):
    be_slow.enqueue()

    assert bench.run_one() is False
    assert Worker("bench", queues=["mail", "slow"]).run_one() is True


def test_failed_task_waits_longer_each_time_and_ends_with_the_dead_letters(bench):
    fail.enqueue("plum")
    waits = []

    with time_machine.travel(timezone.now(), tick=False) as clock:
        while the_row().status != "FAILED":
            now = timezone.now()
            assert bench.run_one() is True
            if the_row().status == "READY":
                assert bench.run_one() is False  # not before its time
                waits.append((the_row().run_after - now).total_seconds())
                clock.move_to(the_row().run_after)

    row = the_row()
    assert len(row.worker_ids) == ATTEMPTS == 8
    assert "ValueError: plum" in row.traceback
    assert row.exception_class_path == "builtins.ValueError"
    assert len(waits) == 7
    for number, wait in enumerate(waits):
        assert 0.8 * 5 * 4**number <= wait <= 1.2 * 5 * 4**number


def test_task_that_works_at_its_second_attempt_is_done(bench):
    visit.enqueue("Lyon")
    bench.run_one()
    first_trace = the_row().traceback
    Place.objects.create(name="Lyon", country="FR")

    with time_machine.travel(timezone.now() + timedelta(seconds=7)):
        bench.run_one()

    row = the_row()
    assert "DoesNotExist" in first_trace
    assert (row.status, row.return_value, row.traceback) == ("SUCCESSFUL", "FR", "")


def test_task_that_returns_what_is_not_json_is_a_failed_one(bench):
    return_what_is_not_json.enqueue()

    bench.run_one()

    assert the_row().status == "READY"
    assert "TypeError" in the_row().exception_class_path


def test_task_whose_function_is_gone_is_tried_again(bench):
    fail.enqueue("plum")
    DBTaskResult.objects.update(task_path="core.nowhere.nothing")

    bench.run_one()

    assert the_row().status == "READY"
    assert "ModuleNotFoundError" in the_row().exception_class_path


def test_task_enqueued_in_a_transaction_that_fails_is_not_there(bench):
    with transaction.atomic():
        found_a_town.enqueue("Dakar")
        transaction.set_rollback(True)

    assert DBTaskResult.objects.count() == 0


def claimed_by(process: str) -> None:
    the_row().claim(process)


def test_new_worker_of_the_same_name_takes_over_at_once(bench):
    found_a_town.enqueue("Dakar")
    dead = Worker("bench", queues=["default"])
    WorkerPulse.objects.create(name=dead.name, process=dead.process, at=timezone.now())
    claimed_by(dead.process)
    WorkerPulse.objects.filter(name=bench.name).update(process=bench.process)

    bench.reclaim()

    assert bench.run_one() is True
    assert the_row().status == "SUCCESSFUL"
    assert the_row().worker_ids == [dead.process, bench.process]


@pytest.mark.parametrize(
    ("silent_seconds", "status"), [(5, "RUNNING"), (59, "RUNNING"), (61, "READY")]
)
def test_task_of_another_host_is_taken_when_its_lease_is_over(bench, silent_seconds, status):
    found_a_town.enqueue("Dakar")
    at = timezone.now() - timedelta(seconds=silent_seconds)
    WorkerPulse.objects.create(name="far@host", process="far@host/1", at=at)
    claimed_by("far@host/1")

    with time_machine.travel(at + timedelta(seconds=silent_seconds), tick=False):
        bench.reclaim()

    assert the_row().status == status


def test_task_that_kills_every_worker_ends_with_the_dead_letters(bench):
    found_a_town.enqueue("Dakar")

    for number in range(ATTEMPTS):
        claimed_by(f"bench/{number}")
        bench.reclaim()

    assert the_row().status == "FAILED"
    assert the_row().exception_class_path == "core.worker.WorkerDied"
    assert bench.run_one() is False


def test_worker_whose_task_was_taken_does_not_overwrite_the_other_s_end(bench):
    found_a_town.enqueue("Dakar")
    claimed_by(bench.process)
    row = the_row()
    claimed_by("other/1")

    worker.settle(row, {"place": 1})

    assert the_row().status == "RUNNING"


def test_worker_whose_name_was_taken_ends(bench, monkeypatch):
    monkeypatch.setattr(worker, "BEAT_SECONDS", 0)
    WorkerPulse.objects.create(name=bench.name, process="another", at=timezone.now())

    bench.beat()

    assert bench.stopping.is_set()


@pytest.mark.django_db(transaction=True)
def test_sign_in_code_does_not_wait_for_a_slow_task(settings):
    settings.MAIL_TRANSPORT = f"{__name__}.Postbox"
    workers = workers_of(["mail", "slow"], name="mailworker", interval_seconds=0.01)
    running = threading.Thread(target=run_together, args=[workers])
    mailed.clear()
    wait_for_the_mail.enqueue()
    running.start()
    try:
        until(lambda: DBTaskResult.objects.get(task_path__endswith="the_mail").status == "RUNNING")
        send_mail("Your code", "123456", None, ["aminata@people.example"])
        until(lambda: DBTaskResult.objects.get(task_path__endswith="the_mail").finished_at)
    finally:
        mailed.set()
        end(workers)
        running.join()

    assert DBTaskResult.objects.get(task_path__endswith="the_mail").return_value is True
    assert OutgoingMail.objects.get().sent_at is not None
    assert not WorkerPulse.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_workers_that_run_together_end_together():
    workers = workers_of(["mail", "slow"], name="mailworker", interval_seconds=0.01)
    workers[0].stopping.set()

    run_together(workers)

    assert workers[1].stopping.is_set()


def until(condition) -> None:
    end_at = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end_at, list(DBTaskResult.objects.values())
        time.sleep(0.02)


def test_periodic_task_is_enqueued_once_each_interval(monkeypatch):
    monkeypatch.setattr(tasks, "_periodic", {})
    tasks.every(timedelta(hours=1))(be_slow)
    start = timezone.now()
    counts = []

    for minutes in (0, 1, 59, 61, 62, 300, 301):
        with time_machine.travel(start + timedelta(minutes=minutes), tick=False):
            tasks.enqueue_periodic()
        counts.append(DBTaskResult.objects.count())

    assert counts == [1, 1, 1, 2, 2, 3, 3]
    assert PeriodicRun.objects.get().task_path.endswith("be_slow")


def test_pruning_deletes_what_has_served_and_keeps_the_rest():
    now = timezone.now()
    old, young = now - timedelta(days=40), now - timedelta(hours=1)
    person = Person.objects.create_user("kim")
    line = JournalLine.objects.create(face="page", verb="t.t", thing_id=1, audience="staff")
    for number, moment in enumerate((old, young)):
        for status in ("SUCCESSFUL", "FAILED"):
            fail.enqueue(f"{number}")
            DBTaskResult.objects.filter(status="READY").update(status=status, finished_at=moment)
        Following.objects.create(line=line, follower=f"done {number}", done_at=moment)
        KeptAnswer.objects.create(person=person, key=f"{number}", started_at=moment)

    tasks.prune.call()

    assert DBTaskResult.objects.successful().get().finished_at == young
    assert DBTaskResult.objects.failed().count() == 2
    assert set(Following.objects.values_list("follower", flat=True)) == {"done 1"}
    assert KeptAnswer.objects.get().started_at == young


@pytest.fixture
def back_office(cast, browse):
    cast.clara.is_superuser = True
    cast.clara.save()
    return browse(cast.clara)


def test_administrator_sees_the_dead_letters_and_tries_one_again(back_office, bench):
    page = reverse("admin:django_tasks_database_dbtaskresult_changelist")
    found_a_town.enqueue("Dakar")
    DBTaskResult.objects.update(
        status="FAILED", worker_ids=["a"] * 8, traceback="…\nValueError: no plum", finished_at=None
    )
    found_a_town.enqueue("Lyon")

    listed = back_office.get(page).content.decode()
    failed = DBTaskResult.objects.failed().get()
    back_office.post(page, {"action": "try_again", "_selected_action": [str(failed.pk)]})

    assert "no plum" in listed
    assert listed.count("found_a_town") == 1
    failed.refresh_from_db()
    assert (failed.status, failed.worker_ids) == ("READY", [])
    while bench.run_one():
        pass
    assert DBTaskResult.objects.successful().count() == 2


def test_member_cannot_enter_the_back_office(browse, cast):
    page = reverse("admin:django_tasks_database_dbtaskresult_changelist")

    assert browse(cast.omar).get(page).status_code == 302
