"""The decision which ticket is next: pure, so properties of it are tried on thousands of cases."""

import random
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from helpdesk.fairness import (
    AGED_PERCENT,
    AHEAD_PERCENT,
    LEAST_PERCENT,
    MOST_CREDIT,
    WINDOW,
    Choice,
    Kind,
    Policy,
    Recent,
    Waiting,
    Why,
    choose,
    credit_after,
)

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
PERCENT = st.integers(0, 20).map(lambda n: 5 * n)


def paid(due=HOUR):
    return Waiting(NOW + due, NOW - HOUR, is_far_off=due > 3 * HOUR)


def free(waited=HOUR, due=timedelta(days=7)):
    return Waiting(NOW - waited + due, NOW - waited)


NONE_YET, USUAL = Recent(), Policy()


def pick(paid, free, recent=NONE_YET, policy=USUAL):
    return choose(paid, free, recent, policy, now=NOW)


def test_nothing_waits_nothing_is_next():
    assert pick(None, None) is None


def test_one_kind_alone_is_next_and_is_not_counted():
    assert pick(paid(), None) == Choice(Kind.PAID, Why.ALONE, both_waiting=False)
    assert pick(None, free()) == Choice(Kind.FREE, Why.ALONE, both_waiting=False)


def test_nearest_deadline_goes_first():
    assert pick(paid(), free()) == Choice(Kind.PAID, Why.NEAREST, both_waiting=True)
    near = free(due=90 * timedelta(minutes=1))
    assert pick(paid(), near) == Choice(Kind.FREE, Why.NEAREST, both_waiting=True)


def test_patience_is_a_deadline_of_every_free_ticket():
    nearly = free(waited=timedelta(days=3) - HOUR / 2)

    assert pick(paid(HOUR), nearly).kind == Kind.FREE
    assert pick(paid(HOUR / 3), nearly).kind == Kind.PAID


def test_floor_is_due_after_two_paid_ones():
    assert pick(paid(), free(), Recent(1, 0, -40)).kind == Kind.PAID
    floor = Choice(Kind.FREE, Why.FLOOR, both_waiting=True)
    assert pick(paid(), free(), Recent(2, 0, -80)) == floor
    assert pick(paid(), free(), Recent(3, 1, -20)).kind == Kind.PAID


def test_free_ones_go_ahead_while_the_nearest_promise_is_far_off():
    far = paid(4 * HOUR)

    assert pick(far, free()).kind == Kind.PAID
    assert pick(far, free(), Recent(1, 0, -40)) == Choice(Kind.FREE, Why.AHEAD, both_waiting=True)
    assert pick(far, free(), Recent(3, 3, 180)).kind == Kind.PAID
    assert pick(far, free(), Recent(19, 10, 100 * MOST_CREDIT)).kind == Kind.PAID
    assert pick(far, free(), Recent(1, 0), Policy(floor_percent=0)).kind == Kind.PAID


def test_free_ones_get_a_tenth_of_any_picks_in_a_row_however_far_ahead_they_are():
    far_ahead = 100 * MOST_CREDIT

    assert pick(paid(), free(), Recent(19, 2, far_ahead)).kind == Kind.PAID
    assert pick(paid(), free(), Recent(19, 1, far_ahead)).why == Why.FLOOR
    assert pick(paid(), free(), Recent(19, 1), Policy(floor_percent=5)).kind == Kind.PAID
    assert pick(paid(), free(), Recent(19, 0), Policy(floor_percent=0)).kind == Kind.PAID


def test_aged_free_tickets_get_half_while_every_paid_one_is_late():
    late, old = paid(-timedelta(days=9)), free(waited=timedelta(days=4))
    policy = Policy(floor_percent=10)

    assert pick(late, old, Recent(10, 3), policy) == Choice(Kind.FREE, Why.AGED, both_waiting=True)
    assert pick(late, old, Recent(10, 5), policy).kind == Kind.PAID
    assert pick(late, free(), Recent(10, 3), policy).kind == Kind.PAID


def picks_while_both_wait(policy, moments):
    """Return whether each pick was a free one, as the action counts them."""
    taken: list[bool] = []
    credit = 0
    for paid_due, free_due, waited in moments:
        last = taken[-(WINDOW - 1) :]
        first_free = free(waited=waited * HOUR, due=free_due * HOUR)
        recent = Recent(len(last), sum(last), credit)
        choice = pick(paid(paid_due * HOUR), first_free, recent, policy)
        taken.append(choice.kind == Kind.FREE)
        credit = credit_after(choice.kind, credit, policy.floor_percent)
    return taken


@given(PERCENT, st.integers(1, 300), st.integers(0, 2**32))
def test_all_picks_hold_the_floor_and_any_in_a_row_but_the_credit(percent, count, seed):
    dice = random.Random(seed)
    moments = [
        (dice.randint(-50, 50), dice.randint(-50, 200), dice.randint(0, 200)) for _n in range(count)
    ]
    taken = picks_while_both_wait(Policy(floor_percent=percent), moments)

    for count in range(len(taken) + 1):
        assert sum(taken[:count]) >= percent * count // 100
        assert sum(taken[count:]) >= percent * len(taken[count:]) // 100 - MOST_CREDIT - 1
    least = min(percent, LEAST_PERCENT)
    for start in range(len(taken) - WINDOW + 1):
        assert sum(taken[start : start + WINDOW]) * 100 >= least * WINDOW


@given(st.integers(0, 100), st.integers(0, 200))
def test_paid_tickets_use_the_credit_up_and_let_two_of_twenty_through(ahead, late):
    taken = picks_while_both_wait(Policy(), [(30, 300, 1)] * ahead + [(-500, 300, 1)] * late)

    for start in range(len(taken) - WINDOW + 1):
        assert sum(taken[start : start + WINDOW]) >= 2


@given(st.integers(WINDOW, 200))
def test_paid_tickets_with_time_leave_no_more_than_the_share_ahead(count):
    taken = picks_while_both_wait(Policy(), [(30, 300, 1)] * count)

    for start in range(len(taken) - WINDOW + 1):
        assert sum(taken[start : start + WINDOW]) * 100 <= AHEAD_PERCENT * WINDOW


@given(st.integers(WINDOW, 60))
def test_free_tickets_that_aged_hold_half_whatever_the_floor(count):
    taken = picks_while_both_wait(Policy(floor_percent=0), [(-500, 300, 100)] * count)

    for start in range(len(taken) - WINDOW + 1):
        assert sum(taken[start : start + WINDOW]) * 100 >= AGED_PERCENT * WINDOW


@given(st.integers(1, 60))
def test_paid_tickets_that_are_late_get_all_the_floor_leaves(count):
    taken = picks_while_both_wait(Policy(floor_percent=40), [(-500, 300, 1)] * count)

    assert sum(taken) == 40 * count // 100
