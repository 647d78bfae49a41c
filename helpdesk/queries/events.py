"""What happened to a ticket, line by line, for programs: the lines that its page tells of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import QuerySet

from core.models import JournalLine
from helpdesk import happenings, rules
from helpdesk.models import Ticket
from helpdesk.queries.thread import masked_lines

KIND: Final = "helpdesk.ticket"
# What programs are told of a change as it is stored: stable words, moments and numbers. All else
# is an id, of people too, and stands in the sentence as far as the reader may know it.
TOLD_CHANGES: Final = ("state", "undone", "kind", "due", "until", "minutes", "fields", "is_over")


@dataclass(frozen=True)
class TicketEvent:
    """words: the page's sentence, in the reader's language; empty where it says nothing.

    actor: a handle; None where nobody did it, or who did is masked. changes: of TOLD_CHANGES.
    """

    id: int
    at: datetime
    verb: str
    actor: str | None
    words: str
    changes: dict[str, Any]


def lines_told(ticket_id: int, *, can_work: bool) -> QuerySet[JournalLine]:
    """Return what a ticket's page tells of its history, to its agents or to who asks."""
    audiences = ["public", "participants", *(["staff"] if can_work else [])]
    return JournalLine.objects.filter(
        thing_kind=KIND, thing_id=ticket_id, verb__in=happenings.TOLD, audience__in=audiences
    )


def events_of(person: Any, ticket: Ticket) -> QuerySet[JournalLine]:
    """Return the lines of a ticket seen before that this person may read, with their actors."""
    rows = lines_told(ticket.pk, can_work=rules.can_work(person, ticket))
    return rows.select_related("actor").order_by("pk")


def events_told(person: Any, ticket: Ticket, lines: Sequence[JournalLine]) -> list[TicketEvent]:
    """Return lines of one page, oldest first, as this person may read them."""
    mask = masked_lines(ticket, lines) if lines and rules.is_masked(person, ticket) else None
    words = {line.pk: said for line, said in happenings.words_of(lines, mask)}
    return [
        TicketEvent(
            id=line.pk,
            at=line.at,
            verb=line.verb,
            actor=(line.actor.handle or None) if line.actor else None,
            words=words.get(line.pk, ""),
            changes={key: line.changes[key] for key in TOLD_CHANGES if key in line.changes},
        )
        for line in lines
    ]
