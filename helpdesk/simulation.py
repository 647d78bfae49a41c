"""A month at the help desk, event by event, from a seed: what the fairness floor brings and costs.

Pure. The choice of the next ticket is helpdesk.fairness.choose, the same that agents get; beside
it runs the plain rule of other desks: the nearest promise first, and what has none comes last.
Time here is working time laid end to end: a day is DAY of it, nights and holidays are cut out.
"""

import heapq
import random
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from helpdesk.fairness import FAR_OFF, WINDOW, Kind, Policy, Recent, Waiting, choose, credit_after

DAY: Final = timedelta(hours=8)  # of service
MEAN_WORK: Final = timedelta(minutes=30)  # a ticket, exponentially distributed
PROMISES: Final = (timedelta(hours=4), timedelta(hours=8))  # of the paid levels, in equal parts
NO_PROMISE: Final = 7 * DAY  # the place in the queue of what is promised nothing
START: Final = datetime(2026, 1, 5, 8, tzinfo=UTC)
WELL_KEPT: Final = 0.95  # of the paid promises, and
MOST_FREE_DAYS: Final = 5.0  # working days a free ticket waits at most: agents enough for a load


@dataclass(frozen=True)
class Load:
    """A help desk's month. paid, free: the work that comes in, as parts of what agents can do."""

    days: int = 30
    agents: int = 10
    paid: float = 0.6
    free: float = 0.3
    floor_percent: int = 40
    patience_days: float = 3
    seed: int = 1

    @property
    def policy(self) -> Policy:
        """The rule the agents get their tickets by."""
        return Policy(self.floor_percent, self.patience_days * DAY)


@dataclass(frozen=True)
class Arrival:
    """A ticket that comes in; promise: until the answer; None for a free one."""

    at: datetime
    work: timedelta
    promise: timedelta | None

    def waiting(self, now: datetime) -> Waiting:
        due_at = self.at + (self.promise or NO_PROMISE)
        return Waiting(due_at, self.at, is_far_off=due_at - now > FAR_OFF)


@dataclass
class Desk:
    """What waits, and what was picked while both kinds waited (True: a free one; the credit)."""

    paid: list[tuple[datetime, int, Arrival]] = field(default_factory=list)
    free: deque[Arrival] = field(default_factory=deque)
    picks: deque[bool] = field(default_factory=lambda: deque(maxlen=WINDOW - 1))
    credit: int = 0

    def arrive(self, number: int, arrival: Arrival) -> None:
        """Let a ticket wait; the free ones stand in line by age, as their places are alike."""
        if arrival.promise is None:
            self.free.append(arrival)
        else:
            heapq.heappush(self.paid, (arrival.at + arrival.promise, number, arrival))

    def take(self, kind: Kind) -> Arrival:
        """Take the first of a kind."""
        return self.free.popleft() if kind == Kind.FREE else heapq.heappop(self.paid)[2]


Rule = Callable[[Desk, datetime], Kind | None]


@dataclass(frozen=True)
class Outcome:
    """paid_kept: the part of the paid promises kept, 0–1. free_wait_max_days: working days."""

    paid_kept: float
    free_wait_max_days: float


@dataclass(frozen=True)
class Report:
    """The same month by both rules, and how many agents this work needs under the floor.

    agents_needed: the fewest with WELL_KEPT of the promises kept and no free wait above
    MOST_FREE_DAYS.
    """

    paid_kept: float
    paid_kept_plain: float
    free_wait_max_days: float
    free_wait_max_days_plain: float
    agents_needed: int


def simulate(load: Load) -> Report:
    """Run one month by the floor and by the plain rule, on the same tickets."""
    arrivals = arrivals_of(load)
    ours = run(arrivals, load, by_floor(load.policy))
    plain = run(arrivals, load, nearest_promise)
    return Report(
        paid_kept=ours.paid_kept,
        paid_kept_plain=plain.paid_kept,
        free_wait_max_days=ours.free_wait_max_days,
        free_wait_max_days_plain=plain.free_wait_max_days,
        agents_needed=agents_needed(arrivals, load),
    )


def arrivals_of(load: Load) -> list[Arrival]:
    """Return what comes in, by time: a stream of each kind, at random, of exponential work.

    The work of each kind adds up to what the load says: a month that happens to bring more would
    tell of another load.
    """
    dice = random.Random(load.seed)  # noqa: S311  (no secret: the same seed, the same month)
    paid = _stream(dice, load, load.paid, PROMISES)
    free = _stream(dice, load, load.free, (None,))
    return sorted([*paid, *free], key=lambda arrival: arrival.at)


def _stream(
    dice: random.Random, load: Load, part: float, promises: Sequence[timedelta | None]
) -> list[Arrival]:
    """Return the tickets of one kind, whose work is this part of what the agents can do."""
    capacity = load.days * load.agents * DAY
    count = round(part * capacity / MEAN_WORK)
    works = [dice.expovariate(1) for _n in range(count)]
    unit = part * capacity / sum(works) if works else MEAN_WORK
    length = load.days * DAY
    return [
        Arrival(START + dice.random() * length, work * unit, dice.choice(promises))
        for work in works
    ]


def by_floor(policy: Policy) -> Rule:
    """Return the rule that agents get their next ticket by."""

    def rule(desk: Desk, now: datetime) -> Kind | None:
        paid = desk.paid[0][2].waiting(now) if desk.paid else None
        free = desk.free[0].waiting(now) if desk.free else None
        recent = Recent(len(desk.picks), sum(desk.picks), desk.credit)
        choice = choose(paid, free, recent, policy, now=now)
        if choice is not None and choice.both_waiting:
            desk.picks.append(choice.kind == Kind.FREE)
            desk.credit = credit_after(choice.kind, desk.credit, policy.floor_percent)
        return None if choice is None else choice.kind

    return rule


def nearest_promise(desk: Desk, _now: datetime) -> Kind | None:
    """The plain rule: the nearest promise; tickets without one come after all that have one."""
    if desk.paid:
        return Kind.PAID
    return Kind.FREE if desk.free else None


def run(arrivals: list[Arrival], load: Load, rule: Rule) -> Outcome:
    """Give the tickets to the agents, each taking the next one when free; tell how it went.

    A promise is kept when the work is done in time. What is not picked at the end counts as it
    stands then: a free ticket with its wait so far, a promise as broken when its time is over.
    """
    desk = Desk()
    idle_from = [START] * load.agents  # a heap: when each agent is done
    end = START + load.days * DAY
    kept = broken = 0
    longest = timedelta(0)
    coming = 0
    while coming < len(arrivals) or desk.paid or desk.free:
        now = idle_from[0]
        if not desk.paid and not desk.free:
            now = max(now, arrivals[coming].at)
        if now >= end:
            break
        while coming < len(arrivals) and arrivals[coming].at <= now:
            desk.arrive(coming, arrivals[coming])
            coming += 1
        kind = rule(desk, now)
        if kind is None:
            break
        ticket = desk.take(kind)
        heapq.heapreplace(idle_from, now + ticket.work)
        if ticket.promise is None:
            longest = max(longest, now - ticket.at)
        elif now + ticket.work <= ticket.at + ticket.promise:
            kept += 1
        else:
            broken += 1
    for number in range(coming, len(arrivals)):
        desk.arrive(number, arrivals[number])
    broken += sum(due <= end for due, _number, _ticket in desk.paid)
    longest = max([longest, *(end - ticket.at for ticket in desk.free)])
    return Outcome(kept / (kept + broken) if kept + broken else 1.0, longest / DAY)


def agents_needed(arrivals: list[Arrival], load: Load) -> int:
    """Return the fewest agents for this work.

    Counted up from half of what the work takes: fewer cannot even do it. With an agent for each
    ticket none waits at all, which ends the count.
    """
    work = sum((ticket.work for ticket in arrivals), timedelta(0))
    fewest = max(1, int(work / (load.days * DAY) / 2))
    for agents in range(fewest, len(arrivals)):
        outcome = run(arrivals, replace(load, agents=agents), by_floor(load.policy))
        if outcome.paid_kept >= WELL_KEPT and outcome.free_wait_max_days <= MOST_FREE_DAYS:
            return agents
    return max(fewest, len(arrivals))
