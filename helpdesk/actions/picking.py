"""The next ticket: who gets which one, and giving it back."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import InvalidInput, NotAllowed, WrongMoment
from core.journal import STAFF, record
from helpdesk import fairness, rules
from helpdesk.actions.assigning import give
from helpdesk.actions.steps import MOVING, move, put_in_hand, ticket_of
from helpdesk.fairness import Kind
from helpdesk.models import Fairness, Pick, Skip, Ticket
from helpdesk.queries import picking
from helpdesk.queries.states import check_not_merged
from helpdesk.states import State
from people.models import Person

SKIPPED_FOR: Final = timedelta(days=7)


@transaction.atomic
def take_next(*, actor: Person) -> Ticket | None:
    """Take the ticket that is next for this agent; None when none waits for them.

    Which one: fairness.choose, among those whose language and skills fit. Picks are made one
    after the other, under the lock of the floor's row, so that each counts those before; a ticket
    that another action holds at this moment is passed over.
    Raises NotAllowed, WrongMoment (hands_full, hours_given: what the agent offered is given).
    """
    if not rules.is_agent(actor):
        raise NotAllowed(_("The queue is the agents' room."))
    floor, _is_new = Fairness.objects.select_for_update().get_or_create(pk=1)
    now = timezone.now()
    _check_offer(actor, now)
    found = _choose_and_lock(actor, floor, now)
    if found is None:
        return None
    ticket, choice = found
    before = floor.credit
    if choice.both_waiting:
        floor.credit = fairness.credit_after(choice.kind, before, floor.floor_percent)
        floor.save(update_fields=["credit"])
    Pick.objects.create(
        person=actor,
        ticket=ticket,
        kind=str(choice.kind),
        why=str(choice.why),
        both_waiting=choice.both_waiting,
        credit=floor.credit - before,
        at=now,
    )
    return give(ticket, actor, actor=actor)


@transaction.atomic
def change_floor(floor: Fairness, fields: Collection[str]) -> None:
    """Write these fields of the floor's row, and no others: picks count on meanwhile.

    With another share the free ones' credit, which was given under the old one, is gone; what
    they lack stays.
    """
    before = Fairness.objects.select_for_update().get(pk=floor.pk)
    floor.credit = before.credit
    if floor.floor_percent != before.floor_percent and "floor_percent" in fields:
        floor.credit = min(before.credit, 0)
    floor.save(update_fields={*fields, "credit"})


def _choose_and_lock(
    actor: Person, floor: Fairness, now: datetime
) -> tuple[Ticket, fairness.Choice] | None:
    """Return the chosen ticket, locked, and why; chooses anew when another action holds it."""
    rows = picking.fitting(actor, now=now, patience=floor.policy.patience)
    paid, recent = picking.paid_versions(), picking.recent_picks(floor)
    held: list[int] = []
    while True:
        first = {
            kind: picking.of_kind(rows.exclude(pk__in=held), kind, paid).first() for kind in Kind
        }
        waiting = {
            kind: None if row is None else picking.as_waiting(row, paid, now)
            for kind, row in first.items()
        }
        choice = fairness.choose(
            waiting[Kind.PAID], waiting[Kind.FREE], recent, floor.policy, now=now
        )
        if choice is None:
            return None
        chosen = first[choice.kind]
        assert chosen is not None  # noqa: S101  (the decision chooses among what is there)
        # Read again under its lock: someone may have taken it by hand since.
        locked = rows.select_for_update(of=("self",), skip_locked=True).filter(pk=chosen.pk).first()
        if locked is not None:
            return locked, choice
        held.append(chosen.pk)


def _check_offer(actor: Person, now: datetime) -> None:
    """Raise WrongMoment for an agent who has as much as they offered to give."""
    offer = picking.offer_of(actor)
    if offer.most_tickets is not None and picking.tickets_in_hand(actor) >= offer.most_tickets:
        raise WrongMoment(
            _("You have as many tickets in hand as you offered to take: %(n)s.")
            % {"n": offer.most_tickets},
            code="hands_full",
        )
    minutes = offer.weekly_minutes
    if minutes is not None and picking.minutes_given(actor, now) >= minutes:
        raise WrongMoment(
            _("You gave the hours you offered for these seven days. Thank you."),
            code="hours_given",
        )


@transaction.atomic
def skip(*, actor: Person, ticket_id: int, reason: str) -> Skip:
    """Give a ticket back that one has in hand, and not be given it again for seven days.

    It keeps its place in the queue, and the floor no longer counts its pick. Once given back,
    the same again is no change.
    Raises NotSeen, NotAllowed, WrongMoment (merged; not_in_hand), InvalidInput (reason).
    """
    ticket = ticket_of(actor, ticket_id)
    if not rules.can_work(actor, ticket):
        raise NotAllowed
    if reason not in Skip.Reason.values:
        raise InvalidInput.of("reason", "invalid_choice", _("Choose one of the reasons."))
    check_not_merged(ticket)
    now = timezone.now()
    if ticket.assignee_id != actor.pk:
        before = Skip.objects.filter(ticket=ticket, person=actor, until__gt=now).last()
        if before is None or ticket.assignee_id is not None:
            raise WrongMoment(_("You do not have this ticket in hand."), code="not_in_hand")
        return before
    pick = _open_pick(actor, ticket)
    if pick is not None and pick.credit:
        _uncount(pick)
    row = Skip.objects.create(
        ticket=ticket,
        person=actor,
        pick=pick,
        reason=reason,
        at=now,
        until=now + SKIPPED_FOR,
    )
    record(
        "helpdesk.ticket_skipped",
        actor=actor,
        thing=ticket,
        audience=STAFF,
        changes={"reason": reason},
    )
    put_in_hand(ticket, None, actor=actor, now=now)
    if ticket.state == State.OPEN:
        move(ticket, State.WAITING_US, actor=actor, now=now)
    ticket.save(update_fields=MOVING)
    return row


def _open_pick(actor: Person, ticket: Ticket) -> Pick | None:
    """Return the pick that is undone: the last one, unless it was given back before."""
    rows = Pick.objects.filter(person=actor, ticket=ticket, given_back=None)
    return rows.order_by("-pk").first()


def _uncount(pick: Pick) -> None:
    """Let the floor count a pick no more: the free ones' credit is as if it had not been."""
    floor = Fairness.objects.select_for_update().get(pk=1)
    floor.credit = min(floor.credit - pick.credit, fairness.MOST_CREDIT * 100)
    floor.save(update_fields=["credit"])
