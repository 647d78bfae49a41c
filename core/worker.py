"""The worker: does what stands in the task queue, at least once, whatever dies.

django-tasks-db gives the table and the way into it; its own command never tries again and leaves
the task of a killed process running for ever. Clocks of several hosts must agree to a few seconds.
"""

import logging
import random
import socket
import threading
import time
import uuid
from collections.abc import Iterable
from datetime import timedelta
from traceback import format_exception
from typing import Any

from django.db import InterfaceError, OperationalError, close_old_connections, transaction
from django.utils import timezone
from django_tasks_db.compat import TaskContext, normalize_json
from django_tasks_db.compat import TaskResultStatus as Status
from django_tasks_db.models import DBTaskResult
from structlog.contextvars import bound_contextvars

from core.faces import TASK, coming_from
from core.models import WorkerPulse
from core.tasks import enqueue_periodic

logger = logging.getLogger(__name__)
ATTEMPTS = 8  # the last comes about 7.6 hours after the first
BEAT_SECONDS = 10
LOST = (OperationalError, InterfaceError)  # the database is locked, or away
LEASE = timedelta(seconds=60)  # a worker silent for so long is dead


def wait_after(attempts: int) -> timedelta:
    """Return how long to wait after this many failed attempts: 5 s, 20 s, 80 s …, ± 20 %."""
    return timedelta(seconds=5 * 4 ** (attempts - 1) * random.uniform(0.8, 1.2))  # noqa: S311


class Worker:
    """One worker under a fixed name; a new one of that name takes over what the old one left."""

    def __init__(self, name: str, *, queues: Iterable[str], interval_seconds: float = 0.2) -> None:
        self.name = f"{name}@{socket.gethostname()}"[:150]
        self.process = f"{self.name}/{uuid.uuid4().hex}"
        self.queues = list(queues)
        self.interval_seconds = interval_seconds
        self.stopping = threading.Event()

    def run(self) -> None:
        """Work until `stopping` is set; the task in hand is finished first."""
        WorkerPulse.objects.update_or_create(
            name=self.name, defaults={"process": self.process, "at": timezone.now()}
        )
        threading.Thread(target=self.beat, daemon=True).start()
        next_care = 0.0
        while not self.stopping.is_set():
            try:
                if time.monotonic() >= next_care:
                    next_care = time.monotonic() + BEAT_SECONDS
                    self.reclaim()
                    enqueue_periodic()
                idle = not self.run_one()
            except LOST:
                logger.warning("The database did not answer; trying again.", exc_info=True)
                close_old_connections()
                idle = True
            if idle:
                self.stopping.wait(self.interval_seconds)
        WorkerPulse.objects.filter(process=self.process).delete()

    def beat(self) -> None:
        """Say that this process lives, until it ends or another takes its name."""
        while not self.stopping.wait(BEAT_SECONDS):
            try:
                mine = WorkerPulse.objects.filter(process=self.process).update(at=timezone.now())
            except LOST:
                close_old_connections()
                continue
            if not mine:
                logger.error("Another worker took the name %s: this one ends.", self.name)
                self.stopping.set()

    def reclaim(self) -> None:
        """Put back the tasks of dead workers, and those of mine whose end could not be written."""
        running = list(DBTaskResult.objects.running())  # before the pulses: a pulse comes first
        alive = WorkerPulse.objects.filter(at__gt=timezone.now() - LEASE)
        others = set(alive.values_list("process", flat=True)) - {self.process}
        for row in running:
            if row.worker_ids[-1] not in others:
                trace = f"{row.worker_ids[-1]} died while doing it."
                settle(row, kind="core.worker.WorkerDied", trace=trace, wait=timedelta())

    def run_one(self) -> bool:
        """Do the next task, if there is one; a failed one waits for its next attempt."""
        rows = DBTaskResult.objects.ready().filter(queue_name__in=self.queues)
        if not rows.exists():  # no write lock of SQLite just to look
            return False
        with transaction.atomic():
            row = rows.get_locked()
            if row is None:
                return False
            row.claim(self.process)
        with bound_contextvars(task=row.task_path, task_id=str(row.pk)), coming_from(TASK):
            try:
                value = call(row)
            except Exception as error:  # the edge of the process: any fault is kept and seen
                attempts = len(row.worker_ids)
                logger.exception("A task failed, attempt %d.", attempts)
                kind = f"{type(error).__module__}.{type(error).__qualname__}"
                trace = "".join(format_exception(error))
                if isinstance(error, LOST):
                    close_old_connections()
                settle(row, kind=kind, trace=trace, wait=wait_after(attempts))
            else:
                settle(row, value)
        return True


def call(row: Any) -> Any:
    """Run the function of a task row; what it returns must fit into JSON."""
    result = row.task_result
    context: list[Any] = [TaskContext(task_result=result)] if row.task.takes_context else []
    return normalize_json(row.task.call(*context, *result.args, **result.kwargs))


def settle(
    row: Any, value: Any = None, *, kind: str = "", trace: str = "", wait: timedelta = LEASE
) -> None:
    """Write how an attempt ended, unless another worker has taken the row meanwhile.

    kind: the exception's, when it failed: tried again after the wait, or put with the dead letters.
    """
    now = timezone.now()
    if not kind:
        end = {"status": Status.SUCCESSFUL, "finished_at": now, "return_value": value}
    elif len(row.worker_ids) < ATTEMPTS:
        end = {"status": Status.READY, "run_after": now + wait}
    else:
        end = {"status": Status.FAILED, "finished_at": now}
    still_mine = {"pk": row.pk, "status": Status.RUNNING, "worker_ids": row.worker_ids}
    end |= {"exception_class_path": kind, "traceback": trace}
    DBTaskResult.objects.filter(**still_mine).update(**end)
