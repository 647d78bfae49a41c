"""The fields of a queue's tickets, and their values as a person may read them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from helpdesk import field_values, rules
from helpdesk.masking import Mask, mask_for
from helpdesk.models import FieldValue, Ticket, TicketField
from helpdesk.states import Side

SHOWN_TO_ASKERS = TicketField.ShownTo.REQUESTER


@dataclass(frozen=True)
class ShownValue:
    """A field that is filled, with its value in words; `url` when it leads somewhere."""

    label: str
    words: str
    url: str


def fields_of(queue_id: int) -> QuerySet[TicketField]:
    """Return the fields asked of a queue's tickets, in their order."""
    return TicketField.objects.filter(queue=queue_id, retired=False).order_by("position", "pk")


def fields_of_new_tickets() -> list[TicketField]:
    """Return the fields that who opens a ticket fills: those of the default queue, one query."""
    rows = TicketField.objects.filter(
        queue__is_default=True, retired=False, shown_to=SHOWN_TO_ASKERS
    )
    return list(rows.order_by("position", "pk"))


def values_of(person: Any, ticket: Ticket) -> QuerySet[FieldValue]:
    """Return the values this person reads on a ticket seen before, in the order of the fields."""
    rows = FieldValue.objects.filter(ticket=ticket).select_related("field")
    if not rules.can_work(person, ticket):
        rows = rows.filter(field__shown_to=SHOWN_TO_ASKERS)
    return rows.order_by("field__position", "field")


def values_by_key(person: Any, ticket: Ticket) -> dict[str, str | bool]:
    """Return the same by the field's key, for programs: truths, else texts, which lose no digit.

    Where the fields of two queues share a key, the present queue's counts.
    """
    rows = sorted(values_of(person, ticket), key=lambda row: row.field.queue_id == ticket.queue_id)
    mask = mask_for(person, ticket) if rows else None
    return {
        row.field.key: row.value if isinstance(row.value, bool) else masked_value(row, mask)
        for row in rows
    }


def masked_value(row: FieldValue, mask: Mask | None) -> str:
    """Return a value as it is sent, through a mask if there is one."""
    sent = field_values.as_sent(row.value)
    return sent if mask is None or not isinstance(row.value, str) else mask.text(sent)


def shown_values(
    rows: Iterable[FieldValue], language: str, mask: Mask | None = None
) -> list[ShownValue]:
    """Return values as people read them; mask: of whom the reader may not know."""
    shown = []
    for row in rows:
        words = field_values.words_of(row.field, row.value, language)
        if mask is not None and isinstance(row.value, str):
            words = mask.text(words)
        url = words if mask is None and row.field.kind == TicketField.Kind.URL else ""
        shown.append(ShownValue(row.field.label(language), words, url))
    return shown


def missing_fields(ticket: Ticket, *, side: str) -> list[TicketField]:
    """Return the fields an agent has to fill before the ticket can be solved; one query.

    Whoever asked may always say that it is solved.
    """
    if side != Side.AGENT:
        return []
    filled = FieldValue.objects.filter(ticket=ticket).values("field")
    needed = fields_of(ticket.queue_id).exclude(required=TicketField.Required.NEVER)
    return list(needed.exclude(pk__in=filled))
