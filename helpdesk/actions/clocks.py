"""Writing down what a ticket's clocks say: always from its whole history."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q, QuerySet

from helpdesk.models import Clock, Ticket
from helpdesk.promises import ClockFacts, Standing
from helpdesk.queries.history import standing_now, standings_now
from people.models import ServiceCalendar

CHUNK = 500

TOLD_BY_CLOCKS = (
    "turn_at",
    "answer_due_at",
    "solution_due_at",
    "first_response_due_at",
    "first_response_at",
)


def renew_clocks(ticket: Ticket) -> bool:
    """Make a locked ticket's clocks what its history says; return whether anything changed.

    Called after the journal line of what happened. Saves the clocks, and of the ticket nothing:
    its fields named by TOLD_BY_CLOCKS are set, for the caller to save with the rest.
    """
    standing = standing_now(ticket)
    differs = _tell(ticket, standing)
    return _write(ticket, standing.clocks) or differs


def _tell(ticket: Ticket, standing: Standing) -> bool:
    """Set what the clocks say of the ticket itself."""
    facts = {name: getattr(standing, name) for name in TOLD_BY_CLOCKS}
    differs = any(getattr(ticket, name) != value for name, value in facts.items())
    for name, value in facts.items():
        setattr(ticket, name, value)
    return differs


def _write(ticket: Ticket, clocks: tuple[ClockFacts, ...]) -> bool:
    """Write the clocks that differ from what stands there; most often one or two."""
    stored = {(row.kind, row.turn): row for row in Clock.objects.filter(ticket=ticket)}
    changed: list[Clock] = []
    for facts in clocks:
        row = stored.pop((facts.kind, facts.turn), None)
        if row is None or facts_of(row) != facts:
            changed.append(Clock(pk=row.pk if row else None, ticket=ticket, **asdict(facts)))
    Clock.objects.bulk_create([row for row in changed if row.pk is None])
    Clock.objects.bulk_update([row for row in changed if row.pk is not None], _MAY_CHANGE)
    if stored:
        Clock.objects.filter(pk__in=[row.pk for row in stored.values()]).delete()
    return bool(changed or stored)


def facts_of(row: Clock) -> ClockFacts:
    """Return a stored clock as it is worked out."""
    facts: dict[str, Any] = {name: getattr(row, name) for name in ClockFacts.__dataclass_fields__}
    return ClockFacts(**facts)


_MAY_CHANGE = [name for name in ClockFacts.__dataclass_fields__ if name not in ("kind", "turn")]


def wrong_clocks() -> Iterator[int]:
    """Yield the ids of tickets whose clocks are not what their history says; changes nothing."""
    last = 0
    rows = Ticket.objects.select_related("level_version").order_by("pk")
    while tickets := list(rows.filter(pk__gt=last)[:CHUNK]):
        last = tickets[-1].pk
        standings = standings_now(tickets)
        stored: dict[int, set[ClockFacts]] = {ticket.pk: set() for ticket in tickets}
        for clock in Clock.objects.filter(ticket__in=tickets):
            stored[clock.ticket_id].add(facts_of(clock))
        for ticket in tickets:
            standing = standings[ticket.pk]
            if set(standing.clocks) != stored[ticket.pk] or _tell(ticket, standing):
                yield ticket.pk


def repair_clocks(ids: Iterable[int]) -> int:
    """Make the clocks of these tickets what their history says; return how many differed."""
    return sum(map(_repair, ids))


@transaction.atomic
def _repair(ticket_id: int) -> bool:
    rows = Ticket.objects.select_for_update(of=("self",))
    ticket = rows.filter(pk=ticket_id).first()
    if ticket is None or not renew_clocks(ticket):
        return False
    ticket.save(update_fields=TOLD_BY_CLOCKS)
    return True


def renew_calendar(*, calendar_id: int, first: date, last: date) -> int:
    """Renew the clocks that run or ran over these days of a calendar; return how many tickets.

    Called when days were closed or opened: what was counted as service is not any more.
    """
    calendar = ServiceCalendar.objects.get(pk=calendar_id)
    ids = _touched(calendar, first, last).order_by("ticket").values_list("ticket", flat=True)
    return repair_clocks(list(ids.distinct()))


def _touched(calendar: ServiceCalendar, first: date, last: date) -> QuerySet[Clock]:
    """Return the clocks that any of these days matters to."""
    zone = ZoneInfo(calendar.zone)
    begins = datetime.combine(first, time(0), zone)
    ends = datetime.combine(last + timedelta(days=1), time(0), zone)
    went_on = Q(ended_at=None) | Q(ended_at__gte=begins) | Q(due_at__gte=begins)
    of_calendar = Clock.objects.filter(ticket__level_version__calendar=calendar)
    return of_calendar.filter(went_on, started_at__lt=ends)
