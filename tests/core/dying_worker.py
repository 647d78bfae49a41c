"""manage.py work, with points at which it waits to be killed: `dying_worker.py work …`."""

import os
import sys
from pathlib import Path
from typing import Any

import django

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "core.settings")
django.setup()

from django.conf import settings  # noqa: E402

from core import worker  # noqa: E402
from tests.core.marks import pause  # noqa: E402

do = worker.call


def call(row: Any) -> Any:
    pause("before the task")
    value = do(row)
    pause("after the task")
    return value


worker.call = call
settings.MAIL_TRANSPORT = "tests.core.marks.PausingTransport"

if __name__ == "__main__":
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
