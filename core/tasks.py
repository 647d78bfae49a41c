"""Work that is done after commit, by the worker. The one place that knows which task API it is."""

from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from typing import Any

import django
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

if django.VERSION >= (6, 0):
    from django.tasks import task
else:
    from django_tasks import task  # type: ignore[no-redef,unused-ignore]

from core import files, journal, mail, unsent, waiting
from core.idempotency import KEPT_FOR
from core.models import Following, KeptAnswer, PeriodicRun, WorkerPulse

__all__ = ["enqueue_periodic", "every", "follow", "send_mail", "task"]

SUCCESSES_KEPT_FOR = timedelta(days=2)
FOLLOWINGS_KEPT_FOR = timedelta(days=30)
SILENT_WORKERS_KEPT_FOR = timedelta(days=1)

_periodic: dict[str, tuple[Any, timedelta]] = {}


def every(interval: timedelta) -> Callable[[Any], Any]:
    """Let the workers enqueue this task by the clock: `@every(timedelta(hours=1))` over `@task()`.

    It runs first when a worker first sees it; after a pause of the workers it runs once, not once
    for each time missed.
    """

    def declare(declared: Any) -> Any:
        _periodic[declared.module_path] = (declared, interval)
        return declared

    return declare


def enqueue_periodic() -> None:
    """Put the tasks whose hour has come into their queues; one worker alone does it for each."""
    now = timezone.now()
    last = dict(PeriodicRun.objects.values_list("task_path", "at"))
    for path, (declared, interval) in _periodic.items():
        if path in last and last[path] > now - interval:
            continue
        with transaction.atomic():
            row, new = PeriodicRun.objects.get_or_create(task_path=path, defaults={"at": now})
            due = PeriodicRun.objects.filter(pk=row.pk, at__lte=now - interval)
            if new or due.update(at=now):
                declared.enqueue()


@task()
def follow(line_id: int) -> None:
    """Let all who follow a journal line follow it; one that fails holds up none of the others."""
    journal.run_followings(line_id)


@task(queue_name="mail", priority=10)
def send_mail(mail_id: int, is_braked: bool = False) -> None:
    """Send one mail."""
    mail.send(mail_id, is_braked=is_braked)


@every(timedelta(hours=1))
@task(queue_name="slow")
def prune() -> None:
    """Delete what has served: tasks that worked, followings, mail, forms, pulses, sessions."""
    now = timezone.now()
    DBTaskResult.objects.successful().filter(finished_at__lt=now - SUCCESSES_KEPT_FOR).delete()
    Following.objects.filter(done_at__lt=now - FOLLOWINGS_KEPT_FOR).delete()
    KeptAnswer.objects.filter(started_at__lt=now - KEPT_FOR).delete()
    unsent.prune()
    waiting.prune()
    mail.purge()
    WorkerPulse.objects.filter(at__lt=now - SILENT_WORKERS_KEPT_FOR).delete()
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()


@every(timedelta(hours=1))
@task(queue_name="slow")
def rerender() -> None:
    """Render again what an older renderer made; mostly there is nothing."""
    from core import markup  # takes 60 ms, which most processes need not spend

    markup.rerender()


@every(timedelta(days=1))
@task(queue_name="slow")
def sweep_files() -> None:
    """Delete what uploads left behind whose transaction was rolled back."""
    files.sweep()
