"""Who may enter the rooms of tickets and of queues."""

from typing import Any

from chat import rooms
from helpdesk import rules
from helpdesk.models import Queue, Ticket, agent_grants
from helpdesk.states import State
from people.rules import has_role


def declare_all() -> None:
    """Give every ticket a room: who sees the ticket enters; a merged one's is over.

    A volunteer enters once they looked behind the requester's mask: what is said there goes to
    all at once, under names.

    And every queue one for its agents, which also says when its list has changed.
    """
    rooms.declare(
        "helpdesk.ticket",
        _may_enter,
        _enterable,
        rules.can_work,
    )
    rooms.declare("helpdesk.queue", _may_enter_queue, Queue.objects.worked_by)


def _may_enter(person: Any, ticket: Ticket) -> bool:
    return ticket.state != State.MERGED and not rules.is_masked(person, ticket)


def _enterable(person: Any) -> Any:
    seen = Ticket.objects.visible_to(person).exclude(state=State.MERGED)
    # Who works on no ticket sees no mask; asked of all who listen, at every message.
    return seen.unmasked_to(person) if agent_grants(person) else seen


def _may_enter_queue(person: Any, queue: Queue) -> bool:
    return has_role(person, "agent", queue_id=queue.pk)
