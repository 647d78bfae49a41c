"""Which ticket is next: the nearest deadline, but never without the free ones' share.

Pure: no database, no clock. The action that gives tickets out and the simulation both ask here.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

WINDOW: Final = 20  # picks in a row in which the shares below hold; the floor holds in all picks
AGED_PERCENT: Final = 50  # what free tickets get once one has waited longer than is patient
AHEAD_PERCENT: Final = 75  # what they get at most while the nearest promise is far off
LEAST_PERCENT: Final = 10  # what they get however far ahead they are, if the floor is that high
FAR_OFF: Final = timedelta(hours=3)  # of service
MOST_CREDIT: Final = 50  # picks that free tickets had ahead of the floor, and no more are counted
FLOOR_PERCENT: Final = 40
PATIENCE: Final = timedelta(days=3)


class Kind(StrEnum):
    PAID = "paid"
    FREE = "free"


class Why(StrEnum):
    """Why this one: the only kind there is, the share of the free, its age, that the paid have
    time, its deadline.
    """

    ALONE = "alone"
    FLOOR = "floor"
    AGED = "aged"
    AHEAD = "ahead"
    NEAREST = "nearest"


@dataclass(frozen=True)
class Waiting:
    """The first of its kind that waits: its place in the queue, and since when it waits.

    is_far_off: whether that place is a promise more than FAR_OFF of service away.
    """

    due_at: datetime
    since: datetime
    is_far_off: bool = False


@dataclass(frozen=True)
class Recent:
    """What was picked while both kinds waited. total, free: of the last WINDOW - 1, how many.

    credit: how far the free ones are ahead of the floor, in hundredths of a pick (credit_after).
    """

    total: int = 0
    free: int = 0
    credit: int = 0


@dataclass(frozen=True)
class Policy:
    """floor_percent: the least share of the free. patience: how long one waits until it is aged."""

    floor_percent: int = FLOOR_PERCENT
    patience: timedelta = PATIENCE


@dataclass(frozen=True)
class Choice:
    kind: Kind
    why: Why
    both_waiting: bool


def choose(
    paid: Waiting | None, free: Waiting | None, recent: Recent, policy: Policy, *, now: datetime
) -> Choice | None:
    """Return which kind's first ticket is next, None when none waits.

    The nearest deadline goes first; a free ticket's is never later than the end of patience. Of
    all picks made while both kinds waited, at least floor_percent go to free ones, rounded down.
    While the nearest promise is far off more of them do, so that the paid can have the picks that
    follow when many of them come at once, though of any WINDOW picks in a row at least
    LEAST_PERCENT go to free ones. Of those made after the first free one has waited longer than
    patience, at least AGED_PERCENT do.
    """
    if paid is None or free is None:
        if paid is None and free is None:
            return None
        return Choice(Kind.FREE if paid is None else Kind.PAID, Why.ALONE, both_waiting=False)
    aged_at = free.since + policy.patience
    least = min(LEAST_PERCENT, policy.floor_percent)
    is_behind = credit_after(Kind.PAID, recent.credit, policy.floor_percent) <= -100
    if is_behind or is_due(recent, least):
        return Choice(Kind.FREE, Why.FLOOR, both_waiting=True)
    if aged_at <= now and is_due(recent, AGED_PERCENT):
        return Choice(Kind.FREE, Why.AGED, both_waiting=True)
    has_room = policy.floor_percent > 0 and recent.credit < MOST_CREDIT * 100
    if paid.is_far_off and has_room and is_due(recent, AHEAD_PERCENT):
        return Choice(Kind.FREE, Why.AHEAD, both_waiting=True)
    kind = Kind.FREE if min(free.due_at, aged_at) < paid.due_at else Kind.PAID
    return Choice(kind, Why.NEAREST, both_waiting=True)


def credit_after(kind: Kind, credit: int, floor_percent: int) -> int:
    """Return how far the free ones are ahead of the floor after one more pick of a kind.

    In hundredths of a pick, up to MOST_CREDIT picks: what goes beyond is given, not lent. Without
    a floor nothing is counted.
    """
    if not floor_percent:
        return 0
    return min(credit + (100 if kind == Kind.FREE else 0) - floor_percent, MOST_CREDIT * 100)


def is_due(recent: Recent, percent: int) -> bool:
    """Whether the next pick must be a free one for this share to hold in any WINDOW in a row.

    Until the window is full, the share of the picks so far, rounded down: the first pick is the
    nearest deadline's. A full window's share is rounded up: any WINDOW picks in a row hold it, as
    the one that falls out takes at most one free pick along, and that one is made good at once.
    """
    picks = recent.total + 1
    least = percent * picks // 100 if picks < WINDOW else -(-percent * WINDOW // 100)
    return recent.free < least
