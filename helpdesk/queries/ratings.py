"""Solutions of tickets, and what those who asked said of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Q
from django.utils import timezone

from core.models import JournalLine
from helpdesk import rules
from helpdesk.masking import mask_of
from helpdesk.models import Message, Queue, Rating, Ticket
from helpdesk.states import Side, State
from people.models import Person

LOOKED_AT = 50
AT = "tickets__ratings__at__gte"


@dataclass(frozen=True)
class RatingFigures:
    """How the solutions of one queue were rated."""

    queue: str
    good: int
    fair: int
    bad: int


def solutions(ticket: Ticket) -> list[JournalLine]:
    """Return the journal lines that say a ticket was solved, the last one first."""
    lines = JournalLine.objects.filter(
        thing_kind="helpdesk.ticket", thing_id=ticket.pk, verb="helpdesk.state_changed"
    ).order_by("-pk")[:LOOKED_AT]
    return [line for line in lines if is_solution(line)]


def is_solution(line: JournalLine) -> bool:
    """Whether a line says that a ticket was solved, and not that something was taken back."""
    return line.changes["state"][1] == State.SOLVED and "undone" not in line.changes


def is_asked(ticket: Ticket) -> bool:
    """Whether anyone but agents of its queue asked in a ticket."""
    asked = Message.objects.filter(ticket=ticket, side=Side.REQUESTER, internal=False)
    authors = Person.objects.filter(pk__in=asked.values("author_id"))
    return any(not rules.can_work(author, ticket) for author in authors.order_by("pk")[:10])


def rating_ends_at(solved_at: datetime) -> datetime:
    """Return until when a solution may be rated, and the rating changed."""
    return solved_at + timedelta(days=settings.RATING_DAYS)


def to_rate(person: Any, ticket: Ticket, solution: int | None = None) -> JournalLine | None:
    """Return the solution this person may rate now: the last one, or the one named; else None."""
    if not rules.can_rate(person, ticket, is_asked=is_asked(ticket)):
        return None
    found = solutions(ticket)
    if solution is None:
        line = found[0] if found and ticket.state in (State.SOLVED, State.CLOSED) else None
    else:
        line = next((line for line in found if line.pk == solution), None)
    return line if line and timezone.now() <= rating_ends_at(line.at) else None


def ratings_of(person: Any, ticket: Ticket) -> Any:
    """Return the ratings of a ticket: all to its agents, their own to those who asked."""
    rows = Rating.objects.filter(ticket=ticket).select_related("person").order_by("pk")
    return rows if rules.can_work(person, ticket) else rows.filter(person=person)


def ratings_shown(person: Any, ticket: Ticket, *, is_masked: bool) -> list[Rating]:
    """Return the same as this person may read them, the oldest first; never save one afterwards."""
    rows = list(ratings_of(person, ticket))
    if is_masked:
        mask = mask_of(ticket, [row.person for row in rows])
        for row in rows:
            row.person, row.comment = mask.person(row.person), mask.text(row.comment)
    return rows


def rating_figures(person: Any, since: datetime) -> list[RatingFigures]:
    """Return how the tickets of one's queues were rated since then; one query."""
    queues: Any = Queue.objects.worked_by(person).order_by("slug")
    counts = {
        grade: Count("tickets__ratings", Q(tickets__ratings__grade=grade, **{AT: since}))
        for grade in Rating.Grade.values
    }
    return [
        RatingFigures(row.slug, row.good, row.fair, row.bad) for row in queues.annotate(**counts)
    ]
