"""Moving a ticket from state to state."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import InvalidInput, NotAllowed, WrongMoment
from helpdesk import rules, states
from helpdesk.actions.fields import check_filled
from helpdesk.actions.steps import MOVING, move, ticket_of
from helpdesk.models import NamedState, Ticket
from helpdesk.queries import possible_states
from helpdesk.queries.states import check_not_merged
from helpdesk.states import Side, State
from people.models import Person


@transaction.atomic
def set_state(*, actor: Person, ticket_id: int, state: str, named: str = "") -> Ticket:
    """Solve, close, open again or let wait, as the table of states allows; the same is no change.

    named: the slug of what this installation calls the state, for agents to say.
    An agent who opens a ticket that nobody has in hand has it in hand. `merged` is merge()'s.
    Raises NotSeen, NotAllowed, InvalidInput, WrongMoment (with what is possible, or
    with the fields an agent must fill before it is solved).
    """
    ticket = ticket_of(actor, ticket_id)
    if not rules.can_reply(actor, ticket):
        raise NotAllowed
    side = rules.side_of(actor, ticket)
    if state not in State.values or state == State.MERGED:
        raise InvalidInput.of("state", "invalid_choice", _("Choose one of the states."))
    name = _named(named, state)
    if name is not None and side != Side.AGENT:
        raise NotAllowed(_("Only agents set this state."))
    if ticket.state == state and name in (None, ticket.named_state):
        return ticket
    check_not_merged(ticket)
    if not states.is_ever_allowed(state, side) and states.is_ever_allowed(state, Side.AGENT):
        raise NotAllowed(_("Only agents set this state."))
    possible = possible_states(actor, ticket)
    if state not in possible and state != ticket.state:
        raise WrongMoment(
            _("From where the ticket stands, this is not possible."),
            code="state_not_possible",
            allowed=possible,
        )
    if state == State.SOLVED:
        check_filled(ticket, side=side)
    now = timezone.now()
    move(ticket, state, actor=actor, now=now, named=name)
    ticket.last_activity_at = now
    ticket.save(update_fields=MOVING)
    return ticket


def _named(slug: str, state: str) -> NamedState | None:
    """Return the name offered for a state. Raises InvalidInput."""
    if not slug:
        return None
    name = NamedState.objects.filter(slug=slug, code=state, is_offered=True).first()
    if name is None:
        raise InvalidInput.of("named", "invalid_choice", _("Choose one of the states."))
    return name
