"""Which tickets the conditions of a rule hold for."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet

from core.among import among
from helpdesk.conditions import Conditions
from helpdesk.models import Clock, Tagging, Ticket
from people.queries import plain


def narrowed(rows: QuerySet[Ticket], asked: Conditions, now: datetime) -> QuerySet[Ticket]:
    """Return the rows for which all but the words of the subject hold: those no database folds."""
    exact = {
        "queue__slug__in": asked.queues,
        "level_version__level__slug__in": asked.levels,
        "language__in": asked.languages,
        "state__in": asked.states,
    }
    rows = rows.filter(**{name: values for name, values in exact.items() if values})
    if asked.tags:
        names = [plain(name) for name in asked.tags]
        tagged = Tagging.objects.filter(ticket=OuterRef("pk"), tag__name_folded__in=names)
        rows = rows.filter(Exists(tagged))
    if asked.unassigned:
        rows = rows.filter(assignee=None)
    if asked.waiting_minutes is not None:
        since = now - timedelta(minutes=asked.waiting_minutes)
        rows = rows.filter(waiting_since__lte=since).exclude(waits_for="nobody")
    if asked.due_within_minutes is not None:
        until = now + timedelta(minutes=asked.due_within_minutes)
        rows = rows.filter(pk__in=Clock.objects.due_by(until).values("ticket"))
    return rows


def come_near(since: Mapping[int, datetime], within_minutes: int, now: datetime) -> set[int]:
    """Return the tickets of which a promise has come so near its end since a moment of each.

    since: by the ticket's id. within_minutes: as in Conditions.due_within_minutes.
    """
    near = timedelta(minutes=within_minutes)
    clocks = Clock.objects.due_by(now + near).filter(among("ticket", since))
    rows = clocks.values_list("ticket", "started_at", "due_at")
    return {pk for pk, began, due in rows if due and max(began, due - near) > since[pk]}


def holds_in(subject: str, asked: Conditions) -> bool:
    """Whether the subject has one of the words asked for, or none is."""
    folded = plain(subject)
    return not asked.subject or any(plain(word) in folded for word in asked.subject)


def matching(rows: QuerySet[Ticket], asked: Conditions, now: datetime) -> Iterator[Ticket]:
    """Yield the tickets for which all conditions hold, in the order of the rows."""
    for ticket in narrowed(rows, asked, now).iterator(chunk_size=500):
        if holds_in(ticket.subject, asked):
            yield ticket
