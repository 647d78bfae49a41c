"""Who may enter the rooms of tickets and of queues."""

from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from chat import rooms
from helpdesk import rules
from helpdesk.models import Queue, Ticket, TicketQuerySet, agent_grants
from helpdesk.queries.relocations import ends_of
from helpdesk.states import State
from people.rules import has_role


def declare_all() -> None:
    """Give every ticket a room: who sees the ticket enters. A merged one's is over, and is read by
    who enters that of the ticket in which it goes on, as its messages are.

    A volunteer enters once they looked behind the requester's mask: what is said there goes to
    all at once, under names.

    And every queue one for its agents, which also says when its list has changed.
    """
    rooms.declare(
        "helpdesk.ticket",
        _may_enter,
        _enterable,
        rules.can_work,
        rooms.Ending(
            lambda: Ticket.objects.filter(state=State.MERGED),
            _("This ticket was merged into another one: what is new is said there."),
            ends_of,
        ),
    )
    rooms.declare("helpdesk.queue", _may_enter_queue, Queue.objects.worked_by)


def _may_enter(person: Any, ticket: Ticket) -> bool:
    if ticket.state == State.MERGED:
        return bool(_enterable(person).filter(pk=ticket.pk).exists())
    return not rules.is_masked(person, ticket)


def _enterable(person: Any) -> TicketQuerySet:
    seen = Ticket.objects.visible_to(person)
    # Who works on no ticket sees no mask; asked of all who listen, at every message.
    if agent_grants(person):
        seen = seen.unmasked_to(person)
    return Ticket.objects.with_end().filter(Exists(seen.filter(pk=OuterRef("end"))))


def _may_enter_queue(person: Any, queue: Queue) -> bool:
    return has_role(person, "agent", queue_id=queue.pk)
