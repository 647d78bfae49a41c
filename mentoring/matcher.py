"""Who could learn with whom: pure, without database or clock.

Hard conditions: two persons who may be put together, a common language, a wanted skill that is
offered, and at least an hour together in most of the next twelve weeks by the clocks of both
zones. Of all ways to pair, one that helps as many people as possible, and of these one with the
best sum of scores.
Source of the assignment: minimum-cost flow, solved by OR-tools' SimpleMinCostFlow.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

WEEKS = 12
WEEKS_NEEDED = 7
MINUTES_NEEDED = 60
BEST_LEVEL = 3
COST_OF_ONE = 1000  # scores count in thousandths
WEIGHTS = {"skills": 0.3, "level": 0.25, "weeks": 0.2, "language": 0.15, "place": 0.1}
Reason = dict[str, Any]


@dataclass(frozen=True)
class Slot:
    """Hours of every week on a wall clock; weekday 0 is Monday; an end at 00:00 is midnight."""

    weekday: int
    start: time
    end: time


@dataclass(frozen=True)
class Side:
    """What both sides have: languages best first (BCP 47), slots in their own IANA zone.

    id: of the offer or request. place: any key of a town, or None.
    """

    id: int
    person: int
    languages: tuple[str, ...]
    slots: tuple[Slot, ...]
    zone: str
    place: int | None = None


@dataclass(frozen=True)
class Learner(Side):
    """skills: the wanted ones."""

    skills: tuple[int, ...] = ()


@dataclass(frozen=True)
class Mentor(Side):
    """levels: of each offered skill, 1 to 3 (the best). places: how many more can be mentored."""

    levels: Mapping[int, int] = field(default_factory=dict)
    places: int = 1


@dataclass(frozen=True)
class Meeting:
    """Hours a pair has together, once: aware UTC start, and the week it falls in (from 0)."""

    start: datetime
    minutes: int
    week: int


@dataclass(frozen=True)
class Pair:
    """A learner and a mentor who fit. score: 0 to 1, 1 the best. reasons: see reasons_of."""

    request: int
    offer: int
    score: float
    reasons: list[Reason]


@dataclass(frozen=True)
class Outcome:
    """chosen: the pairs to propose. alone: request → why nobody is proposed (a key of WHY).

    possible: how many pairs fulfil the hard conditions.
    """

    chosen: list[Pair]
    alone: dict[int, str]
    possible: int


# Why someone stays alone: the first hard condition that leaves nobody.
WHY = ("no_skill", "no_language", "no_hours", "none_left", "no_place")


def match(
    learners: Sequence[Learner],
    mentors: Sequence[Mentor],
    *,
    first_week: date,
    apart: Collection[tuple[int, int]] = frozenset(),
    progress: Callable[[int], None] = lambda done: None,
) -> Outcome:
    """Pair as many learners as possible, with the best sum of scores; the same input, the same.

    first_week: the Monday of the first of the twelve weeks. apart: pairs of persons, in any order,
    who are not to be put together. progress: called with the number of learners compared so far.
    """
    mentors = sorted(mentors, key=lambda mentor: mentor.id)
    learners = sorted(learners, key=lambda learner: learner.id)
    hours = {mentor.id: hours_of(mentor.slots, mentor.zone, first_week) for mentor in mentors}
    not_together = {frozenset(pair) for pair in apart}
    pairs: list[Pair] = []
    alone: dict[int, str] = {}
    for number, learner in enumerate(learners, start=1):
        found, why = _fitting(learner, mentors, hours, first_week, not_together)
        pairs += found
        alone[learner.id] = why
        progress(number)
    places = {mentor.id: mentor.places for mentor in mentors}
    chosen = choose(pairs, places)
    for pair in chosen:
        del alone[pair.request]
    return Outcome(chosen=chosen, alone=alone, possible=len(pairs))


def _fitting(
    learner: Learner,
    mentors: Iterable[Mentor],
    hours: Mapping[int, Sequence[tuple[int, int]]],
    first_week: date,
    not_together: Collection[frozenset[int]],
) -> tuple[list[Pair], str]:
    """Return the pairs a learner could be in, and the key of WHY should none be chosen."""
    found, furthest = [], 0
    own_hours = hours_of(learner.slots, learner.zone, first_week)
    for mentor in mentors:
        if not set(learner.skills) & set(mentor.levels):
            continue
        furthest = max(furthest, 1)
        if not set(learner.languages) & set(mentor.languages):
            continue
        furthest = max(furthest, 2)
        together = meetings(own_hours, hours[mentor.id], learner.zone, first_week)
        if len({meeting.week for meeting in together}) < WEEKS_NEEDED:
            continue
        furthest = max(furthest, 3)
        people = frozenset((learner.person, mentor.person))
        if len(people) == 1 or people in not_together:
            continue
        furthest = 4
        if mentor.places > 0:
            found.append(pair_of(learner, mentor, together, first_week))
    return found, WHY[furthest]


def hours_of(slots: Iterable[Slot], zone: str, first_week: date) -> list[tuple[int, int]]:
    """Return when the slots are in the twelve weeks, as (start, end) in minutes since 1970 UTC.

    A day more on both sides, since a week begins earlier elsewhere; what touches is joined.
    """
    clock = ZoneInfo(zone)
    spans = []
    for number in range(-2, WEEKS * 7 + 2):
        day = first_week + timedelta(days=number)
        for slot in slots:
            if slot.weekday == day.weekday():
                end_day = day + timedelta(days=slot.end == time(0))
                start = int(datetime.combine(day, slot.start, tzinfo=clock).timestamp()) // 60
                end = int(datetime.combine(end_day, slot.end, tzinfo=clock).timestamp()) // 60
                if start < end:  # an hour that the clocks skip is none
                    spans.append((start, end))
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def meetings(
    one: Sequence[tuple[int, int]],
    other: Sequence[tuple[int, int]],
    zone: str,
    first_week: date,
) -> list[Meeting]:
    """Return the hours two have together in the twelve weeks, of at least MINUTES_NEEDED each.

    one, other: of hours_of. zone: whose Mondays begin the weeks.
    """
    clock = ZoneInfo(zone)
    found = []
    mine, theirs = 0, 0
    while mine < len(one) and theirs < len(other):
        start = max(one[mine][0], other[theirs][0])
        end = min(one[mine][1], other[theirs][1])
        if end - start >= MINUTES_NEEDED:
            moment = datetime.fromtimestamp(start * 60, UTC)
            week = (moment.astimezone(clock).date() - first_week).days // 7
            if 0 <= week < WEEKS:
                found.append(Meeting(moment, end - start, week))
        if one[mine][1] <= other[theirs][1]:
            mine += 1
        else:
            theirs += 1
    return found


def pair_of(
    learner: Learner, mentor: Mentor, together: Sequence[Meeting], first_week: date
) -> Pair:
    """Return the pair of two who fit, with its score and reasons."""
    skills = [skill for skill in learner.skills if skill in mentor.levels]
    shared = sorted(
        set(learner.languages) & set(mentor.languages),
        key=lambda code: (learner.languages.index(code) + mentor.languages.index(code), code),
    )
    rank = learner.languages.index(shared[0]) + mentor.languages.index(shared[0])
    weeks = {meeting.week for meeting in together}
    is_near = learner.place is not None and learner.place == mentor.place
    parts = {
        "skills": len(skills) / len(set(learner.skills)),
        "level": sum(mentor.levels[skill] for skill in skills) / (BEST_LEVEL * len(skills)),
        "weeks": len(weeks) / WEEKS,
        "language": 1 / (1 + rank / 2),
        "place": float(is_near),
    }
    score = round(sum(WEIGHTS[part] * value for part, value in parts.items()), 3)
    reasons: list[Reason] = [
        {"key": "skills", "skills": skills, "wanted": len(set(learner.skills))},
        {"key": "language", "languages": shared},
        {
            "key": "hours",
            "weeks": len(weeks),
            "first_week": first_week.isoformat(),
            "meetings": [
                [int(meeting.start.timestamp()) // 60, meeting.minutes, meeting.week]
                for meeting in together
            ],
        },
    ]
    if is_near:
        reasons.append({"key": "place", "place": learner.place})
    return Pair(request=learner.id, offer=mentor.id, score=score, reasons=reasons)


def choose(pairs: Sequence[Pair], places: Mapping[int, int]) -> list[Pair]:
    """Return pairs that help as many as possible, with the best sum of scores; one a request."""
    by_ids = {(pair.request, pair.offer): pair for pair in pairs}
    costs = {ids: COST_OF_ONE - round(pair.score * COST_OF_ONE) for ids, pair in by_ids.items()}
    return [by_ids[ids] for ids in assign(costs, places)]


def assign(
    costs: Mapping[tuple[int, int], int], places: Mapping[int, int]
) -> list[tuple[int, int]]:
    """Return as many (left, right) of `costs` as possible, and of these at the least cost.

    Each left once; each right at most `places` times. Costs: whole numbers, none below 0. In the
    order of the ids. OR-tools is loaded here alone, so that web processes never carry it.
    """
    from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

    if not costs:
        return []
    lefts = sorted({left for left, _right in costs})
    rights = sorted({right for _left, right in costs})
    source, sink = 0, 1
    left_node = {left: 2 + index for index, left in enumerate(lefts)}
    right_node = {right: 2 + len(lefts) + index for index, right in enumerate(rights)}
    flow = SimpleMinCostFlow()
    for left in lefts:
        flow.add_arc_with_capacity_and_unit_cost(source, left_node[left], 1, 0)
    for right in rights:
        flow.add_arc_with_capacity_and_unit_cost(right_node[right], sink, places.get(right, 0), 0)
    arcs = {
        flow.add_arc_with_capacity_and_unit_cost(left_node[left], right_node[right], 1, cost): (
            left,
            right,
        )
        for (left, right), cost in sorted(costs.items())
    }
    flow.set_node_supply(source, len(lefts))
    flow.set_node_supply(sink, -len(lefts))
    status = flow.solve_max_flow_with_min_cost()
    if status != flow.OPTIMAL:
        raise ArithmeticError(f"The flow was not solved: {status}.")
    return [ids for arc, ids in arcs.items() if flow.flow(arc)]


@dataclass(frozen=True)
class Hours:
    """Hours of one weekday together, on a reader's wall clock, in how many of the weeks."""

    weekday: int
    start: time
    end: time
    weeks: int


def hours_in(reason: Reason, zone: str) -> list[Hours]:
    """Return the hours of an "hours" reason as the clocks of a zone show them, most weeks first."""
    clock = ZoneInfo(zone)
    days: dict[tuple[int, time, time], set[date]] = defaultdict(set)
    for minute, length, _week in reason["meetings"]:
        start = datetime.fromtimestamp(minute * 60, clock)
        end = datetime.fromtimestamp((minute + length) * 60, clock)
        days[(start.weekday(), start.time(), end.time())].add(start.date())
    found = [Hours(*hours, weeks=len(dates)) for hours, dates in days.items()]
    return sorted(found, key=lambda hours: (-hours.weeks, hours.weekday, hours.start, hours.end))


def weeks_without(reason: Reason) -> list[date]:
    """Return the Mondays of those of the twelve weeks in which the two cannot meet."""
    first = date.fromisoformat(reason["first_week"])
    met = {week for _minute, _length, week in reason["meetings"]}
    return [first + timedelta(weeks=week) for week in range(WEEKS) if week not in met]


def week_after(day: date) -> date:
    """Return the Monday after a day: twelve weeks are counted from there."""
    return day + timedelta(days=7 - day.weekday())
