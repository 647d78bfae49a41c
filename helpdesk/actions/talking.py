"""What is said in a ticket: replies, and notes for agents alone."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import InvalidInput, NotAllowed, WrongMoment
from core.files import store_uploads
from core.journal import STAFF, record
from core.markup import write_text
from helpdesk import rules, states
from helpdesk.actions.steps import (
    MOVING,
    begin_turn,
    check_not_merged,
    move,
    put_in_hand,
    ticket_of,
)
from helpdesk.models import Message, Ticket
from helpdesk.queries import revision_of
from helpdesk.states import Side
from people.models import Person
from people.queries import mention_paths


class Overtaken(WrongMoment):
    """Something was said while this reply was written; `extra` carries the new messages."""

    code = "stale_revision"
    title = gettext_lazy("Something was said meanwhile")
    detail = gettext_lazy(
        "Something was said while you were writing. Read it, then send yours all the same."
    )


@transaction.atomic
def reply(
    *,
    actor: Person,
    ticket_id: int,
    source: str,
    revision: int,
    language: str = "",
    then: str = "",
    uploads: Sequence[Any] = (),
    send_anyway: bool = False,
) -> Message:
    """Say something to the other side; return the message. Who answers what nobody has, has it.

    revision: how many messages the writer had before them (queries.revision_of). then: the state
    to leave the ticket in; left out, an answer passes the turn to the other side.
    Raises NotSeen, NotAllowed, Overtaken (unless send_anyway), WrongMoment, InvalidInput.
    """
    ticket = ticket_of(actor, ticket_id)
    if not rules.can_reply(actor, ticket):
        raise NotAllowed
    check_not_merged(ticket)
    side = rules.side_of(actor, ticket)
    to = then or states.after_message(ticket.state, side)
    _check_then(ticket, to, side=side)
    if not send_anyway:
        _check_not_overtaken(actor, ticket, revision)
    now = timezone.now()
    message = say(
        ticket, source, actor=actor, side=side, language=language, uploads=uploads, now=now
    )
    if side == Side.AGENT:
        _answered(ticket, to, actor=actor, now=now)
    record(
        "helpdesk.reply_posted",
        actor=actor,
        thing=message,
        parent=ticket,
        changes={"number": message.number, "side": str(side)},
    )
    move(ticket, to, actor=actor, now=now)
    ticket.save(update_fields=MOVING)
    return message


@transaction.atomic
def write_note(
    *, actor: Person, ticket_id: int, source: str, language: str = "", uploads: Sequence[Any] = ()
) -> Message:
    """Write what only agents of the queue read; moves nothing, and mails only them.

    Raises NotSeen, NotAllowed, WrongMoment (merged), InvalidInput.
    """
    ticket = ticket_of(actor, ticket_id)
    if not rules.can_work(actor, ticket):
        raise NotAllowed(_("Internal notes are the agents' own."))
    check_not_merged(ticket)
    now = timezone.now()
    note = say(
        ticket,
        source,
        actor=actor,
        side=Side.AGENT,
        language=language,
        uploads=uploads,
        now=now,
        internal=True,
    )
    record(
        "helpdesk.note_written",
        actor=actor,
        thing=note,
        parent=ticket,
        audience=STAFF,
        changes={"number": note.number},
    )
    ticket.save(update_fields=["note_count"])
    return note


def _answered(ticket: Ticket, to: str, *, actor: Person, now: datetime) -> None:
    """Note an answer of ours: the promise is kept, a turn of ours begins anew, someone has it."""
    ticket.first_response_at = ticket.first_response_at or now
    if to in states.FOR_US:
        begin_turn(ticket, now)
    if ticket.assignee_id is None:
        put_in_hand(ticket, actor, actor=actor, now=now)


def say(
    ticket: Ticket,
    source: str,
    *,
    actor: Person,
    side: Side,
    now: datetime,
    language: str = "",
    uploads: Sequence[Any] = (),
    internal: bool = False,
) -> Message:
    """Add a message or note with the ticket's next number, and its files; saves no ticket.

    Raises InvalidInput (source, attachments).
    """
    if not source.strip():
        raise InvalidInput.of("source", "required", _("Write something first."))
    if internal:
        ticket.note_count += 1
    else:
        ticket.message_count += 1
        ticket.last_activity_at = now
    message = Message(
        ticket=ticket,
        origin_ticket=ticket,
        number=ticket.note_count if internal else ticket.message_count,
        author=actor,
        side=side,
        internal=internal,
        posted_at=now,
    )
    paths = mention_paths(source)
    write_text(message, source, language=language or ticket.language, mentions=paths)
    message.save()
    store_uploads(actor=actor, uploads=uploads, thing=message, field="attachments")
    return message


def _check_then(ticket: Ticket, to: str, *, side: Side) -> None:
    """Raise WrongMoment unless a reply of this side may leave the ticket in this state."""
    possible = {*states.moves(ticket.state, side), ticket.state}
    possible.add(states.after_message(ticket.state, side))
    if to not in possible:
        raise WrongMoment(
            _("A reply cannot leave the ticket in this state."),
            code="state_not_possible",
            allowed=sorted(possible),
        )


def _check_not_overtaken(actor: Person, ticket: Ticket, revision: int) -> None:
    """Raise Overtaken with what others said since, as far as the actor may read it."""
    rows = Message.objects.filter(ticket=ticket).select_related("author").order_by("pk")
    if not rules.can_work(actor, ticket):
        rows = rows.filter(internal=False)
    new = [row for row in rows[max(revision, 0) :] if row.author_id != actor.pk]
    if not new:
        return
    raise Overtaken(
        allowed=["send_anyway"],
        revision=revision_of(actor, ticket),
        messages=[
            {
                "id": row.pk,
                "number": row.number,
                "internal": row.internal,
                "author": row.author.handle,
                "html": row.html,
                "posted_at": row.posted_at.isoformat(),
            }
            for row in new
        ],
    )
