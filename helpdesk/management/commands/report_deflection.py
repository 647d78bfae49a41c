"""`manage.py report_deflection`: whether past answers spare tickets, and how sure that is."""

import json
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from helpdesk.deflection import Interval
from helpdesk.queries.deflection import PERIOD, Group, deflection


class Command(BaseCommand):
    help = "Tell how many tickets a visit past answers spare, by those they are kept from."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--days", type=int, default=PERIOD.days, help="of visits, up to a week ago"
        )
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if not 1 <= options["days"] <= 3650:
            raise CommandError("Between 1 and 3650 days, please.")
        found = deflection(timezone.now(), timedelta(days=options["days"]))
        if options["json"]:
            self.stdout.write(json.dumps(asdict(found), cls=DjangoJSONEncoder))
            return
        self.stdout.write(f"First visits of each person, {found.since:%F} to {found.until:%F}")
        self.stdout.write(f"{'':26}{'visits':>8}{'tickets':>8}  tickets a visit (95 %)")
        for words, group in (("shown past answers", found.shown), ("held out", found.held_out)):
            self.stdout.write(_line(words, group))
        self.stdout.write(f"spared tickets a visit    {_words(found.spared):>40}")
        funnel = found.shown
        self.stdout.write(
            f"Of those shown: {funnel.opened} opened one, {funnel.solved} said it solved it, "
            f"{funnel.left} left, {funnel.came_back} came back with a ticket within 7 days."
        )


def _line(words: str, group: Group) -> str:
    rate = _words(group.tickets_per_visit)
    return f"{words:26}{group.visits:8}{group.tickets:8}  {rate}"


def _words(found: Interval | None) -> str:
    return (
        "not known" if found is None else f"{found.value:.3f} ({found.low:.3f} to {found.high:.3f})"
    )
