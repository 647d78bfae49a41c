"""How the promises of each level were kept, for all to see."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.cache import cache
from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from helpdesk.models import Clock
from helpdesk.promises import Kind, Outcome
from helpdesk.queries.percentiles import MEDIAN, MOST, place_of, whole_minutes

KEPT_SECONDS = 15 * 60
PERIOD = timedelta(days=365)
LEVEL = "ticket__level_version__level"
FEWEST = 5  # of fewer, a figure would tell of single tickets
SHOWN = (Kind.FIRST_RESPONSE, Kind.SOLUTION)
DONE = (Outcome.KEPT, Outcome.MISSED, Outcome.UNPROMISED)


@dataclass(frozen=True)
class Record:
    """How one promise of one level went over the last year; minutes are of service.

    Half of them took at most median_minutes, nine in ten at most slow_minutes. kept_percent:
    counted with what is late this moment; None where nothing, or to fewer than five, was promised.
    """

    count: int
    median_minutes: int
    slow_minutes: int
    kept_percent: int | None


Group = tuple[int, str]  # level id and kind
Records = dict[Group, Record]


def records() -> Records:
    """Return what is known by level id and kind; groups under five are left out.

    Reckoned anew every quarter of an hour at most.
    """
    found: Records | None = cache.get("helpdesk:kept")
    if found is None:
        found = _reckoned()
        cache.set("helpdesk:kept", found, KEPT_SECONDS)
    return found


def _reckoned() -> Records:
    """Ask the database: three statements, however many levels there are."""
    now = timezone.now()
    done = Clock.objects.filter(kind__in=SHOWN, outcome__in=DONE, ended_at__gt=now - PERIOD)
    overdue = Clock.objects.overdue(now).filter(kind__in=SHOWN, ticket__waits_for="us")
    late = {
        (row["level"], row["kind"]): row["n"] for row in _by_level(overdue).annotate(n=Count("pk"))
    }
    groups = _by_level(done).annotate(
        n=Count("pk"),
        promised=Count("pk", filter=~Q(outcome=Outcome.UNPROMISED)),
        kept=Count("pk", filter=Q(outcome=Outcome.KEPT)),
    )
    rows = {
        (row["level"], row["kind"]): row
        for row in groups
        if row["level"] is not None and row["n"] >= FEWEST
    }
    minutes = _minutes(done, {group: row["n"] for group, row in rows.items()})
    return {
        group: _record(rows[group], late.get(group, 0), *both) for group, both in minutes.items()
    }


def _by_level(rows: QuerySet[Clock]) -> Any:
    return rows.order_by().values("kind", level=F(LEVEL))


def _record(row: dict[str, Any], late: int, median_minutes: int, slow_minutes: int) -> Record:
    promised = row["promised"] + late
    return Record(
        count=row["n"],
        median_minutes=median_minutes,
        slow_minutes=slow_minutes,
        kept_percent=100 * row["kept"] // promised if promised >= FEWEST else None,
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
