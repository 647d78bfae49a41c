"""A site with rooms to measure in: `python -m tests.load.rooms --people 500`, on an empty database.

Prints one JSON object: `keys` (a session of each person), `crowds` (two rooms of them all),
`pairs` (rooms of persons 0 and 1, 2 and 3, …), `csrf`, `synchronous` (SQLite's setting).
"""

import argparse
import json
import logging
import os
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "core.settings")
django.setup()
logging.disable(logging.INFO)

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from chat.actions import open_room  # noqa: E402
from helpdesk import actions as desk  # noqa: E402
from helpdesk.models import Queue, Share  # noqa: E402
from people.models import Person  # noqa: E402
from people.sessions import SessionStore  # noqa: E402

CSRF = "b" * 32


def room_of(people: list[Person]) -> int:
    """Open a ticket with a room that all of these people may enter."""
    first, *others = people
    ticket = desk.open_ticket(
        actor=first, subject="The page is blank", source="Since the update.", language="en"
    )
    Share.objects.bulk_create(Share(ticket=ticket, person=person) for person in others)
    return open_room(actor=first, kind="helpdesk.ticket", object_id=ticket.pk).pk


def session_of(person: Person) -> str:
    """Sign a person in."""
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    return str(session.session_key)


def synchronous() -> str:
    """Return how SQLite writes: FULL, or a number or name of something else."""
    if connection.vendor != "sqlite":
        return connection.vendor
    with connection.cursor() as cursor:
        level = cursor.execute("PRAGMA synchronous").fetchone()[0]
    return {2: "FULL"}.get(level, str(level))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=500)
    parser.add_argument("--pairs", type=int, default=40)
    options = parser.parse_args()
    with transaction.atomic():  # hundreds of sessions, else each waits for the disk
        Queue.objects.create(slug="hosting", names={"en": "Hosting"}, is_default=True)
        people = [
            Person.objects.create_user(handle=f"p{n}", display_name=f"Person {n}")
            for n in range(options.people)
        ]
        facts: dict[str, Any] = {
            "keys": [session_of(person) for person in people],
            "crowds": [room_of(people) for _crowd in range(2)],
            "pairs": [room_of(people[2 * n : 2 * n + 2]) for n in range(options.pairs)],
            "csrf": CSRF,
        }
    facts["synchronous"] = synchronous()
    print(json.dumps(facts))


main()
