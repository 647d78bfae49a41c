"""Who may enter a ticket's chat room."""

from typing import Any

from chat import rooms
from helpdesk.models import Ticket
from helpdesk.states import State


def declare_all() -> None:
    """Give every ticket a room: who sees the ticket enters; a merged one's is over."""
    rooms.declare("helpdesk.ticket", _may_enter)


def _may_enter(person: Any, ticket: Ticket) -> bool:
    return ticket.state != State.MERGED
