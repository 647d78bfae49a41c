"""On what an answer works, and the place that gives it: the calculation."""

from dataclasses import dataclass
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from forum.freshness import default_of, explained, fits, placed
from forum.ranking import ranked

PHP_84 = {"fact": "php=8.4", "label": "PHP 8.4", "confirmed": 2, "last": None}
PHP_82 = {"fact": "php=8.2", "label": "PHP 8.2", "confirmed": 1, "last": None}
WORDPRESS = {"fact": "cms=wordpress", "label": "WordPress", "confirmed": 1, "last": None}
CLAIMED = {**PHP_84, "confirmed": 0}
SITE = {"php": "8.4", "cms": "wordpress"}


@dataclass(frozen=True)
class Row:
    pk: int
    up: int = 0
    down: int = 0


@dataclass(frozen=True)
class Version:
    pk: int
    since: date
    until: date | None = None
    default_since: date | None = None


def test_what_others_confirmed_for_all_that_is_known_fits():
    assert fits([PHP_84, WORDPRESS], SITE) == ["PHP 8.4", "WordPress"]
    assert fits([PHP_84], SITE) == ["PHP 8.4"]
    assert fits([PHP_82, PHP_84], SITE) == ["PHP 8.4"]


def test_claim_or_another_version_does_not_fit():
    assert fits([CLAIMED], SITE) == []
    assert fits([PHP_82, WORDPRESS], SITE) == []
    assert fits([PHP_84], {}) == []
    assert fits([], SITE) == []


def order_of(rows, accepted=0, stale=(), fitting=None):
    found = placed(ranked(rows, accepted), stale=set(stale), fitting=fitting or {})
    return [row.pk for row in found]


def test_stale_answer_stands_behind_all_that_are_not():
    rows = [Row(1, up=9), Row(2, up=1), Row(3, down=4)]

    assert order_of(rows, accepted=1) == [1, 2, 3]
    assert order_of(rows, accepted=1, stale={1}) == [2, 3, 1]
    assert order_of([Row(1, up=9), Row(3, down=4)], accepted=1, stale={1}) == [3, 1]
    assert order_of(rows, accepted=1, stale={1, 2}) == [3, 1, 2]
    assert order_of(rows, accepted=1, stale={1, 2, 3}) == [1, 2, 3]


def test_what_fits_the_readers_site_stands_first_even_if_stale():
    rows = [Row(1, up=9), Row(2), Row(3)]

    assert order_of(rows, accepted=1, fitting={2: 1}) == [2, 1, 3]
    assert order_of(rows, accepted=1, fitting={2: 1, 3: 2}, stale={3}) == [3, 2, 1]


ROWS = st.lists(
    st.builds(Row, pk=st.integers(1, 99), up=st.integers(0, 9), down=st.integers(0, 9)),
    unique_by=lambda row: row.pk,
    max_size=8,
)


@given(ROWS, st.integers(1, 99), st.sets(st.integers(1, 99)), st.sets(st.integers(1, 99)))
def test_rule_of_a_place_says_what_moved_it(rows, accepted, stale, fitting):
    facts = {"accepted_id": accepted, "stale": stale, "fitting": dict.fromkeys(fitting, 1)}

    places = explained(rows, **facts)

    order = list(ranked(rows, accepted))
    assert [place.answer for place in places] == placed(
        order, stale=stale, fitting=facts["fitting"]
    )
    assert [place.number for place in places] == list(range(1, len(rows) + 1))
    for place in places:
        assert (place.rule == "fits") == (place.answer.pk in fitting)
        fell = place.number > order.index(place.answer) + 1
        if place.rule == "waits":
            assert fell
            assert place.answer.pk in stale
        elif fell and not fitting:
            assert place.answer.pk not in stale


@given(ROWS, st.integers(1, 99), st.sets(st.integers(1, 99)))
def test_places_lose_nobody_and_without_facts_change_nothing(rows, accepted, stale):
    order = ranked(rows, accepted)

    moved = placed(order, stale=stale, fitting={})

    assert sorted(row.pk for row in moved) == sorted(row.pk for row in rows)
    assert placed(order, stale=set(), fitting={}) == list(order)
    waits = [row.pk in stale for row in moved]
    assert waits == sorted(waits)


def test_newest_default_that_is_offered_counts():
    day = date(2026, 11, 27)
    old = Version(1, date(2020, 1, 1), default_since=date(2020, 1, 1))
    new = Version(2, date(2025, 1, 1), default_since=date(2026, 1, 1))
    coming = Version(3, date(2027, 1, 1), default_since=date(2027, 1, 1))
    plain = Version(4, date(2020, 1, 1))

    assert default_of([old, new, coming, plain], day) == new
    assert default_of([old, Version(2, new.since, day, new.default_since)], day) == old
    assert default_of([plain, coming], day) is None
