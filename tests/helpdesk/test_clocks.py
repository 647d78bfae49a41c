"""Hours of service: worked examples, nights when clocks change, and what must hold always."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.clocks import (
    ALWAYS,
    NoPromise,
    ServiceHours,
    add_working_time,
    after_service,
    service_between,
    working_seconds_between,
)

HOUR, DAY = 3600, 86400
WHOLE_DAY = ((time(0), time(0)),)
OFFICE = ((time(9), time(18)),)
SPLIT = ((time(9), time(12)), (time(13, 30), time(17)))
PARIS = ServiceHours("Europe/Paris", (OFFICE,) * 5 + ((), ()), frozenset({date(2026, 12, 25)}))


def hours(zone="Europe/Paris", day=WHOLE_DAY, closed=()):
    return ServiceHours(zone, (day,) * 7, frozenset(closed))


def at(text, zone="Europe/Paris"):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


# start, seconds, end, all on the clocks of Paris; Thursday 24 December 2026, Friday is closed
EXAMPLES = [
    ("2026-12-24 10:00", 2 * HOUR, "2026-12-24 12:00"),
    ("2026-12-24 10:00", 8 * HOUR, "2026-12-24 18:00"),  # closing time exactly, not Monday
    ("2026-12-24 10:00", 8 * HOUR + 1, "2026-12-28 09:00:01"),
    ("2026-12-24 18:00", 1, "2026-12-28 09:00:01"),
    ("2026-12-24 23:59:59", HOUR, "2026-12-28 10:00"),
    ("2026-12-24 03:00", HOUR, "2026-12-24 10:00"),
    ("2026-12-25 12:00", 9 * HOUR, "2026-12-28 18:00"),
    ("2026-12-19 12:00", 10 * HOUR, "2026-12-22 10:00"),  # from a Saturday
    ("2026-12-31 17:00", 2 * HOUR, "2027-01-01 10:00"),  # over the year's end
    ("2026-03-27 17:00", 2 * HOUR, "2026-03-30 10:00"),  # over the night of 29 March
    ("2026-10-23 17:00", 2 * HOUR, "2026-10-26 10:00"),
]


@pytest.mark.parametrize(("start", "seconds", "end"), EXAMPLES)
def test_time_is_added_and_counted_in_opening_hours(start, seconds, end):
    assert add_working_time(at(start), seconds, PARIS) == at(end)
    assert add_working_time(at(start), seconds, PARIS).tzinfo is UTC
    assert working_seconds_between(at(start), at(end), PARIS) == seconds


def test_no_time_at_all_is_the_start_itself_even_where_it_is_never_open():
    start = at("2026-12-25 03:00")

    assert add_working_time(start, 0, PARIS) == start
    assert add_working_time(start, 0, PARIS).tzinfo is UTC
    assert add_working_time(start, 0, hours(day=())) == start


def test_lunch_is_no_service():
    split = hours(day=SPLIT)

    assert add_working_time(at("2026-06-01 11:30"), HOUR, split) == at("2026-06-01 14:00")
    assert working_seconds_between(at("2026-06-01 00:00"), at("2026-06-02 00:00"), split) == (
        6 * HOUR + HOUR // 2
    )


# (zone, a period of the night, the date, how long it really is)
NIGHTS = [
    ("Europe/Paris", (time(0), time(6)), "2026-03-29", 5 * HOUR),
    ("Europe/Paris", (time(0), time(6)), "2026-10-25", 7 * HOUR),
    ("Europe/Paris", (time(0), time(0)), "2026-03-29", 23 * HOUR),
    ("Europe/Paris", (time(0), time(0)), "2026-10-25", 25 * HOUR),
    ("Europe/Paris", (time(2, 30), time(6)), "2026-03-29", 2 * HOUR + HOUR // 2),  # opens at 03:30
    ("Europe/Paris", (time(2, 30), time(6)), "2026-10-25", 4 * HOUR + HOUR // 2),  # the first 02:30
    ("Europe/Paris", (time(0), time(2, 30)), "2026-10-25", 2 * HOUR + HOUR // 2),
    ("Europe/Paris", (time(2, 30), time(3, 15)), "2026-03-29", 0),  # closed before it opens
    ("America/New_York", (time(0), time(6)), "2026-03-08", 5 * HOUR),
    ("America/New_York", (time(0), time(6)), "2026-11-01", 7 * HOUR),
    ("Australia/Lord_Howe", (time(0), time(6)), "2026-10-04", 5 * HOUR + HOUR // 2),
    ("Australia/Lord_Howe", (time(0), time(6)), "2026-04-05", 6 * HOUR + HOUR // 2),
    ("America/Sao_Paulo", (time(0), time(0)), "2018-11-04", 23 * HOUR),  # no midnight that day
    ("America/Sao_Paulo", (time(0), time(0)), "2018-02-17", 25 * HOUR),  # 23:00 came twice
    ("America/Havana", (time(0), time(0)), "2026-11-01", 25 * HOUR),  # midnight came twice
    ("Pacific/Apia", (time(9), time(17)), "2011-12-30", 0),  # a day that never was
    ("Pacific/Apia", (time(9), time(17)), "2011-12-31", 8 * HOUR),
    ("Asia/Kathmandu", (time(9), time(0)), "2026-03-29", 15 * HOUR),
]


@pytest.mark.parametrize(("zone", "period", "day", "seconds"), NIGHTS)
def test_periods_last_as_long_as_they_really_do(zone, period, day, seconds):
    begins = at(f"{day} 00:00", zone)
    ends = (begins.replace(tzinfo=None) + timedelta(days=1)).replace(tzinfo=ZoneInfo(zone))
    others = frozenset(begins.date() + timedelta(days=n) for n in range(-9, 9) if n)
    open_that_day = hours(zone, (period,), others)

    found = working_seconds_between(begins.astimezone(UTC), ends.astimezone(UTC), open_that_day)

    assert found == seconds


def test_promise_over_the_night_of_the_change_counts_what_elapses():
    start = at("2026-03-28 22:00")

    assert add_working_time(start, 6 * HOUR, hours()) == at("2026-03-29 05:00")
    assert add_working_time(at("2026-10-24 22:00"), 6 * HOUR, hours()) == at("2026-10-25 03:00")


def test_overlaps_count_once_order_does_not_matter_and_empty_periods_hold_nothing():
    plain = hours(day=((time(9), time(17)),))
    periods = (
        (time(12), time(17)),
        (time(10), time(11)),
        (time(20), time(20)),
        (time(9), time(13)),
    )
    messy = hours(day=periods)
    start, end = at("2026-06-01 00:00"), at("2026-06-08 00:00")

    assert working_seconds_between(start, end, messy) == 7 * 8 * HOUR
    assert add_working_time(start, 20 * HOUR, messy) == add_working_time(start, 20 * HOUR, plain)


def test_any_zone_may_ask_and_microseconds_are_kept():
    start = datetime(2026, 6, 1, 5, 0, 0, 250, tzinfo=timezone(timedelta(hours=-4)))

    assert add_working_time(start, 60, PARIS) == start + timedelta(seconds=60)
    almost = start + timedelta(seconds=60) - timedelta(microseconds=1)
    assert working_seconds_between(start, almost, PARIS) == 59


def test_what_cannot_be_counted_is_refused():
    naive = datetime(2026, 6, 1, 9)  # noqa: DTZ001  (that is what is refused)
    aware = naive.replace(tzinfo=UTC)

    for refused in (
        lambda: add_working_time(naive, 60, PARIS),
        lambda: add_working_time(aware, -1, PARIS),
        lambda: add_working_time(naive, 0, PARIS),
        lambda: working_seconds_between(naive, aware, PARIS),
        lambda: working_seconds_between(aware, naive, PARIS),
        lambda: working_seconds_between(aware, aware - timedelta(seconds=1), PARIS),
        lambda: hours("Europe/Nowhere"),
        lambda: hours("Europe"),
        lambda: ServiceHours("UTC", (OFFICE,) * 5, frozenset()),
        lambda: hours(day=((time(18), time(9)),)),
        lambda: hours(day=((time(9, tzinfo=UTC), time(18)),)),
    ):
        with pytest.raises(ValueError, match=r"\w"):
            refused()
    assert working_seconds_between(aware, aware, PARIS) == 0


def test_nothing_is_promised_where_it_is_closed_for_five_years():
    start = at("2026-06-01 10:00")

    def closed_for(days):
        return [start.date() + timedelta(days=n) for n in range(1, days)]

    with pytest.raises(NoPromise):
        add_working_time(start, 1, hours(day=()))
    with pytest.raises(NoPromise):
        add_working_time(start, 14 * HOUR + 1, hours(closed=closed_for(6 * 365)))
    assert add_working_time(start, 14 * HOUR, hours(closed=closed_for(6 * 365))) == at(
        "2026-06-02 00:00"
    )
    assert add_working_time(start, 14 * HOUR + 1, hours(closed=closed_for(4 * 365))) > start
    with pytest.raises(NoPromise):
        add_working_time(datetime(9999, 12, 1, tzinfo=UTC), HOUR, ALWAYS)


def test_a_promise_may_take_longer_than_five_years():
    one_minute_a_week = ServiceHours("UTC", (((time(9), time(9, 1)),), *((),) * 6), frozenset())
    start = datetime(2026, 6, 1, tzinfo=UTC)  # a Monday

    found = add_working_time(start, 521 * 60, one_minute_a_week)

    assert found == datetime(2026, 6, 1, 9, 1, tzinfo=UTC) + timedelta(weeks=520)


ZONES = (
    "Europe/Paris",
    "America/New_York",
    "America/Sao_Paulo",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Asia/Tehran",
    "America/Havana",
    "Pacific/Apia",
    "UTC",
)
QUARTERS = [time(h, m) for h in range(24) for m in (0, 15, 30, 45)]


@st.composite
def some_hours(draw):
    def period():
        opens, closes = sorted((draw(st.sampled_from(QUARTERS)), draw(st.sampled_from(QUARTERS))))
        return (opens, time(0)) if draw(st.booleans()) else (opens, closes)

    week = tuple(tuple(period() for _n in range(draw(st.integers(0, 3)))) for _day in range(7))
    first = date(2011, 12, 20)
    offsets = draw(st.sets(st.integers(0, 400), max_size=20))
    return ServiceHours(
        draw(st.sampled_from(ZONES)), week, frozenset(first + timedelta(days=n) for n in offsets)
    )


moments = st.integers(0, 500 * DAY).map(
    lambda n: datetime(2011, 12, 20, tzinfo=UTC) + timedelta(seconds=n)
)
lengths = st.integers(0, 40 * DAY)


@settings(deadline=None)
@given(some_hours(), moments, lengths)
def test_adding_is_the_earliest_inverse_of_counting(hours, start, seconds):
    try:
        end = add_working_time(start, seconds, hours)
    except NoPromise:
        assert not any(
            opens != closes or closes == time(0) for d in hours.week for opens, closes in d
        )
        return
    assert working_seconds_between(start, end, hours) == seconds
    if seconds:
        assert service_between(start, end - timedelta(microseconds=1), hours) < timedelta(
            seconds=seconds
        )


@settings(deadline=None)
@given(some_hours(), st.lists(moments, min_size=3, max_size=3))
def test_counting_is_additive_and_never_more_than_elapses(hours, three):
    first, second, third = sorted(three)
    parts = [working_seconds_between(*pair, hours) for pair in ((first, second), (second, third))]

    assert sum(parts) == working_seconds_between(first, third, hours)
    assert 0 <= parts[0] <= (second - first).total_seconds()


@settings(deadline=None)
@given(some_hours(), moments, lengths, lengths)
def test_adding_in_two_steps_is_adding_at_once_and_more_is_later(hours, start, one, two):
    try:
        end = add_working_time(start, one + two, hours)
    except NoPromise:
        return
    between = add_working_time(start, one, hours)
    assert add_working_time(between, two, hours) == end
    assert start <= between <= end
    assert after_service(start, timedelta(seconds=one + two), hours) == end


def is_open(moment, hours):
    """Whether the clock on the wall shows an opening hour: the plainest way to say it."""
    local = moment.astimezone(ZoneInfo(hours.zone))
    periods = () if local.date() in hours.closed else hours.week[local.weekday()]
    return any(
        opens <= local.time() and (closes == time(0) or local.time() < closes)
        for opens, closes in periods
    )


@settings(deadline=None, max_examples=40)
@given(some_hours(), moments)
def test_counting_agrees_with_looking_at_the_clock_every_quarter(hours, start):
    """Except where a period begins or ends in an hour that comes twice or never."""
    start = start.replace(minute=0, second=0)
    zone = ZoneInfo(hours.zone)
    quarters = [start + timedelta(minutes=15 * n) for n in range(4 * 24 * 10)]
    steady = {moment.astimezone(zone).utcoffset() for moment in quarters}
    if len(steady) > 1:
        return
    looked = sum(900 for moment in quarters if is_open(moment, hours))

    assert working_seconds_between(start, start + timedelta(days=10), hours) == looked
