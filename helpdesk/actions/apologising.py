"""Saying sorry for a promise we missed: by itself, once each."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from core.journal import record
from helpdesk.models import Apology, Clock, ClockQuerySet, Ticket

FRESH = timedelta(days=7)  # after a long silence of the worker: who hears it now wonders why
AT_ONCE = 200


def apologise() -> int:
    """Say sorry for the answers and solutions that are late by now; return how many."""
    late = _unspoken(timezone.now()).order_by("due_at", "pk")
    return sum(_say_sorry(pk) for pk in late.values_list("pk", flat=True)[:AT_ONCE])


def _unspoken(now: datetime) -> ClockQuerySet:
    """Return the clocks that run late, nothing having been said of it; not those that stand still
    while we wait for the requester."""
    same = {name: OuterRef(name) for name in ("ticket", "kind", "turn")}
    said = Apology.objects.filter(**same)
    late = Clock.objects.overdue(now).filter(due_at__gt=now - FRESH)
    return late.filter(~Exists(said), ticket__waits_for="us")


@transaction.atomic
def _say_sorry(clock_id: int) -> bool:
    """Write it down, for the follower to mail; whether it was not said before."""
    now = timezone.now()
    # The ticket is locked before its clock is read: an answer may arrive this moment.
    ticket = Ticket.objects.select_for_update(of=("self",)).get(clocks=clock_id)
    clock = _unspoken(now).filter(pk=clock_id).first()
    if clock is None or clock.due_at is None:
        return False
    Apology.objects.create(
        ticket=ticket, kind=clock.kind, turn=clock.turn, due_at=clock.due_at, at=now
    )
    record(
        "helpdesk.promise_missed",
        actor=None,
        thing=ticket,
        changes={"kind": str(clock.kind), "due": int(clock.due_at.timestamp())},
        at=now,
    )
    return True
