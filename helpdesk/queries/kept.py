"""How the promises of each level were kept, for all to see."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.cache import cache
from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from helpdesk.models import Clock
from helpdesk.promises import Outcome
from helpdesk.queries.percentiles import MEDIAN, MOST, place_of, whole_minutes

KEPT_SECONDS = 15 * 60
PERIOD = timedelta(days=365)
LEVEL = "ticket__level_version__level"
FEWEST = 5  # tickets: of fewer, a figure would tell of single ones
DONE = (Outcome.KEPT, Outcome.MISSED, Outcome.UNPROMISED)


@dataclass(frozen=True)
class Record:
    """How one promise of one level went over the last year; minutes are of service.

    count: of answers or solutions; a ticket may have many further answers. Half of them took at
    most median_minutes, nine in ten at most slow_minutes. kept_percent: counted with what is late
    this moment; None where nothing was promised, or for fewer than five tickets.
    """

    count: int
    median_minutes: int
    slow_minutes: int
    kept_percent: int | None


Group = tuple[int, str]  # level id and kind
Records = dict[Group, Record]


def records() -> Records:
    """Return what is known by level id and kind; groups of under five tickets are left out.

    Reckoned anew every quarter of an hour at most.
    """
    found: Records | None = cache.get("helpdesk:kept")
    if found is None:
        found = _reckoned()
        cache.set("helpdesk:kept", found, KEPT_SECONDS)
    return found


def _reckoned() -> Records:
    """Ask the database: two statements, however many levels there are."""
    now = timezone.now()
    done = Clock.objects.filter(outcome__in=DONE, ended_at__gt=now - PERIOD)
    late = Clock.objects.overdue(now).filter(ticket__waits_for="us")
    is_done, is_promised = ~Q(outcome=Outcome.RUNNING), ~Q(outcome=Outcome.UNPROMISED)
    groups: Any = (
        (done | late)
        .order_by()
        .values("kind", level=F(LEVEL))
        .annotate(
            n=Count("pk", filter=is_done),
            tickets=Count("ticket", filter=is_done, distinct=True),
            promised=Count("pk", filter=is_promised),
            promised_tickets=Count("ticket", filter=is_promised, distinct=True),
            kept=Count("pk", filter=Q(outcome=Outcome.KEPT)),
        )
    )
    rows = {
        (row["level"], row["kind"]): row
        for row in groups
        if row["level"] is not None and row["tickets"] >= FEWEST
    }
    minutes = _minutes(done, {group: row["n"] for group, row in rows.items()})
    return {group: _record(rows[group], *both) for group, both in minutes.items()}


def _record(row: dict[str, Any], median_minutes: int, slow_minutes: int) -> Record:
    is_shown = row["promised_tickets"] >= FEWEST
    return Record(
        count=row["n"],
        median_minutes=median_minutes,
        slow_minutes=slow_minutes,
        kept_percent=100 * row["kept"] // row["promised"] if is_shown else None,
    )


def _minutes(done: QuerySet[Clock], counts: dict[Group, int]) -> dict[Group, tuple[int, int]]:
    """Return the minutes that half, and nine in ten, do not exceed; the database sorts.

    counts: how many there were of each group. A group that has become smaller since then, because
    a ticket was opened again, is left out where one of its places is gone.
    """
    places = {
        group: [1 + place_of(share, count) for share in (MEDIAN, MOST)]
        for group, count in counts.items()
    }
    wanted = Q(pk__in=())
    for (level, kind), both in places.items():
        wanted |= Q(level=level, kind=kind, place__in=both)
    place = Window(RowNumber(), partition_by=[F(LEVEL), F("kind")], order_by="spent_seconds")
    ranked = done.order_by().annotate(level=F(LEVEL), place=place).filter(wanted)
    found = {
        (level, kind, place): whole_minutes(seconds)
        for level, kind, place, seconds in ranked.values_list(
            "level", "kind", "place", "spent_seconds"
        )
    }
    return {
        group: (found[(*group, median)], found[(*group, most)])
        for group, (median, most) in places.items()
        if (*group, median) in found and (*group, most) in found
    }
