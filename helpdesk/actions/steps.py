"""Steps that several actions share; each works on a ticket its caller has locked."""

from datetime import datetime

from django.db.models import Exists, OuterRef

from aid.actions import claim_help
from aid.models import Kind
from core.errors import locked
from core.journal import record
from helpdesk import rules, states
from helpdesk.actions.clocks import TOLD_BY_CLOCKS, renew_clocks
from helpdesk.models import Assignment, Message, NamedState, Ticket
from helpdesk.states import Side, State
from people.models import Person

HELP_MINUTES = 15  # what a volunteer's part in a solved ticket counts, unless they correct it
MOVING = [
    "state",
    "assignee",
    "merged_into",
    "waiting_since",
    "pending_until",
    "named_state",
    "last_activity_at",
    "message_count",
    "note_count",
    *TOLD_BY_CLOCKS,
]


def ticket_of(actor: Person, ticket_id: int) -> Ticket:
    """Return the ticket, locked, if the actor sees it. Raises NotSeen."""
    return locked(Ticket.objects.visible_to(actor), pk=ticket_id)


def move(
    ticket: Ticket, to: str, *, actor: Person, now: datetime, named: NamedState | None = None
) -> None:
    """Take a ticket into a state, whose turn it is with it; the table was asked before.

    named: what this installation calls the state. Saves nothing of the ticket. Who opens what
    nobody has in hand, has it; solving counts the help that volunteers gave.
    """
    old, old_name = ticket.state, ticket.named_state_id
    if old == to and (named is None or named.pk == old_name):
        return
    ticket.state, ticket.named_state = to, named
    if to != State.WAITING_US:
        ticket.pending_until = None
    if to == State.OPEN and ticket.assignee_id is None:
        put_in_hand(ticket, actor, actor=actor, now=now)
    if states.waits_for(old) != states.waits_for(to):
        ticket.waiting_since = now
    record(
        "helpdesk.state_changed",
        actor=actor,
        thing=ticket,
        changes={"state": [str(old), str(to)], **({"named": named.pk} if named else {})},
        at=now,
    )
    renew_clocks(ticket)
    if to == State.SOLVED and old != to:
        count_help(ticket, actor=actor, now=now)


def put_in_hand(ticket: Ticket, person: Person | None, *, actor: Person, now: datetime) -> None:
    """Give a ticket to a person, or to nobody, with its history. Saves nothing of the ticket."""
    old = ticket.assignee_id
    Assignment.objects.filter(ticket=ticket, ended_at=None).update(ended_at=now)
    if person is not None:
        Assignment.objects.create(ticket=ticket, person=person, by=actor, at=now)
    ticket.assignee = person
    record(
        "helpdesk.ticket_assigned",
        actor=actor,
        thing=ticket,
        audience="staff",
        changes={"assignee": [old, person.pk if person else None]},
    )


def put_back(ticket: Ticket, *, actor: Person, now: datetime) -> None:
    """Take a ticket out of all hands; what was open waits for us again. Saves nothing of it."""
    put_in_hand(ticket, None, actor=actor, now=now)
    if ticket.state == State.OPEN:
        move(ticket, State.WAITING_US, actor=actor, now=now)


def put_back_where_foreign(ticket: Ticket, *, actor: Person, now: datetime) -> None:
    """Take a ticket whose queue or organisation changed from who works there no more."""
    if ticket.assignee is not None and not rules.can_be_assigned(ticket.assignee, ticket):
        put_back(ticket, actor=actor, now=now)


def count_help(ticket: Ticket, *, actor: Person, now: datetime) -> None:
    """Claim aid for each volunteer who answered; the requester's own "solved" confirms it.

    One claim a ticket and giver, for ever: what is solved again is not counted again.
    """
    answered = Message.objects.filter(
        ticket=ticket, author=OuterRef("pk"), side=Side.AGENT, internal=False, automatic=None
    )
    for giver in Person.objects.filter(Exists(answered)).order_by("pk"):
        claim_help(
            actor=actor,
            givers=[giver],
            receivers=[ticket.requester],
            minutes=HELP_MINUTES,
            kind=Kind.TICKET,
            happened_at=now,
            source=("helpdesk.ticket", ticket.pk),
            purpose=f"giver:{giver.pk}",
            note=ticket.number,
            confirmed_by=ticket.requester if actor.pk == ticket.requester_id else None,
        )
