"""A process of its own that says things in a room, not by HTTP: faster than one web process can.

python -m tests.faults.writing ROOM HANDLE COUNT A_SECOND: prints `client_id number` for each once
it is committed. A_SECOND 0: as fast as it can.
"""

import os
import sys
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "core.settings")
django.setup()

from chat.actions import post_message  # noqa: E402
from people.models import Person  # noqa: E402


def main(room_id: int, handle: str, count: int, a_second: float) -> None:
    person, began = Person.objects.get(handle=handle), time.monotonic()
    for number in range(count):
        name = f"{handle}-by-{os.getpid()}-{number}"
        said = post_message(actor=person, room_id=room_id, source=name, client_id=name)
        sys.stdout.write(f"{name} {said.number}\n")
        sys.stdout.flush()
        if a_second:
            time.sleep(max(0.0, began + (number + 1) / a_second - time.monotonic()))


main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), float(sys.argv[4]))
