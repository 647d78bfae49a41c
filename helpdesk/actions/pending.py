"""Coming back to a ticket later: "waiting for us until"."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import InvalidInput, NotAllowed, WrongMoment
from core.journal import record
from helpdesk import rules, states
from helpdesk.actions.clocks import renew_clocks
from helpdesk.actions.steps import MOVING, move, ticket_of
from helpdesk.models import Ticket
from helpdesk.queries import possible_states
from helpdesk.queries.states import check_not_merged
from helpdesk.states import Side, State
from people.models import Person

LONGEST = timedelta(days=366)
AT_ONCE = 200  # tickets that one sweep wakes; the next one takes the rest


@transaction.atomic
def set_aside(*, actor: Person, ticket_id: int, until: datetime) -> Ticket:
    """Say that we come back to a ticket at a moment (aware); the same moment again is no change.

    The ticket waits for us and is not given out as the next one until then. What was owed before
    runs on; after an answer of ours the next one is due counting from that moment.
    Raises NotSeen, NotAllowed, WrongMoment (solved, closed, merged), InvalidInput (until).
    """
    ticket = ticket_of(actor, ticket_id)
    if not _may(actor, ticket):
        raise NotAllowed(_("Only agents set this state."))
    check_not_merged(ticket)
    now, until = timezone.now(), until.replace(microsecond=0)
    if not now < until <= now + LONGEST:
        raise InvalidInput.of("until", "not_ahead", _("Choose a moment ahead, within a year."))
    if ticket.pending_until == until:
        return ticket
    possible = possible_states(actor, ticket)
    if ticket.state != State.WAITING_US and State.WAITING_US not in possible:
        raise WrongMoment(
            _("From where the ticket stands, this is not possible."),
            code="state_not_possible",
            allowed=possible,
        )
    move(ticket, State.WAITING_US, actor=actor, now=now)
    ticket.pending_until = until
    record(
        "helpdesk.ticket_set_aside",
        actor=actor,
        thing=ticket,
        changes={"until": int(until.timestamp())},
        at=now,
    )
    renew_clocks(ticket)
    ticket.save(update_fields=MOVING)
    return ticket


@transaction.atomic
def take_up(*, actor: Person, ticket_id: int) -> Ticket:
    """Come back to a ticket before its moment; one that waits for none is no change.

    Raises NotSeen, NotAllowed.
    """
    ticket = ticket_of(actor, ticket_id)
    if not _may(actor, ticket):
        raise NotAllowed(_("Only agents set this state."))
    return _woken(ticket, actor=actor) if ticket.pending_until else ticket


def wake_tickets() -> int:
    """Put back into the queue what we said we come back to by now; return how many."""
    due = Ticket.objects.filter(pending_until__lte=timezone.now()).order_by("pending_until", "pk")
    return sum(_wake(ticket_id) for ticket_id in due.values_list("pk", flat=True)[:AT_ONCE])


@transaction.atomic
def _wake(ticket_id: int) -> bool:
    rows = Ticket.objects.select_for_update(of=("self",))
    ticket = rows.filter(pk=ticket_id, pending_until__lte=timezone.now()).first()
    if ticket is not None:
        _woken(ticket, actor=None)
    return ticket is not None


def _woken(ticket: Ticket, *, actor: Person | None) -> Ticket:
    ticket.pending_until = None
    record("helpdesk.ticket_woken", actor=actor, thing=ticket, at=timezone.now())
    renew_clocks(ticket)
    ticket.save(update_fields=MOVING)
    return ticket


def _may(actor: Person, ticket: Ticket) -> bool:
    """Whether the actor stands on our side, and the table lets that side say so at all."""
    is_ours = rules.side_of(actor, ticket) == Side.AGENT and rules.can_reply(actor, ticket)
    return is_ours and states.is_ever_allowed(State.WAITING_US, Side.AGENT)
