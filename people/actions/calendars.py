"""Days without service."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django.db import transaction

from core.errors import locked
from core.journal import SYSTEM, record
from people.models import ClosedDay, ServiceCalendar


@transaction.atomic
def close_days(*, actor: Any, calendar_id: int, days: Mapping[date, str]) -> int:
    """Close days of a calendar, each with its name; return how many were not closed before.

    actor: a Person, or None for a command. A day closed already takes the new name; none is
    opened. Clocks that run over a closed day are renewed by who follows "people.calendar_changed".
    """
    calendar = locked(ServiceCalendar.objects.all(), pk=calendar_id)
    known = {row.day: row for row in calendar.closed_days.all()}
    new = [day for day in sorted(days) if day not in known]
    ClosedDay.objects.bulk_create(
        ClosedDay(calendar=calendar, day=day, name=days[day]) for day in new
    )
    for day, row in known.items():
        if days.get(day, row.name) != row.name:
            row.name = days[day]
            row.save(update_fields=["name"])
    tell_days_changed(actor=actor, calendar=calendar, days=new)
    return len(new)


def tell_days_changed(*, actor: Any, calendar: ServiceCalendar, days: Collection[date]) -> None:
    """Write down that days were closed or opened, in the caller's transaction; none: nothing."""
    if days:
        changes = {"first": min(days).isoformat(), "last": max(days).isoformat(), "days": len(days)}
        record(
            "people.calendar_changed",
            actor=actor,
            thing=calendar,
            audience=SYSTEM,
            changes=changes,
        )
