"""manage.py make_administrator EMAIL: let who has this address into the back office."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.errors import NotSeen
from core.faces import COMMAND, coming_from
from people.actions import make_administrator
from people.queries import person_writing_from


class Command(BaseCommand):
    help = (
        "Let who has this proven address into the back office, and give roles to others. Whoever "
        "it is signs up on the site first; the next page asks them for a second factor."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:
        person = person_writing_from(options["email"], unproven=())
        try:
            with coming_from(COMMAND):
                made = make_administrator(person_id=person.pk if person else 0)
        except NotSeen:
            raise CommandError(
                f"Nobody active has proven to have {options['email']}: sign up with it first."
            ) from None
        self.stdout.write(f"{made.handle} is an administrator: see /back-office/.")
