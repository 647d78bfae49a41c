"""Who missed what: the calculation alone."""

from datetime import UTC, datetime, timedelta

import pytest

from chat.missed import Missed, Reached, Said, missed_by
from people.mornings import is_due, last_morning

NOW = datetime(2026, 3, 10, 12, 30, tzinfo=UTC)
OLD = NOW - timedelta(minutes=2)


def said(number: int, author: int = 1, at: datetime = OLD, room: int = 7) -> Said:
    return Said(room, number, author, at)


def test_what_others_said_two_minutes_ago_is_missed():
    fresh = said(3, at=OLD + timedelta(seconds=1))

    found = missed_by([said(2), said(1), fresh], {7: [1, 2]}, {}, NOW)

    assert found == [Missed(person_id=2, room_id=7, count=2, last=2, since=OLD)]


@pytest.mark.parametrize(
    ("reached", "count"),
    [(Reached(0), 3), (Reached(1), 2), (Reached(3), 0), (Reached(0, is_muted=True), 0)],
)
def test_what_was_seen_or_muted_is_not_missed(reached, count):
    found = missed_by([said(1), said(2), said(3)], {7: [2]}, {(7, 2): reached}, NOW)

    assert sum(one.count for one in found) == count


def test_ones_own_words_are_never_missed():
    found = missed_by([said(1, author=2), said(2, author=1)], {7: [1, 2]}, {}, NOW)

    assert [(one.person_id, one.last) for one in found] == [(1, 1), (2, 2)]


def test_who_keeps_away_misses_nothing_of_theirs_and_they_miss_as_before():
    rows = [said(1, author=1), said(2, author=3), said(3, author=2)]

    found = missed_by(rows, {7: [1, 2]}, {}, NOW, {(2, 1)})

    assert [(one.person_id, one.count, one.last) for one in found] == [(1, 2, 3), (2, 1, 2)]


@pytest.mark.parametrize(
    ("digest", "minutes_ago", "due"),
    [
        ("hourly", 29, False),  # said after twelve, and it is half past
        ("hourly", 31, True),
        ("daily", 31, False),
        ("daily", 5 * 60 + 29, False),  # 8:01 in Paris
        ("daily", 5 * 60 + 31, True),  # 7:59
        ("off", 100_000, False),
        ("never", 100_000, False),
        ("weekly", 24 * 60, False),  # it is Tuesday: yesterday morning was a Monday's
        ("weekly", 29 * 60 + 29, False),  # 8:01 in Paris on Monday
        ("weekly", 29 * 60 + 31, True),
    ],
)
def test_mail_waits_for_its_hour(digest, minutes_ago, due):
    assert is_due(digest, NOW - timedelta(minutes=minutes_ago), NOW, "Europe/Paris") is due


@pytest.mark.parametrize(
    ("zone", "now", "morning"),
    [
        ("Europe/Paris", "2026-03-10T06:59", "2026-03-09T07:00"),
        ("Europe/Paris", "2026-03-10T07:00", "2026-03-10T07:00"),
        ("Europe/Paris", "2026-03-29T07:00", "2026-03-29T06:00"),  # summer began that night
        ("America/Montreal", "2026-03-10T11:59", "2026-03-09T12:00"),
        ("America/Montreal", "2026-03-10T12:01", "2026-03-10T12:00"),
        ("Pacific/Auckland", "2026-03-10T12:01", "2026-03-09T19:00"),
    ],
)
def test_morning_is_the_readers(zone, now, morning):
    found = last_morning(datetime.fromisoformat(now).replace(tzinfo=UTC), zone)

    assert found == datetime.fromisoformat(morning).replace(tzinfo=UTC)
