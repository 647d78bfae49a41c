"""Who has a ticket in hand."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import InvalidInput, NotAllowed, WrongMoment
from helpdesk import rules
from helpdesk.actions.steps import MOVING, move, put_back, put_in_hand, ticket_of
from helpdesk.models import Ticket
from helpdesk.queries.states import check_not_merged
from helpdesk.states import DONE, State
from people.models import Person


@transaction.atomic
def assign(*, actor: Person, ticket_id: int, assignee: Person) -> Ticket:
    """Put a ticket in the hands of an agent of its queue, oneself or a colleague.

    A new ticket is open from then on. The same agent again is no change.
    Raises NotSeen, NotAllowed, WrongMoment (solved, closed, merged), InvalidInput (assignee).
    """
    ticket = ticket_of(actor, ticket_id)
    if not rules.can_work(actor, ticket):
        raise NotAllowed
    check_not_merged(ticket)
    if ticket.assignee_id == assignee.pk:
        return ticket
    if ticket.state in DONE:
        raise WrongMoment(_("Open the ticket again first."), code="done", allowed=["open"])
    if not rules.can_be_assigned(assignee, ticket):
        raise InvalidInput.of(
            "assignee", "not_an_agent", _("Only an agent of this queue can take this ticket.")
        )
    return give(ticket, assignee, actor=actor)


@transaction.atomic
def unassign(*, actor: Person, ticket_id: int) -> Ticket:
    """Put a ticket back, in nobody's hands; what was open waits for us again.

    Raises NotSeen, NotAllowed, WrongMoment (merged).
    """
    ticket = ticket_of(actor, ticket_id)
    if not rules.can_work(actor, ticket):
        raise NotAllowed
    check_not_merged(ticket)
    if ticket.assignee_id is None:
        return ticket
    put_back(ticket, actor=actor, now=timezone.now())
    ticket.save(update_fields=MOVING)
    return ticket


def give(ticket: Ticket, assignee: Person, *, actor: Person) -> Ticket:
    """Put a locked ticket into these hands; a new one is open from then on."""
    now = timezone.now()
    put_in_hand(ticket, assignee, actor=actor, now=now)
    if ticket.state == State.NEW:
        move(ticket, State.OPEN, actor=actor, now=now)
    ticket.save(update_fields=MOVING)
    return ticket
