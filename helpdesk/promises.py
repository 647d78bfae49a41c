"""What a ticket's history makes of its level's promises. Pure: no database, no clock of its own.

Always worked out anew from the whole history, never carried on from what was stored.

- The first response runs from the opening to our first answer; the next one from each time the
  ticket waits for us again to our answer; the solution from the opening until it is solved.
- While the ticket waits for the requester, all stand still. So they do while it is solved or
  closed: opened again, first response and solution go on, and a next response starts anew.
- After an answer of ours that leaves the ticket with us ("we come back"), the next response runs
  from there or, where we named a date, from that date on; a word of the requester ends the delay.
  What was owed before the date was named runs on: nobody puts off a promise by naming a date.
- A merge that is undone has not been.
"""

from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from helpdesk.clocks import (
    TURN_WITHOUT_PROMISE,
    NoPromise,
    ServiceHours,
    after_service,
    service_between,
)
from helpdesk.states import FOR_US, State

NOTHING = timedelta(0)


class Kind(TextChoices):
    FIRST_RESPONSE = "first_response", _("first answer")
    NEXT_RESPONSE = "next_response", _("next answer")
    SOLUTION = "solution", _("solution")


class Outcome(TextChoices):
    RUNNING = "", _("running")
    KEPT = "kept", _("kept")
    MISSED = "missed", _("missed")
    UNPROMISED = "unpromised", _("done, nothing was promised")
    DROPPED = "dropped", _("nothing was owed any more")


class What(TextChoices):
    ASKED = "asked"  # the requester's side said something
    ANSWERED = "answered"  # a person of ours did, to the requester's side
    MOVED = "moved"  # to `state`
    SET_ASIDE = "set_aside"  # until `until`
    WOKEN = "woken"  # the date came, or somebody took it up before
    PROMISED = "promised"  # something else, `terms`, from here on


@dataclass(frozen=True)
class Terms:
    """What a level promises, as lengths of service in these hours; None: measured alone."""

    first_response: timedelta | None
    next_response: timedelta | None
    solution: timedelta | None
    hours: ServiceHours


@dataclass(frozen=True)
class Event:
    at: datetime
    what: What
    state: str = ""
    until: datetime | None = None
    terms: Terms | None = None


@dataclass(frozen=True)
class ClockFacts:
    """One clock. due_at: as reckoned when it last ran; None where nothing is promised.

    turn: which of its kind. paused_at: since when it stands still. Seconds are of service.
    """

    kind: str
    turn: int
    started_at: datetime
    due_at: datetime | None
    paused_at: datetime | None
    paused_seconds: int
    spent_seconds: int
    ended_at: datetime | None
    outcome: str


@dataclass(frozen=True)
class Standing:
    """A ticket's clocks, and what follows for its place in the queue.

    turn_at: the nearest deadline that runs or, where none is promised, a week from when the turn
    began; once the ticket is not with us, as it was last. Both deadlines are None unless running.
    """

    clocks: tuple[ClockFacts, ...]
    turn_at: datetime
    answer_due_at: datetime | None
    solution_due_at: datetime | None
    first_response_due_at: datetime | None
    first_response_at: datetime | None


def standing_of(terms: Terms, opened_at: datetime, events: Iterable[Event]) -> Standing:
    """Work out a ticket's clocks from its history; events: in the order of time."""
    walk = _Walk(terms, opened_at)
    for at, together in groupby(events, key=lambda event: event.at):
        for event in together:
            walk.take(event)
        walk.settle(at)
    return walk.standing()


@dataclass
class _Clock:
    """A clock as it goes. runs_since: None while it stands still."""

    kind: Kind
    turn: int
    target: timedelta | None
    hours: ServiceHours
    started_at: datetime
    runs_since: datetime | None = None
    due_at: datetime | None = None
    paused_at: datetime | None = None
    paused: timedelta = NOTHING
    spent: timedelta = NOTHING
    ended_at: datetime | None = None
    outcome: Outcome = Outcome.RUNNING

    def run(self, at: datetime) -> None:
        """Run from a moment on, which may be still to come."""
        if self.paused_at is not None:
            self.paused += service_between(self.paused_at, at, self.hours)
        self.runs_since, self.paused_at = at, None
        self.ended_at, self.outcome = None, Outcome.RUNNING
        if self.target is None:
            self.due_at = None
        elif self.due_at is None or self.spent < self.target:
            self._reckon(at, self.target)

    def _reckon(self, at: datetime, target: timedelta) -> None:
        try:
            self.due_at = after_service(at, target - self.spent, self.hours)
        except NoPromise:
            self.due_at = None

    def promise(self, at: datetime, target: timedelta | None, hours: ServiceHours) -> None:
        """Go on by another promise from here; what ended stays as it ended.

        What was spent counts. What would have been due before is due now, or as it was already.
        """
        runs_since = self.runs_since
        self.stop(at)
        self.target, self.hours = target, hours
        if self.ended_at is not None:
            return
        if target is None:
            self.due_at = None
        elif self.spent >= target:
            self.due_at = at if self.due_at is None else min(self.due_at, at)
        elif runs_since is None:
            self._reckon(self.paused_at or at, target)
        if runs_since is not None:
            self.run(max(runs_since, at))

    def stop(self, at: datetime) -> None:
        """Stand still, unless it does already; what was still to start has started and stopped."""
        if self.runs_since is None:
            return
        if self.runs_since < at:
            self.spent += service_between(self.runs_since, at, self.hours)
        self.started_at = min(self.started_at, at)
        self.runs_since, self.paused_at = None, at

    def end(self, at: datetime, *, fulfilled: bool) -> None:
        """End it; what ends late was missed, whether it was fulfilled or not."""
        self.stop(at)
        self.ended_at = at
        last_ran_at = self.paused_at or at
        if self.due_at is not None and last_ran_at > self.due_at:
            self.outcome = Outcome.MISSED
        elif not fulfilled:
            self.outcome = Outcome.DROPPED
        else:
            self.outcome = Outcome.UNPROMISED if self.due_at is None else Outcome.KEPT

    def begin_at(self, at: datetime) -> None:
        """Start anew at another moment, as if it had not run before."""
        self.started_at, self.due_at, self.paused_at = at, None, None
        self.spent = self.paused = NOTHING
        self.run(at)

    def facts(self) -> ClockFacts:
        second = timedelta(seconds=1)
        return ClockFacts(
            kind=str(self.kind),
            turn=self.turn,
            started_at=self.started_at,
            due_at=self.due_at,
            paused_at=None if self.ended_at else self.paused_at,
            paused_seconds=self.paused // second,
            spent_seconds=self.spent // second,
            ended_at=self.ended_at,
            outcome=str(self.outcome),
        )


@dataclass
class _Walk:
    """A ticket on its way through its history."""

    terms: Terms
    opened_at: datetime
    state: str = State.NEW
    is_owed: bool = True  # the requester said something that we have not answered
    aside_until: datetime | None = None
    first_answer_at: datetime | None = None
    clocks: list[_Clock] = field(default_factory=list)
    response: _Clock | None = None
    turn_at: datetime = field(init=False)
    before_merge: "_Walk | None" = None

    def __post_init__(self) -> None:
        self.solution = self._new(Kind.SOLUTION, self.terms.solution, self.opened_at)
        self.settle(self.opened_at)

    def take(self, event: Event) -> None:
        """Take in one event; what it means for the clocks is settled once all of its moment are."""
        if self.before_merge is not None:
            if event.what == What.MOVED and event.state != State.MERGED:
                self._undo_merge(self.before_merge)
            else:
                return
        if event.what == What.ASKED:
            self.is_owed, self.aside_until = True, None
        elif event.what == What.ANSWERED:
            self._answered(event.at)
        elif event.what == What.SET_ASIDE:
            self.aside_until = event.until
        elif event.what == What.WOKEN:
            self.aside_until = None
        elif event.terms is not None:
            self._promised(event.at, event.terms)
        elif event.state != self.state:
            self._moved(event)

    def _answered(self, at: datetime) -> None:
        self.first_answer_at = self.first_answer_at or at
        self.is_owed = False
        if self.response is not None:
            self.response.end(at, fulfilled=True)
            self.response = None

    def _promised(self, at: datetime, terms: Terms) -> None:
        self.terms = terms
        self.solution.promise(at, terms.solution, terms.hours)
        if self.response is not None:
            is_first = self.response.kind == Kind.FIRST_RESPONSE
            target = terms.first_response if is_first else terms.next_response
            self.response.promise(at, target, terms.hours)

    def _moved(self, event: Event) -> None:
        if event.state == State.MERGED:
            self.before_merge = deepcopy(self)
        if event.state != State.WAITING_US:
            self.aside_until = None
        if event.state == State.SOLVED:
            self.solution.end(event.at, fulfilled=True)
        self.state = event.state

    def _undo_merge(self, before: "_Walk") -> None:
        vars(self).update(vars(before))

    def settle(self, at: datetime) -> None:
        """Let run what runs in this state, and stop what does not."""
        if self.state in FOR_US:
            self.response = self._running_response(at)
            if self.solution.runs_since is None:
                self.solution.run(at)
            self.turn_at = self._nearest_deadline(self.response)
        elif self.state == State.WAITING_REQUESTER:
            self._reopen_solution(at)
            for clock in (self.response, self.solution):
                if clock is not None:
                    clock.stop(at)
        else:
            self._end(at)

    def _running_response(self, at: datetime) -> _Clock:
        begins, clock = at, self.response
        if self.aside_until is not None and not self.is_owed:
            begins = max(self.aside_until, at)
        if clock is None:
            return self._new_response(begins)
        if clock.runs_since is None:
            clock.run(begins)
        elif max(begins, clock.runs_since) > at and begins != clock.runs_since:
            clock.begin_at(begins)
        return clock

    def _new_response(self, begins: datetime) -> _Clock:
        if self.first_answer_at is None:
            return self._new(Kind.FIRST_RESPONSE, self.terms.first_response, begins)
        return self._new(Kind.NEXT_RESPONSE, self.terms.next_response, begins)

    def _new(self, kind: Kind, target: timedelta | None, begins: datetime) -> _Clock:
        turn = 1 + sum(clock.kind == kind for clock in self.clocks)
        clock = _Clock(kind, turn, target, self.terms.hours, begins)
        clock.run(begins)
        self.clocks.append(clock)
        return clock

    def _reopen_solution(self, at: datetime) -> None:
        if self.solution.ended_at is not None:
            self.solution.run(at)

    def _end(self, at: datetime) -> None:
        """End what is not owed any more; a first response may go on, should it be opened again."""
        if self.solution.ended_at is None:
            self.solution.end(at, fulfilled=False)
        if self.response is not None and self.response.ended_at is None:
            self.response.end(at, fulfilled=False)
            if self.response.kind == Kind.NEXT_RESPONSE:
                self.response = None

    def _nearest_deadline(self, response: _Clock) -> datetime:
        unpromised = (response.runs_since or response.started_at) + TURN_WITHOUT_PROMISE
        due = response.due_at or unpromised
        return due if self.solution.due_at is None else min(due, self.solution.due_at)

    def standing(self) -> Standing:
        facts = tuple(clock.facts() for clock in self.clocks)
        is_ours = self.state in FOR_US
        first = next((one for one in facts if one.kind == Kind.FIRST_RESPONSE), None)
        return Standing(
            clocks=facts,
            turn_at=self.turn_at,
            answer_due_at=self.response.due_at if is_ours and self.response else None,
            solution_due_at=self.solution.due_at if is_ours else None,
            first_response_due_at=first.due_at if first else None,
            first_response_at=self.first_answer_at,
        )
