"""Whether this installation can serve: asked by load balancers and by who watches over it.

Not by django-health-check, which was tried: it asks in threads whose database connections nobody
closes, answers 500 where load balancers look for 503, and adds to the start of each process.
"""

import shutil
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Max, Min
from django.utils import timezone
from django_tasks_db.models import DBTaskResult, get_date_max

from core.models import WorkerPulse

FREE_MEGABYTES = 500
SILENT_SECONDS = 60
WAITING_SECONDS = 300

Facts = dict[str, Any]
_migrated = False


def readiness() -> Facts:
    """Return what works: `status` is ok, degraded (pages are served, but look) or failing.

    Every check has `ok` and its figures; what it stumbles over is named by its class alone.
    """
    vital = {name: _checked(check) for name, check in VITAL.items()}
    further = {name: _checked(check) for name, check in FURTHER.items()}
    if not all(facts["ok"] for facts in vital.values()):
        status = "failing"
    else:
        status = "ok" if all(facts["ok"] for facts in further.values()) else "degraded"
    return {"status": status, "checks": vital | further}


def _checked(check: Callable[[], Facts]) -> Facts:
    began = time.perf_counter()
    try:
        facts = check()
    except Exception as error:  # whatever is broken, the answer tells it and is no fault itself
        facts = {"ok": False, "error": type(error).__name__}
    return facts | {"milliseconds": round((time.perf_counter() - began) * 1000, 1)}


def _database() -> Facts:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return {"ok": cursor.fetchone() == (1,)}


def _cache() -> Facts:
    key, value = f"health:{uuid4().hex}", uuid4().hex
    cache.set(key, value, timeout=10)
    return {"ok": cache.get(key) == value}


def _migrations() -> Facts:
    """Look whether the tables are those of the code; once they are, no process looks again."""
    global _migrated  # noqa: PLW0603
    waiting = 0
    if not _migrated:
        executor = MigrationExecutor(connection)
        waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
        _migrated = waiting == 0
    return {"ok": waiting == 0, "waiting": waiting}


def _worker() -> Facts:
    silent = _seconds_since(WorkerPulse.objects.aggregate(last=Max("at"))["last"])
    return {"ok": silent is not None and silent < SILENT_SECONDS, "silent_seconds": silent}


def _tasks() -> Facts:
    """Look for tasks that should have begun long ago: a queue nobody serves, or too few workers."""
    at_once = DBTaskResult.objects.ready().filter(run_after=get_date_max())
    later = DBTaskResult.objects.ready().exclude(run_after=get_date_max())
    waits = [
        _seconds_since(at_once.aggregate(first=Min("enqueued_at"))["first"]) or 0,
        _seconds_since(later.aggregate(first=Min("run_after"))["first"]) or 0,
    ]
    return {
        "ok": max(waits) < WAITING_SECONDS,
        "waiting_seconds": max(waits),
        "given_up": DBTaskResult.objects.failed().count(),
    }


def _disk() -> Facts:
    free = shutil.disk_usage(settings.VAR).free // 1024**2
    return {"ok": free >= FREE_MEGABYTES, "free_megabytes": free}


def _seconds_since(moment: datetime | None) -> int | None:
    return None if moment is None else int((timezone.now() - moment).total_seconds())


VITAL = {"database": _database, "cache": _cache, "migrations": _migrations}


def declare(name: str, check: Callable[[], Facts]) -> None:
    """Let a room have a check of its own: whether it goes on without anybody looking."""
    FURTHER[name] = check


FURTHER = {"worker": _worker, "tasks": _tasks, "disk": _disk}
