"""Whether past answers spare tickets, in figures: those who were shown them, and the hold-out."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q

from helpdesk.deflection import Interval, difference, share
from helpdesk.models import Exposure, Ticket, Visit

COMES_BACK = timedelta(days=7)
PERIOD = timedelta(days=90)


@dataclass(frozen=True)
class Group:
    """One visit a person: the first of theirs in the period.

    tickets: visits with a ticket, at once or within seven days. tickets_per_visit: their share,
    None without visits. opened, solved, left: an answer was opened; "this solved it"; neither a
    ticket nor "solved" in the visit. came_back: after solved or left, a ticket within seven days.
    """

    visits: int
    tickets: int
    tickets_per_visit: Interval | None
    opened: int
    solved: int
    left: int
    came_back: int


@dataclass(frozen=True)
class Deflection:
    """spared: tickets a visit that showing spares: held out minus shown, None where one is empty.

    since, until: when the visits began; they are seven days old at least.
    """

    since: datetime
    until: datetime
    shown: Group
    held_out: Group
    spared: Interval | None


def deflection(now: datetime, period: timedelta = PERIOD) -> Deflection:
    """Return the figures of a period that ended seven days ago; one query.

    People were drawn, not visits, so that each person counts once: visits of one person are alike,
    and an interval that took them for independent would be too narrow.
    """
    until = now - COMES_BACK
    since = until - period
    rows = {row["held_out"]: row for row in _counted(since, until)}
    shown, held_out = _group(rows.get(False)), _group(rows.get(True))
    both = held_out.tickets_per_visit, shown.tickets_per_visit
    spared = difference(both[0], both[1]) if both[0] and both[1] else None
    return Deflection(since, until, shown, held_out, spared)


def _counted(since: datetime, until: datetime) -> list[dict[str, Any]]:
    in_period = Visit.objects.filter(began_at__gte=since, began_at__lt=until)
    before = in_period.filter(person=OuterRef("person")).filter(
        Q(began_at__lt=OuterRef("began_at"))
        | Q(began_at=OuterRef("began_at"), pk__lt=OuterRef("pk"))
    )
    within = Ticket.objects.filter(
        requester=OuterRef("person"),
        opened_at__gte=OuterRef("began_at"),
        opened_at__lt=OuterRef("began_at") + COMES_BACK,
    )
    seen = Exposure.objects.filter(visit=OuterRef("pk"))
    rows = in_period.filter(~Exists(before)).annotate(
        asked=Exists(within),
        opened=Exists(seen.filter(opened_at__isnull=False)),
        solved=Exists(seen.filter(solved_at__isnull=False)),
    )
    without = Q(ticket=None)
    groups = rows.values("held_out").annotate(
        visits=Count("pk"),
        tickets=Count("pk", filter=Q(asked=True)),
        with_opened=Count("pk", filter=Q(opened=True)),
        with_solved=Count("pk", filter=Q(solved=True)),
        left=Count("pk", filter=without & Q(solved=False)),
        came_back=Count("pk", filter=without & Q(asked=True)),
    )
    return [dict(group) for group in groups]


def _group(row: dict[str, Any] | None) -> Group:
    if row is None:
        return Group(0, 0, None, 0, 0, 0, 0)
    return Group(
        visits=row["visits"],
        tickets=row["tickets"],
        tickets_per_visit=share(row["tickets"], row["visits"]),
        opened=row["with_opened"],
        solved=row["with_solved"],
        left=row["left"],
        came_back=row["came_back"],
    )
