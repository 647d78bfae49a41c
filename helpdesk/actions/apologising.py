"""Saying sorry for a promise we missed: by itself, once each."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from core.journal import record
from helpdesk.models import Apology, Clock, ClockQuerySet, Ticket
from helpdesk.states import State

FRESH = timedelta(days=7)  # after a long silence of the worker: who hears it now wonders why
# Answered, or asked back, before we said it; once the answer is old, sorry is no news any more.
FRESH_WHEN_DONE = timedelta(days=1)
AT_ONCE = 200


def apologise() -> int:
    """Say sorry for the answers and solutions that came late, or have not come; say how many.

    A promise broken is one, whether it was fulfilled before anybody looked or not.
    """
    late = [
        row
        for clocks in _unspoken(timezone.now())
        for row in clocks.order_by("due_at", "pk").values_list("due_at", "pk")[:AT_ONCE]
    ]
    return sum(_say_sorry(pk) for _due_at, pk in sorted(late)[:AT_ONCE])


def _unspoken(now: datetime) -> list[ClockQuerySet]:
    """Return the clocks that are or were late, nothing having been said of it.

    Those that run, those that stand still, those that ended: a statement each, for its index each.
    A merged ticket's are not among them: what was asked goes on in another.
    """
    since = now - FRESH_WHEN_DONE
    every = Clock.objects
    of_us = every.overdue(now).filter(due_at__gt=now - FRESH, ticket__waits_for="us")
    same = {name: OuterRef(name) for name in ("ticket", "kind", "turn")}
    said = Apology.objects.filter(**same)
    return [
        clocks.filter(~Exists(said)).exclude(ticket__state=State.MERGED)
        for clocks in (of_us, every.stopped_late(since), every.ended_late(since))
    ]


@transaction.atomic
def _say_sorry(clock_id: int) -> bool:
    """Write it down, for the follower to mail; whether it was not said before."""
    now = timezone.now()
    # The ticket is locked before its clock is read: an answer may arrive this moment.
    ticket = Ticket.objects.select_for_update(of=("self",)).get(clocks=clock_id)
    found = (clocks.filter(pk=clock_id).first() for clocks in _unspoken(now))
    clock = next(filter(None, found), None)
    if clock is None or clock.due_at is None:
        return False
    Apology.objects.create(
        ticket=ticket, kind=clock.kind, turn=clock.turn, due_at=clock.due_at, at=now
    )
    is_owed = clock.ended_at is None and clock.paused_at is None
    record(
        "helpdesk.promise_missed",
        actor=None,
        thing=ticket,
        changes={
            "kind": str(clock.kind),
            "due": int(clock.due_at.timestamp()),
            **({} if is_owed else {"is_over": True}),
        },
        at=now,
    )
    return True
