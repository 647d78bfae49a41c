"""How the promises of each level were kept, for all to see."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.cache import cache
from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from helpdesk.models import Clock
from helpdesk.promises import Kind, Outcome
from helpdesk.queries.percentiles import MEDIAN, MOST, place_of, whole_minutes

KEPT_SECONDS = 15 * 60
PERIOD = timedelta(days=365)
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


Records = dict[tuple[int, str], Record]


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
    """Ask the database: two statements, and two more for each level and kind."""
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
    return {
        (row["level"], row["kind"]): _record(done, row, late.get((row["level"], row["kind"]), 0))
        for row in groups
        if row["level"] is not None and row["n"] >= FEWEST
    }


def _by_level(rows: QuerySet[Clock]) -> Any:
    return rows.order_by().values("kind", level=F("ticket__level_version__level"))


def _record(done: QuerySet[Clock], row: dict[str, Any], late: int) -> Record:
    mine = done.filter(kind=row["kind"], ticket__level_version__level=row["level"])
    promised = row["promised"] + late
    return Record(
        count=row["n"],
        median_minutes=_rank(mine, row["n"], MEDIAN),
        slow_minutes=_rank(mine, row["n"], MOST),
        kept_percent=100 * row["kept"] // promised if promised >= FEWEST else None,
    )


def _rank(rows: QuerySet[Clock], count: int, share: float) -> int:
    """Return the minutes that this share does not exceed; the database sorts."""
    ordered: Iterable[int] = rows.order_by("spent_seconds").values_list("spent_seconds", flat=True)
    place = place_of(share, count)
    seconds = list(ordered[place : place + 1])  # type: ignore[index]  # a query set
    return whole_minutes(seconds[0]) if seconds else 0
