"""What a ticket's state means to its reader, and what may become of it."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from helpdesk import rules, states
from helpdesk.models import Ticket
from helpdesk.states import Side, State

ASKER_READS: dict[str, Any] = {
    State.NEW: _("New, nobody has it yet"),
    State.OPEN: _("In hand"),
    State.WAITING_REQUESTER: _("Waiting for you"),
    State.WAITING_US: _("Waiting for our answer"),
    State.SOLVED: _("Solved"),
    State.CLOSED: _("Closed"),
    State.MERGED: _("Merged into another ticket"),
}
AGENT_READS: dict[str, Any] = {
    **ASKER_READS,
    State.WAITING_REQUESTER: _("Waiting for the requester"),
    State.WAITING_US: _("Waiting for us"),
}
MOVES: dict[str, Any] = {
    State.OPEN: _("Take in hand"),
    State.WAITING_REQUESTER: _("Wait for the requester"),
    State.WAITING_US: _("We come back to it"),
    State.SOLVED: _("It is solved"),
    State.CLOSED: _("Close without a solution"),
}


def state_words(person: Any, ticket: Ticket) -> str:
    """Return the state as this reader understands it: "waiting for you", or for whom."""
    asks = rules.side_of(person, ticket) == Side.REQUESTER
    return str((ASKER_READS if asks else AGENT_READS)[ticket.state])


def move_words(state: str, ticket: Ticket) -> str:
    """Return what the button says that brings a ticket into this state."""
    if ticket.state in states.DONE and state in (State.OPEN, State.WAITING_US):
        return str(_("Open again"))
    return str(MOVES[state])


def possible_states(person: Any, ticket: Ticket) -> list[str]:
    """Return the states this person may set now, in the order of a ticket's life."""
    if not rules.can_reply(person, ticket):
        return []
    found = states.moves(ticket.state, rules.side_of(person, ticket))
    return [state for state in found if state != State.MERGED]


def revision_of(person: Any, ticket: Ticket) -> int:
    """Return how many messages this person reads in a ticket: what a reply must have seen."""
    notes = ticket.note_count if rules.can_work(person, ticket) else 0
    return ticket.message_count + notes


def minutes_until(moment: datetime | None, now: datetime) -> int | None:
    """Return whole minutes until then, negative when it is past."""
    return None if moment is None else int((moment - now).total_seconds() // 60)
