"""`manage.py simulate_queue`: what the fairness floor brings the free, and costs the paid."""

import json
from dataclasses import asdict, replace
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from helpdesk.simulation import MOST_FREE_DAYS, WELL_KEPT, Load, Report, simulate

OPTIONS = {
    "days": (int, "working days"),
    "agents": (int, "how many agents work"),
    "paid": (float, "paid work, as a part of what the agents can do"),
    "free": (float, "free work, likewise"),
    "patience_days": (float, "working days after which a free ticket is urgent"),
    "seed": (int, "of the dice"),
}
MOST_WORK = 5_000_000  # tickets of all runs together, about


class Command(BaseCommand):
    help = "Simulate a month of the queue with the fairness floor, and deadline-first beside it."

    def add_arguments(self, parser: CommandParser) -> None:
        default = asdict(Load())
        for name, (kind, words) in OPTIONS.items():
            flag = "--" + name.replace("_", "-")
            parser.add_argument(flag, type=kind, default=default[name], help=words)
        parser.add_argument("--floor", type=float, default=0.4, help="the free ones' share, 0 to 1")
        parser.add_argument("--seeds", type=int, default=1, help="so many, and the worst of each")
        parser.add_argument("--json", action="store_true", help="each month as JSON, one a line")

    def handle(self, *args: Any, **options: Any) -> None:
        load = _load(options)
        reports = [
            simulate(replace(load, seed=load.seed + number)) for number in range(options["seeds"])
        ]
        if options["json"]:
            for report in reports:
                self.stdout.write(json.dumps(asdict(report)))
            return
        self.stdout.write(
            f"{load.days} working days, {load.agents} agents, paid {load.paid:g} and "
            f"free {load.free:g} of what they can do, floor {load.floor_percent} %, "
            f"seeds {load.seed} to {load.seed + len(reports) - 1}"
        )
        for line in _lines(reports):
            self.stdout.write(line)


def _load(options: dict[str, Any]) -> Load:
    facts = {name: options[name] for name in OPTIONS}
    load = Load(floor_percent=round(options["floor"] * 100), **facts)
    if load.days < 1 or load.agents < 1 or options["seeds"] < 1:
        raise CommandError("Days, agents and seeds are at least 1.")
    if min(load.paid, load.free, load.patience_days) < 0 or not 0 <= load.floor_percent <= 100:
        raise CommandError("Loads and patience are not negative; the floor is between 0 and 1.")
    if load.days * load.agents * 16 * (load.paid + load.free) * options["seeds"] > MOST_WORK:
        raise CommandError("This would take hours: fewer days, agents or seeds, please.")
    return load


def _lines(reports: list[Report]) -> list[str]:
    """Return the table: the middle and the worst of all seeds."""
    rows = [
        ("paid promises kept, %", [100 * row.paid_kept for row in reports], False),
        ("  deadline-first, %", [100 * row.paid_kept_plain for row in reports], False),
        (
            "  what the floor costs, points",
            [100 * (row.paid_kept_plain - row.paid_kept) for row in reports],
            True,
        ),
        ("longest wait of a free one, days", [row.free_wait_max_days for row in reports], True),
        ("  deadline-first, days", [row.free_wait_max_days_plain for row in reports], True),
        (
            f"agents for {WELL_KEPT:.0%} kept, no free one over {MOST_FREE_DAYS:g} days",
            [float(row.agents_needed) for row in reports],
            True,
        ),
    ]
    head = f"{'':52}{'median':>8}{'worst':>8}{'best':>8}"
    return [head, *(_line(words, sorted(numbers), most) for words, numbers, most in rows)]


def _line(words: str, numbers: list[float], worst_is_most: bool) -> str:
    least, most = numbers[0], numbers[-1]
    worst, best = (most, least) if worst_is_most else (least, most)
    return f"{words:52}{numbers[len(numbers) // 2]:z8.1f}{worst:z8.1f}{best:z8.1f}"
