"""What is said in a ticket: replies, and notes for agents alone."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.confided import point_out_secrets
from core.errors import InvalidInput, NotAllowed, WrongMoment
from core.files import store_uploads
from core.journal import STAFF, record
from core.markup import write_text
from helpdesk import rules, states
from helpdesk.actions.clocks import renew_clocks
from helpdesk.actions.fields import check_filled
from helpdesk.actions.steps import MOVING, move, put_in_hand, ticket_of
from helpdesk.masking import mask_messages
from helpdesk.models import Message, Ticket
from helpdesk.queries import revision_of
from helpdesk.queries.states import check_not_merged
from helpdesk.states import Side, State
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
    send_secrets: bool = True,
) -> Message:
    """Say something to the other side; return the message. Who answers what nobody has, has it.

    revision: how many messages the writer had before them (queries.revision_of). then: the state
    to leave the ticket in; left out, an answer passes the turn to the other side. send_secrets:
    False where the writer can be asked, which a mail's cannot.
    Raises NotSeen, NotAllowed, SecretsFound, Overtaken (unless send_anyway), WrongMoment,
    InvalidInput.
    """
    ticket = ticket_of(actor, ticket_id)
    if not rules.can_reply(actor, ticket):
        raise NotAllowed
    check_not_merged(ticket)
    side = rules.side_of(actor, ticket)
    to = then or states.after_message(ticket.state, side)
    _check_then(ticket, to, side=side)
    if to == State.SOLVED and ticket.state != to:
        check_filled(ticket, side=side)
    point_out_secrets({"source": source}, send_secrets=send_secrets)
    if not send_anyway:
        _check_not_overtaken(actor, ticket, revision)
    return post(ticket, source, actor=actor, side=side, to=to, language=language, uploads=uploads)


def post(
    ticket: Ticket,
    source: str,
    *,
    actor: Person,
    side: Side,
    to: str,
    language: str = "",
    uploads: Sequence[Any] = (),
) -> Message:
    """Add a reply to a ticket its caller has locked, and leave the ticket in the state `to`.

    Rights and states are the caller's to check. Raises InvalidInput (source, attachments).
    """
    now = timezone.now()
    message = say(
        ticket, source, actor=actor, side=side, language=language, uploads=uploads, now=now
    )
    if side == Side.REQUESTER:
        ticket.pending_until = None
    elif ticket.assignee_id is None:
        put_in_hand(ticket, actor, actor=actor, now=now)
    record(
        "helpdesk.reply_posted",
        actor=actor,
        thing=message,
        parent=ticket,
        changes={"number": message.number, "side": str(side)},
        at=now,
    )
    if to == ticket.state:
        renew_clocks(ticket)
    else:
        move(ticket, to, actor=actor, now=now)
    ticket.save(update_fields=MOVING)
    return message


@transaction.atomic
def write_note(
    *,
    actor: Person,
    ticket_id: int,
    source: str,
    language: str = "",
    uploads: Sequence[Any] = (),
    send_secrets: bool = True,
) -> Message:
    """Write what only agents of the queue read; moves nothing, and mails only them.

    Raises NotSeen, NotAllowed, SecretsFound (see reply), WrongMoment (merged), InvalidInput.
    """
    ticket = ticket_of(actor, ticket_id)
    if not rules.can_work(actor, ticket):
        raise NotAllowed(_("Internal notes are the agents' own."))
    check_not_merged(ticket)
    point_out_secrets({"source": source}, send_secrets=send_secrets)
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


def say(
    ticket: Ticket,
    source: str,
    *,
    actor: Person,
    side: Side,
    now: datetime,
    language: str = "",
    uploads: Sequence[Any] = (),
    files_of: Person | None = None,
    internal: bool = False,
) -> Message:
    """Add a message or note with the ticket's next number, and its files; saves no ticket.

    files_of: whose files they are, where that is not the actor, who wrote down what was said.
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
        number=_next_number(ticket, internal=internal),
        author=actor,
        side=side,
        internal=internal,
        posted_at=now,
    )
    paths = mention_paths(source)
    write_text(message, source, language=language or ticket.language, mentions=paths)
    message.save()
    store_uploads(actor=files_of or actor, uploads=uploads, thing=message, field="attachments")
    return message


def _next_number(ticket: Ticket, *, internal: bool) -> int:
    """Return the number after the last one given in a locked ticket, wherever that message is."""
    given = Message.objects.filter(origin_ticket=ticket, internal=internal)
    last: int | None = given.aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


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
    """Raise Overtaken with what others said since, as far as the actor may read it.

    New are the last ones that came into the ticket, as many as the revision grew by: whatever was
    moved out meanwhile, and with what a merger moved in, which may have been written long ago.
    """
    grown = max(revision_of(actor, ticket) - max(revision, 0), 0)
    rows = Message.objects.filter(ticket=ticket).select_related("author").last_come_first()
    if not rules.can_work(actor, ticket):
        rows = rows.filter(internal=False)
    new = [row for row in reversed(rows[:grown]) if row.author_id != actor.pk]
    if not new:
        return
    if rules.is_masked(actor, ticket):
        mask_messages(ticket, new)
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
