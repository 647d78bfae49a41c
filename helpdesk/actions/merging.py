"""Two tickets about one thing become one, and two again."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import InvalidInput, WrongMoment
from core.journal import record
from helpdesk import states
from helpdesk.actions.clocks import renew_clocks
from helpdesk.actions.following import bring_follows
from helpdesk.actions.relocating import (
    RELOCATING,
    bring_home,
    check_all_locked,
    kept,
    move_messages,
    record_state,
    restore,
    take_out_effect,
    worked_tickets,
)
from helpdesk.actions.steps import move
from helpdesk.models import Assignment, Message, Relocation, Ticket
from helpdesk.queries.relocations import end_of, merger_of
from helpdesk.queries.states import check_not_merged
from helpdesk.states import FOR_US, Side, State
from people.models import Person

MERGER = Relocation.Kind.MERGER


@transaction.atomic
def merge(*, actor: Person, ticket_id: int, into_id: int) -> Ticket:
    """Let a ticket go on in another one; return the other.

    Both are of one person, or those who opened them see both already. What was said in it moves
    there, keeping its numbers and its origin; its followers come along. Those it was shared with
    do not: the other one is its opener's to show. When it waited for us, the other one does from
    now, in the turn that its own clocks give it. Merging into the same again is no change.
    Raises NotSeen, NotAllowed, WrongMoment, InvalidInput (into).
    """
    tickets = worked_tickets(actor, (ticket_id, into_id))
    ticket, into = tickets[ticket_id], tickets[into_id]
    if ticket.merged_into_id == into.pk:
        return into
    check_not_merged(ticket)
    check_not_merged(into)
    if ticket.pk == into.pk or not _is_of_the_same(ticket, into):
        raise InvalidInput.of(
            "into", "another_requester", _("Name another ticket of the same person.")
        )
    _check_possible(ticket)
    now = timezone.now()
    merger = Relocation(kind=MERGER, ticket=ticket, into=into, by=actor, at=now)
    merger.ticket_before, merger.into_before = kept(ticket), kept(into)
    ids = list(Message.objects.filter(ticket=ticket).values_list("pk", flat=True))
    move_messages(ids, away=ticket, to=into)
    _take_turn(into, ticket, actor=actor, now=now)
    _end(ticket, into, actor=actor, now=now)
    for row in (ticket, into):
        row.save(update_fields=RELOCATING)
    merger.into_after = kept(into)
    merger.save()
    bring_follows(merger)
    record("helpdesk.ticket_merged", actor=actor, thing=ticket, changes={"into": into.pk})
    return into


@transaction.atomic
def undo_merge(*, actor: Person, ticket_id: int) -> Ticket:
    """Take a merger back: both tickets are as they were, with what was said since where it is.

    Replies that came to the other ticket meanwhile stay there (split() moves them). Mergers may be
    taken back in any order. A ticket that is not merged is left as it is.
    Raises NotSeen, NotAllowed, WrongMoment.
    """
    known = merger_of(ticket_id)  # looked at first: tickets are locked in the order of their ids
    ids = {ticket_id, known.into_id, end_of(known.into).pk} if known else {ticket_id}
    tickets = worked_tickets(actor, ids)
    ticket = tickets[ticket_id]
    merger = merger_of(ticket_id)
    if merger is None:
        if ticket.state == State.MERGED:
            raise WrongMoment(_("Its messages went back where they came from: split them again."))
        return ticket
    check_all_locked([merger.into_id, end_of(merger.into).pk], tickets)
    into = tickets[merger.into_id]
    merger.undone_at = timezone.now()
    merger.save(update_fields=["undone_at"])
    there = Message.objects.filter(ticket=end_of(merger.into))
    bring_home(list(there.values_list("pk", flat=True)), tickets)
    merger.follows.all().delete()
    _begin_again(ticket, merger, actor=actor)
    if take_out_effect(merger, into):
        old = into.state
        restore(into, merger.into_before)
        record_state(into, old, actor=actor)
    for row in tickets.values():
        renew_clocks(row)
        row.save(update_fields=RELOCATING)
    record("helpdesk.merger_undone", actor=actor, thing=ticket, changes={"into": into.pk})
    return ticket


def _is_of_the_same(ticket: Ticket, into: Ticket) -> bool:
    """Whether nobody who asked is shown by a merger what they do not see without it."""
    if ticket.requester_id == into.requester_id:
        return True
    pairs = ((ticket.requester, into), (into.requester, ticket))
    return all(Ticket.objects.asked_by(who).filter(pk=other.pk).exists() for who, other in pairs)


def _check_possible(ticket: Ticket) -> None:
    possible = states.moves(ticket.state, Side.AGENT)
    if State.MERGED not in possible:
        raise WrongMoment(
            _("Open the ticket again first."), code="state_not_possible", allowed=possible
        )


def _take_turn(into: Ticket, ticket: Ticket, *, actor: Person, now: datetime) -> None:
    """Let the target wait for us when what is merged into it did, since the earlier of the two."""
    into.last_activity_at = max(into.last_activity_at, ticket.last_activity_at)
    if ticket.state not in FOR_US:
        return
    if into.state in FOR_US:
        into.waiting_since = min(into.waiting_since, ticket.waiting_since)
        return
    move(into, State.WAITING_US, actor=actor, now=now)
    into.waiting_since = ticket.waiting_since


def _end(ticket: Ticket, into: Ticket, *, actor: Person, now: datetime) -> None:
    """End a ticket in another; nobody has it in hand any more."""
    Assignment.objects.filter(ticket=ticket, ended_at=None).update(ended_at=now)
    ticket.assignee = None
    ticket.merged_into = into
    move(ticket, State.MERGED, actor=actor, now=now)


def _begin_again(ticket: Ticket, merger: Relocation, *, actor: Person) -> None:
    """Bring a merged ticket back to its state, and into the hands it was in."""
    ticket.merged_into = None
    restore(ticket, merger.ticket_before)
    if ticket.assignee_id is not None:
        ended = Assignment.objects.filter(ticket=ticket, ended_at=merger.at)
        ended.update(ended_at=None)
    record_state(ticket, State.MERGED, actor=actor)
