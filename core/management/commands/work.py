"""manage.py work: do what stands in some task queues, until told to stop."""

import signal
from argparse import ArgumentParser
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.module_loading import autodiscover_modules

from core.worker import Worker


class Command(BaseCommand):
    help = "Do the tasks of some queues. SIGTERM ends it after the task in hand, a second at once."
    requires_system_checks = []  # make check does them; so a start takes half the time

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--name", default="worker", help="Unique on this machine.")
        parser.add_argument(
            "--queues", default="default,mail,slow", help="Separated by commas, without spaces."
        )
        parser.add_argument("--interval", type=float, default=0.2, help="Seconds between looks.")

    def handle(self, *args: Any, **options: Any) -> None:
        autodiscover_modules("tasks")
        worker = Worker(
            options["name"],
            queues=options["queues"].split(","),
            interval_seconds=options["interval"],
        )

        def stop(signum: int, frame: FrameType | None) -> None:
            signal.signal(signum, signal.SIG_DFL)
            worker.stopping.set()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        worker.run()
