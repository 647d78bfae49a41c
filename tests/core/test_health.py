from datetime import timedelta

import pytest
from django.core.cache import caches
from django.db import DatabaseError, connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from core import health, tasks
from core.models import WorkerPulse

READY = "/health/ready"


@pytest.fixture
def worker(db):
    return WorkerPulse.objects.create(name="worker@here", process="1", at=timezone.now())


def test_process_that_answers_is_live_without_a_database(browse):
    response = browse().get("/health/live")

    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert "no-cache" in response["Cache-Control"]


def test_installation_where_all_works_is_ready(browse, worker):
    response = browse().get(READY, {"strict": "1"})

    facts = response.json()
    assert (response.status_code, facts["status"]) == (200, "ok")
    vital = {"database", "cache", "migrations"}
    assert set(facts["checks"]) == vital | {"worker", "tasks", "disk", "mails"}
    assert facts["checks"]["migrations"]["waiting"] == 0


def amiss(browse, name) -> None:
    """Check that pages are still served, and that who watches over all is told."""
    lax, strict = browse().get(READY), browse().get(READY, {"strict": "1"})

    assert (lax.status_code, strict.status_code) == (200, 503)
    assert lax.json()["status"] == "degraded"
    assert [key for key, facts in lax.json()["checks"].items() if not facts["ok"]] == [name]


def test_silent_worker_is_told(browse, worker):
    WorkerPulse.objects.update(at=timezone.now() - timedelta(seconds=70))

    amiss(browse, "worker")


def test_missing_worker_is_told(browse, db):
    amiss(browse, "worker")


def test_task_that_waits_too_long_is_told(browse, worker):
    tasks.prune.enqueue()
    assert browse().get(READY).json()["status"] == "ok"
    DBTaskResult.objects.update(enqueued_at=timezone.now() - timedelta(minutes=6))

    amiss(browse, "tasks")


def test_retry_that_is_due_later_is_no_trouble(browse, worker):
    tasks.prune.enqueue()
    DBTaskResult.objects.update(
        enqueued_at=timezone.now() - timedelta(hours=2),
        run_after=timezone.now() + timedelta(hours=1),
    )

    assert browse().get(READY).json()["status"] == "ok"


def test_disk_that_is_nearly_full_is_told(browse, worker, monkeypatch):
    monkeypatch.setattr(health, "FREE_MEGABYTES", 10**12)

    amiss(browse, "disk")


def failing(browse, name) -> None:
    response = browse().get(READY)

    assert response.status_code == 503
    assert response.json()["status"] == "failing"
    assert not response.json()["checks"][name]["ok"]


def test_migration_not_applied_is_failing(browse, worker, monkeypatch):
    monkeypatch.setattr(health, "_migrated", False)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'chat'")
        cursor.execute("DELETE FROM django_migrations WHERE app = 'core' AND name LIKE '0003%'")

    failing(browse, "migrations")


def test_cache_that_forgets_is_failing(browse, worker, monkeypatch):
    monkeypatch.setattr(type(caches["default"]), "set", lambda *a, **k: None)

    failing(browse, "cache")


def test_database_that_does_not_answer_is_failing_and_its_secrets_are_kept(browse, db):
    def refuse(*args):
        raise DatabaseError("no SECRETPLUM")

    with connection.execute_wrapper(refuse):
        response = browse().get(READY)

    assert response.status_code == 503
    assert response.json()["checks"]["database"]["error"] == "DatabaseError"
    assert b"SECRETPLUM" not in response.content
