"""manage.py work: do what stands in some task queues, until told to stop."""

import logging
import os
import signal
from argparse import ArgumentParser
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connections
from django.utils.module_loading import autodiscover_modules

from core.worker import Worker

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Do the tasks of some queues. SIGTERM ends it after the tasks in hand, a second at once."
    requires_system_checks = []  # make check does them; so a start takes half the time

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--name", default="worker", help="Unique on this machine.")
        parser.add_argument(
            "--queues",
            default="default,mail,slow",
            help="Separated by commas, without spaces. No queue waits for another's tasks.",
        )
        parser.add_argument("--interval", type=float, default=0.2, help="Seconds between looks.")

    def handle(self, *args: Any, **options: Any) -> None:
        autodiscover_modules("tasks")
        workers = workers_of(
            options["queues"].split(","),
            name=options["name"],
            interval_seconds=options["interval"],
        )

        def stop(signum: int, frame: FrameType | None) -> None:
            signal.signal(signum, signal.SIG_DFL)
            end(workers)

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        run_together(workers)


def workers_of(queues: Sequence[str], *, name: str, interval_seconds: float = 0.2) -> list[Worker]:
    """Return a worker for each queue, so that a sign-in code never waits for a slow task."""
    names = [name] if len(queues) == 1 else [f"{name}-{queue}" for queue in queues]
    return [
        Worker(one, queues=[queue], interval_seconds=interval_seconds)
        for one, queue in zip(names, queues, strict=True)
    ]


def run_together(workers: Sequence[Worker]) -> None:
    """Run workers, each in a thread of its own, until one ends; then end them all.

    A fault ends the process at once: whoever started it starts it again, and what the other
    threads had in hand is done anew. Waiting for them would leave a queue without a worker.
    """
    with ThreadPoolExecutor(len(workers)) as threads:
        runs = [threads.submit(_run, worker) for worker in workers]
        ended = wait(runs, return_when=FIRST_COMPLETED).done
        for fault in filter(None, (run.exception() for run in ended)):
            logger.critical("A worker broke.", exc_info=fault)
            os._exit(1)
        end(workers)


def end(workers: Sequence[Worker]) -> None:
    """Let workers end after the tasks they have in hand."""
    for worker in workers:
        worker.stopping.set()


def _run(worker: Worker) -> None:
    try:
        worker.run()
    finally:
        connections.close_all()
