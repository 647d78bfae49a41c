"""A process of its own that says things in a room, not by HTTP: faster than one web process can.

python -m tests.faults.writing ROOM HANDLE COUNT A_SECOND TOGETHER: prints `client_id number` for
each once it is committed. A_SECOND 0: as fast as it can. TOGETHER: so many in one transaction.
"""

import os
import sys
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "core.settings")
django.setup()

from django.db import transaction  # noqa: E402

from chat.actions import post_message  # noqa: E402
from people.models import Person  # noqa: E402


def main(room_id: int, handle: str, count: int, a_second: float, together: int) -> None:
    person, began = Person.objects.get(handle=handle), time.monotonic()
    for start in range(0, count, together):
        names = [f"{handle}-by-{os.getpid()}-{start + n}" for n in range(together)]
        with transaction.atomic():
            said = [
                post_message(actor=person, room_id=room_id, source=name, client_id=name)
                for name in names
            ]
        sys.stdout.writelines(f"{one.client_id} {one.number}\n" for one in said)
        sys.stdout.flush()
        if a_second:
            time.sleep(max(0.0, began + (start + together) / a_second - time.monotonic()))


main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), float(sys.argv[4]), int(sys.argv[5]))
