"""Two tickets about one thing."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import InvalidInput, NotAllowed, WrongMoment
from core.journal import record
from helpdesk import rules, states
from helpdesk.actions.steps import MOVING, check_not_merged, move, put_in_hand, ticket_of
from helpdesk.models import Ticket
from helpdesk.states import Side, State
from people.models import Person


@transaction.atomic
def merge(*, actor: Person, ticket_id: int, into_id: int) -> Ticket:
    """End a ticket that says the same as another one of the same requester; return the other.

    Its messages stay on it, and its page leads on. Merging into the same again is no change.
    Raises NotSeen, NotAllowed, WrongMoment, InvalidInput (into).
    """
    first, second = sorted((ticket_id, into_id))  # always locked in one order
    rows = {pk: ticket_of(actor, pk) for pk in (first, second)}
    ticket, into = rows[ticket_id], rows[into_id]
    if not (rules.can_work(actor, ticket) and rules.can_work(actor, into)):
        raise NotAllowed
    if ticket.merged_into_id == into.pk:
        return into
    check_not_merged(ticket)
    check_not_merged(into)
    if ticket.pk == into.pk or ticket.requester_id != into.requester_id:
        raise InvalidInput.of(
            "into", "another_requester", _("Name another ticket of the same person.")
        )
    _check_possible(ticket)
    now = timezone.now()
    if ticket.assignee_id is not None:
        put_in_hand(ticket, None, actor=actor, now=now)
    ticket.merged_into = into
    move(ticket, State.MERGED, actor=actor, now=now)
    ticket.save(update_fields=MOVING)
    record("helpdesk.ticket_merged", actor=actor, thing=ticket, changes={"into": into.pk})
    return into


def _check_possible(ticket: Ticket) -> None:
    possible = states.moves(ticket.state, Side.AGENT)
    if State.MERGED not in possible:
        raise WrongMoment(
            _("Open the ticket again first."), code="state_not_possible", allowed=possible
        )
