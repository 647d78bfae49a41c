from dataclasses import replace
from datetime import date, time
from itertools import combinations, permutations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mentoring import matcher
from mentoring.matcher import Learner, Mentor, Slot

WINTER = date(2026, 2, 2)
PARIS, MONTREAL = "Europe/Paris", "America/Toronto"
TUESDAY = Slot(1, time(18), time(20))
ASSIGNMENTS = Path(__file__).parents[3] / "shared" / "data" / "assignment"


def learner(number=1, **facts) -> Learner:
    facts = {"languages": ("fr",), "slots": (TUESDAY,), "zone": PARIS, "skills": (1,), **facts}
    return Learner(id=number, person=100 + number, **facts)


def mentor(number=1, **facts) -> Mentor:
    facts = {
        "languages": ("fr",),
        "slots": (TUESDAY,),
        "zone": PARIS,
        "levels": {1: 3},
        "places": 1,
        **facts,
    }
    return Mentor(id=number, person=200 + number, **facts)


def chosen(learners, mentors, **facts) -> list[tuple[int, int]]:
    outcome = matcher.match(learners, mentors, **{"first_week": WINTER, **facts})
    return [(pair.request, pair.offer) for pair in outcome.chosen]


def alone(one, other, **facts) -> str:
    return matcher.match([one], [other], **{"first_week": WINTER, **facts}).alone[one.id]


def days_together(one, other, first_week) -> list[date]:
    spans = [matcher.hours_of(side.slots, side.zone, first_week) for side in (one, other)]
    mine, theirs = spans
    return [m.start.date() for m in matcher.meetings(mine, theirs, one.zone, first_week)]


def test_paris_and_montreal_meet_in_the_weeks_between_two_changes_of_the_clock():
    paris = learner(slots=(Slot(1, time(18), time(19)),))
    montreal = mentor(zone=MONTREAL, slots=(Slot(1, time(13), time(14)),))

    days = days_together(paris, montreal, WINTER)

    assert days == [date(2026, 3, 10), date(2026, 3, 17), date(2026, 3, 24)]
    assert date(2026, 2, 10) not in days
    assert alone(paris, montreal) == "no_hours"


def test_paris_and_montreal_are_paired_where_most_weeks_fit():
    paris = learner(slots=(Slot(1, time(19), time(20)),))
    montreal = mentor(zone=MONTREAL, slots=(Slot(1, time(13), time(14)),))

    outcome = matcher.match([paris], [montreal], first_week=WINTER)

    hours = next(r for r in outcome.chosen[0].reasons if r["key"] == "hours")
    assert hours["weeks"] == 9
    assert matcher.weeks_without(hours) == [date(2026, 3, 9), date(2026, 3, 16), date(2026, 3, 23)]
    assert matcher.hours_in(hours, PARIS) == [matcher.Hours(1, time(19), time(20), weeks=9)]
    assert matcher.hours_in(hours, MONTREAL) == [matcher.Hours(1, time(13), time(14), weeks=9)]


def test_hours_that_move_with_the_clocks_are_said_for_both_times_of_year():
    paris = learner(slots=(Slot(1, time(17), time(21)),))
    montreal = mentor(zone=MONTREAL, slots=(Slot(1, time(13), time(14)),))

    outcome = matcher.match([paris], [montreal], first_week=WINTER)

    hours = next(r for r in outcome.chosen[0].reasons if r["key"] == "hours")
    assert matcher.weeks_without(hours) == []
    assert matcher.hours_in(hours, PARIS) == [
        matcher.Hours(1, time(19), time(20), weeks=9),
        matcher.Hours(1, time(18), time(19), weeks=3),
    ]


@pytest.mark.parametrize(
    ("first_week", "why"), [(date(2026, 2, 9), None), (date(2026, 2, 16), "no_hours")]
)
def test_seven_of_twelve_weeks_are_most_and_six_are_not(first_week, why):
    """Abidjan never changes its clocks, Paris does on 29 March."""
    paris = learner(slots=(Slot(1, time(19), time(20)),))
    abidjan = mentor(zone="Africa/Abidjan", slots=(Slot(1, time(18), time(19)),))

    assert len(days_together(paris, abidjan, first_week)) == (7 if why is None else 6)
    assert matcher.match([paris], [abidjan], first_week=first_week).alone.get(1) == why


def test_an_hour_is_needed_and_fifty_minutes_are_not_enough():
    other = mentor(slots=(Slot(1, time(19), time(21)),))

    assert alone(learner(slots=(Slot(1, time(18), time(19, 59)),)), other) == "no_hours"
    assert chosen([learner(slots=(Slot(1, time(18), time(20)),))], [other]) == [(1, 1)]


def test_hours_over_midnight_are_one():
    late = learner(slots=(Slot(6, time(23, 30), time(0)), Slot(0, time(0), time(0, 30))))
    other = mentor(zone="Europe/Athens", slots=(Slot(0, time(0, 30), time(1, 30)),))

    assert chosen([late], [other]) == [(1, 1)]


def test_skipped_hour_is_no_hour():
    night = Slot(6, time(2), time(3))

    spans = matcher.hours_of((night,), PARIS, date(2026, 3, 23))

    assert all(end - start == 60 for start, end in spans)
    assert len(spans) == len(matcher.hours_of((night,), "UTC", date(2026, 3, 23))) - 1


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"levels": {2: 3}}, "no_skill"),
        ({"languages": ("de", "ar")}, "no_language"),
        ({"slots": (Slot(2, time(18), time(20)),)}, "no_hours"),
        ({"slots": ()}, "no_hours"),
        ({"places": 0}, "no_place"),
    ],
)
def test_hard_conditions_leave_someone_alone_and_say_why(facts, why):
    assert chosen([learner()], [mentor()]) == [(1, 1)]
    assert alone(learner(), mentor(**facts)) == why


def test_nobody_meets_themselves_or_someone_they_keep_away_from():
    both = replace(mentor(), person=101)

    assert alone(learner(), both) == "none_left"
    assert alone(learner(), mentor(), apart=[(201, 101)]) == "none_left"
    assert alone(learner(), mentor(), apart=[(101, 201)]) == "none_left"
    assert chosen([learner()], [mentor()], apart=[(101, 202)]) == [(1, 1)]


def test_more_people_come_before_better_scores():
    """The best pair for one would leave another alone: a greedy matcher falls into it."""
    easy = learner(1, skills=(1, 2))
    hard = learner(2, skills=(2,))
    best = mentor(1, levels={1: 3, 2: 3})
    second = mentor(2, levels={1: 1})
    score = {
        ids: next(pair.score for pair in matcher.match([one], [other], first_week=WINTER).chosen)
        for ids, (one, other) in {"best": (easy, best), "second": (easy, second)}.items()
    }
    assert score["best"] > score["second"]

    assert chosen([easy, hard], [best, second]) == [(1, 2), (2, 1)]


def test_of_two_equal_numbers_the_better_scores_win():
    near = learner(1, place=7)
    other = learner(2)

    assert chosen([near, other], [mentor(1), mentor(2, place=7)]) == [(1, 2), (2, 1)]
    assert chosen([near, other], [mentor(1, place=7), mentor(2)]) == [(1, 1), (2, 2)]


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"levels": {1: 3}}, {"levels": {1: 2}}),
        ({"levels": {1: 2, 2: 2}}, {"levels": {1: 2}}),
        ({"languages": ("fr",)}, {"languages": ("de", "fr")}),
        ({"languages": ("fr",)}, {"languages": ("en",)}),
        ({"place": 7}, {"place": 8}),
    ],
)
def test_score_prefers(better, worse):
    one = learner(skills=(1, 2), languages=("fr", "en"), place=7)

    scores = [
        matcher.match([one], [mentor(**facts)], first_week=WINTER).chosen[0].score
        for facts in (better, worse)
    ]

    assert 0 <= scores[1] < scores[0] <= 1


def test_perfect_pair_scores_one():
    one = learner(place=7)

    assert matcher.match([one], [mentor(place=7)], first_week=WINTER).chosen[0].score == 1


def test_order_of_the_rows_changes_nothing():
    learners = [learner(number, skills=(1, number)) for number in range(1, 6)]
    mentors = [mentor(number, levels={1: 2, number: 3}) for number in range(1, 5)]
    expected = chosen(learners, mentors)

    for rows in list(permutations(learners))[::17]:
        assert chosen(rows, mentors[::-1]) == expected


def best_by_trying(costs, places) -> tuple[int, int]:
    """Return (how many, least cost) by trying every set of pairs."""
    best = (0, 0)
    for size in range(1, len(costs) + 1):
        for pairs in combinations(costs, size):
            lefts = [left for left, _ in pairs]
            rights = [right for _, right in pairs]
            if len(set(lefts)) < size or any(rights.count(r) > places[r] for r in rights):
                continue
            cost = sum(costs[pair] for pair in pairs)
            if size > best[0] or cost < best[1]:
                best = (size, cost)
    return best


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(
        st.tuples(st.integers(1, 4), st.integers(1, 3)), st.integers(0, 1000), max_size=9
    ),
    st.fixed_dictionaries({1: st.integers(0, 2), 2: st.integers(0, 2), 3: st.integers(0, 2)}),
)
def test_assignment_is_the_best_of_all(costs, places):
    pairs = matcher.assign(costs, places)

    assert len(pairs) == len({left for left, _ in pairs})
    assert all([right for _, right in pairs].count(right) <= places[right] for _, right in pairs)
    assert (len(pairs), sum(costs[pair] for pair in pairs)) == best_by_trying(costs, places)
    assert pairs == matcher.assign(dict(reversed(costs.items())), places)


@pytest.mark.parametrize(
    ("name", "optimum"),
    [("assign100", 305), pytest.param("assign500", 991, marks=pytest.mark.slow)],
)
def test_published_assignments_are_solved_to_their_optimum(name, optimum):
    """Source: OR-Library (J. E. Beasley), assignment problems."""
    path = ASSIGNMENTS / f"{name}.txt"
    if not path.is_file():
        pytest.skip(f"needs the OR-Library problem {name}.txt in ../shared/data/assignment/")
    size, *numbers = (int(number) for number in path.read_text().split())
    costs = {(i // size, i % size): cost for i, cost in enumerate(numbers)}

    pairs = matcher.assign(costs, dict.fromkeys(range(size), 1))

    assert len(pairs) == size
    assert sum(costs[pair] for pair in pairs) == optimum
