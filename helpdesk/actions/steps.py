"""Steps that several actions share; each works on a ticket its caller has locked."""

from datetime import datetime

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from aid.actions import claim_help
from aid.models import Kind
from core.errors import WrongMoment, locked
from core.journal import record
from helpdesk import clocks, states
from helpdesk.models import Assignment, Message, Ticket
from helpdesk.states import Side, State
from people.models import Person

HELP_MINUTES = 15  # what a volunteer's part in a solved ticket counts, unless they correct it
MOVING = [
    "state",
    "assignee",
    "merged_into",
    "waiting_since",
    "turn_at",
    "last_activity_at",
    "first_response_at",
    "message_count",
    "note_count",
]


def ticket_of(actor: Person, ticket_id: int) -> Ticket:
    """Return the ticket, locked, if the actor sees it. Raises NotSeen."""
    return locked(Ticket.objects.visible_to(actor), pk=ticket_id)


def check_not_merged(ticket: Ticket) -> None:
    """Raise WrongMoment for a ticket that lives on in another one."""
    if ticket.merged_into is not None:
        number = ticket.merged_into.number
        raise WrongMoment(
            _("This ticket was merged into %(number)s. Go on there.") % {"number": number},
            code="merged",
            merged_into=number,
        )


def move(ticket: Ticket, to: str, *, actor: Person, now: datetime) -> None:
    """Take a ticket into a state, whose turn it is with it; the table was asked before.

    Saves nothing. Who opens what nobody has in hand, has it; solving counts the help that
    volunteers gave.
    """
    old = ticket.state
    if old == to:
        return
    ticket.state = to
    if to == State.OPEN and ticket.assignee_id is None:
        put_in_hand(ticket, actor, actor=actor, now=now)
    if states.waits_for(old) != states.waits_for(to):
        ticket.waiting_since = now
        if to in states.FOR_US:
            begin_turn(ticket, now)
    record(
        "helpdesk.state_changed",
        actor=actor,
        thing=ticket,
        changes={"state": [str(old), str(to)]},
    )
    if to == State.SOLVED:
        count_help(ticket, actor=actor, now=now)


def begin_turn(ticket: Ticket, now: datetime) -> None:
    """Set the place in the queue of a ticket that waits for us from now."""
    version = ticket.level_version
    ticket.turn_at = clocks.turn_at(now, version.first_response_minutes if version else None)


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


def count_help(ticket: Ticket, *, actor: Person, now: datetime) -> None:
    """Claim aid for each volunteer who answered; the requester's own "solved" confirms it.

    One claim a ticket and giver, for ever: what is solved again is not counted again.
    """
    answered = Message.objects.filter(
        ticket=ticket, author=OuterRef("pk"), side=Side.AGENT, internal=False
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
