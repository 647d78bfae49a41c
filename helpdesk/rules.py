"""Who may what, at the help desk. Every rule is asked about a ticket one sees."""

from typing import Any

from helpdesk.models import Share, Ticket
from helpdesk.states import Side
from people.models import Person
from people.rules import can_act, has_role


def can_open(person: Any) -> bool:
    """Anyone active."""
    return can_act(person)


def is_agent(person: Any) -> bool:
    """Whether a person works any queue."""
    return has_role(person, "agent", anywhere=True)


def can_work(person: Any, ticket: Ticket) -> bool:
    """Agents of its queue: assign, note, merge, read internal notes."""
    return has_role(
        person, "agent", queue_id=ticket.queue_id, organisation_id=ticket.organisation_id
    )


def side_of(person: Any, ticket: Ticket) -> Side:
    """Return on which side of a ticket a person who sees it acts; who opened it asks, always."""
    if ticket.requester_id != person.pk and can_work(person, ticket):
        return Side.AGENT
    return Side.REQUESTER


def can_reply(person: Any, ticket: Ticket) -> bool:
    """Who sees it as requester, and agents of its queue."""
    return can_act(person)


def can_share(person: Any, ticket: Ticket) -> bool:
    """Who opened it."""
    return can_act(person) and ticket.requester_id == person.pk


def can_end_share(person: Any, ticket: Ticket, share: Share) -> bool:
    """Who opened it, and the one it was shared with."""
    return can_share(person, ticket) or (can_act(person) and share.person_id == person.pk)


def can_be_assigned(person: Person, ticket: Ticket) -> bool:
    """Agents of its queue; nobody answers their own ticket."""
    return can_work(person, ticket) and ticket.requester_id != person.pk
