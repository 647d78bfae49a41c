"""Moving a ticket from state to state."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import InvalidInput, NotAllowed, WrongMoment
from helpdesk import rules, states
from helpdesk.actions.steps import MOVING, check_not_merged, move, ticket_of
from helpdesk.models import Ticket
from helpdesk.queries import possible_states
from helpdesk.states import Side, State
from people.models import Person


@transaction.atomic
def set_state(*, actor: Person, ticket_id: int, state: str) -> Ticket:
    """Solve, close, open again or let wait, as the table of states allows; the same is no change.

    An agent who opens a ticket that nobody has in hand has it in hand. `merged` is merge()'s.
    Raises NotSeen, NotAllowed, InvalidInput, WrongMoment (with what is possible).
    """
    ticket = ticket_of(actor, ticket_id)
    if not rules.can_reply(actor, ticket):
        raise NotAllowed
    side = rules.side_of(actor, ticket)
    if state not in State.values or state == State.MERGED:
        raise InvalidInput.of("state", "invalid_choice", _("Choose one of the states."))
    if ticket.state == state:
        return ticket
    check_not_merged(ticket)
    if not states.is_ever_allowed(state, side) and states.is_ever_allowed(state, Side.AGENT):
        raise NotAllowed(_("Only agents set this state."))
    possible = possible_states(actor, ticket)
    if state not in possible:
        raise WrongMoment(
            _("From where the ticket stands, this is not possible."),
            code="state_not_possible",
            allowed=possible,
        )
    now = timezone.now()
    move(ticket, state, actor=actor, now=now)
    ticket.last_activity_at = now
    ticket.save(update_fields=MOVING)
    return ticket
