"""Lines of a ticket's talk as the beginning of a reply."""

from collections.abc import Sequence

from chat.queries import room_of, said
from core.errors import NotAllowed
from helpdesk import rules
from helpdesk.models import Ticket
from helpdesk.queries.states import check_not_merged
from people.models import Person
from people.notices import name_of

MOST_LINES = 50


def quoted(person: Person, ticket: Ticket, numbers: Sequence[int]) -> str:
    """Return chosen lines of a ticket one has seen as the beginning of a reply, in CommonMark.

    numbers: of messages of its room; those that are none, or are taken away, are left out.
    Raises NotAllowed for all but those who answer here, and for who sees the requester masked and
    is not in the room; WrongMoment (merged).
    """
    if not rules.can_quote(person, ticket) or rules.is_masked(person, ticket):
        raise NotAllowed
    check_not_merged(ticket)
    room = room_of("helpdesk.ticket", ticket.pk)
    if room is None:
        return ""
    rows = said(person, room).filter(number__in=numbers[:MOST_LINES]).order_by("number")
    parts = [f"{name_of(row.author)}:\n{row.source}".splitlines() for row in rows]
    return "".join("".join(f"> {line}\n" for line in lines) + "\n" for lines in parts)
