"""Some of a ticket's messages become a ticket of their own."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chat.actions import open_room
from core.errors import InvalidInput, WrongMoment
from core.journal import record
from helpdesk import rules
from helpdesk.actions.clocks import renew_clocks
from helpdesk.actions.opening import checked_subject
from helpdesk.actions.relocating import (
    RELOCATING,
    bring_home,
    move_messages,
    worked_tickets,
)
from helpdesk.actions.steps import move, ticket_of
from helpdesk.models import Follow, Message, Relocation, Share, Ticket
from helpdesk.queries.relocations import end_of, places_of
from helpdesk.queries.states import check_not_merged
from helpdesk.states import FOR_US, State
from people.models import Person

MOST = 100


@transaction.atomic
def split(
    *, actor: Person, ticket_id: int, message_ids: Collection[int], subject: str = ""
) -> Ticket:
    """Move some messages and notes of a ticket into a new one of the same person; return it.

    subject: left out, the ticket's. The same people see it and follow it. Its time
    begins now.
    Raises NotSeen, NotAllowed, WrongMoment, InvalidInput (messages, subject).
    """
    ticket = worked_tickets(actor, [ticket_id])[ticket_id]
    check_not_merged(ticket)
    ids = _checked_messages(ticket, message_ids)
    now = timezone.now()
    new = _twin(ticket, subject, now)
    split = Relocation(kind=Relocation.Kind.SPLIT, ticket=ticket, into=new, by=actor, at=now)
    split.save()
    split.messages.set(ids)
    move_messages(ids, away=ticket, to=new)
    renew_clocks(new)
    for row in (ticket, new):
        row.save(update_fields=RELOCATING)
    # Who sees the requester masked does not enter the room, and it is there all the same.
    host = new.requester if rules.is_masked(actor, new) else actor
    open_room(actor=host, kind="helpdesk.ticket", object_id=new.pk)
    record("helpdesk.ticket_split", actor=actor, thing=ticket, changes={"into": new.pk})
    return new


@transaction.atomic
def undo_split(*, actor: Person, ticket_id: int) -> Ticket:
    """Put the messages of a split-off ticket back; return the ticket in which they stand again.

    The emptied one leads there from then on. Its number is never given again.
    Raises NotSeen, NotAllowed, WrongMoment (something was said in it since, or it was merged).
    """
    known = ticket_of(actor, ticket_id)
    found = _split_of(ticket_id)
    if found is None:
        if known.state == State.MERGED and known.merged_into is not None:
            return end_of(known.merged_into)
        raise WrongMoment(_("This ticket was not split off another one."), code="not_split")
    ids = set(found.messages.values_list("pk", flat=True))
    homes = set(places_of(ids, without=found).values())
    tickets = worked_tickets(actor, {ticket_id, end_of(found.ticket).pk, *homes})
    ticket, origin = tickets[ticket_id], tickets[end_of(found.ticket).pk]
    check_not_merged(ticket)
    _check_untouched(ticket, ids)
    now = timezone.now()
    Relocation.objects.filter(pk=found.pk).update(undone_at=now)
    bring_home(ids, tickets)
    ticket.assignee = None
    ticket.assignments.filter(ended_at=None).update(ended_at=now)
    ticket.merged_into = origin
    move(ticket, State.MERGED, actor=actor, now=now)
    for row in tickets.values():
        row.save(update_fields=RELOCATING)
    record("helpdesk.split_undone", actor=actor, thing=origin, changes={"ticket": ticket.pk})
    return origin


def _checked_messages(ticket: Ticket, message_ids: Collection[int]) -> list[int]:
    """Return the messages to move: some of the ticket's, of which something said stays and goes."""
    wanted = set(message_ids)
    rows = Message.objects.filter(ticket=ticket, pk__in=list(wanted)[: MOST + 1])
    found = dict(rows.order_by("pk").values_list("pk", "internal"))
    if not wanted or set(found) != wanted:
        raise InvalidInput.of("messages", "not_here", _("Choose messages of this ticket."))
    going = sum(not internal for internal in found.values())
    if not going:
        raise InvalidInput.of("messages", "notes_alone", _("Choose at least one message."))
    if going == ticket.message_count:
        raise InvalidInput.of("messages", "all", _("Leave at least one message in the ticket."))
    return list(found)


def _twin(ticket: Ticket, subject: str, now: datetime) -> Ticket:
    """Return a new ticket like this one, without messages, seen and followed by the same people."""
    waits = ticket.state in FOR_US
    new = Ticket.objects.create(
        requester=ticket.requester,
        organisation=ticket.organisation,
        site=ticket.site,
        queue=ticket.queue,
        subject=checked_subject(subject) if subject else ticket.subject,
        language=ticket.language,
        level_version=ticket.level_version,
        opened_at=now,
        last_activity_at=now,
        waiting_since=ticket.waiting_since if waits else now,
        turn_at=now,  # until its clocks are made
        named_address=ticket.named_address,
    )
    for share in ticket.shares.order_by("pk"):
        Share.objects.create(ticket=new, person_id=share.person_id)
    for follow in ticket.follows.order_by("pk"):
        Follow.objects.create(ticket=new, person_id=follow.person_id)
    return new


def _split_of(ticket_id: int) -> Relocation | None:
    rows = Relocation.objects.in_force().filter(kind=Relocation.Kind.SPLIT, into=ticket_id)
    return rows.select_related("ticket__merged_into").first()


def _check_untouched(ticket: Ticket, ids: set[int]) -> None:
    said = set(Message.objects.filter(ticket=ticket).values_list("pk", flat=True))
    if said - ids or ticket.relocations_in.in_force().exclude(kind="split").exists():
        raise WrongMoment(
            _("More was said in this ticket since. Merge it into the other one instead."),
            code="said_since",
        )
