"""manage.py recompute_clocks [--repair]: hold every ticket's clocks against its history."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.faces import COMMAND, coming_from
from helpdesk.actions import repair_clocks, wrong_clocks
from helpdesk.numbers import number_of


class Command(BaseCommand):
    help = (
        "Work out the clocks of every ticket from its history, and name the tickets where "
        "something else is stored; with --repair, store what the history says."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--repair", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = list(wrong_clocks())
        for ticket_id in wrong:
            self.stdout.write(number_of(ticket_id))
        if not options["repair"]:
            if wrong:
                raise CommandError(f"{len(wrong)} tickets differ from their history.")
            self.stdout.write("Every clock is what its ticket's history says.")
            return
        with coming_from(COMMAND):
            repaired = repair_clocks(wrong)
        self.stdout.write(f"{repaired} tickets repaired.")
