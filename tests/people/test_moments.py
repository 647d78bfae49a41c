"""Moments and lengths of time in words."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from people import moments

NOW = datetime(2026, 11, 24, 9, 42, tzinfo=ZoneInfo("Europe/Paris"))
NO_BREAK = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("ago", "english", "french"),
    [
        (timedelta(seconds=59), "just now", None),
        (timedelta(seconds=60), "1 minute ago", "il y a 1 minute"),
        (timedelta(minutes=59), "59 minutes ago", "il y a 59 minutes"),
        (timedelta(hours=2), "2 hours ago", "il y a 2 heures"),
        (timedelta(hours=11), "yesterday", None),
        (timedelta(days=2), "2 days ago", "il y a 2 jours"),
        (timedelta(days=6), "6 days ago", "il y a 6 jours"),
        (timedelta(days=7), "1 week ago", "il y a 1 semaine"),
        (timedelta(days=29), "4 weeks ago", "il y a 4 semaines"),
        (timedelta(days=30), "25 October", "25 octobre"),
        (timedelta(days=365), "24 November 2025", "24 novembre 2025"),
        (-timedelta(seconds=30), "in a moment", None),
        (-timedelta(hours=3), "in 3 hours", "dans 3 heures"),
        (-timedelta(hours=20), "tomorrow", None),
        (-timedelta(days=3), "in 3 days", "dans 3 jours"),
        (-timedelta(days=40), "3 January 2027", "3 janvier 2027"),
    ],
)
def test_distance_is_said_as_people_say_it(ago, english, french):
    with translation.override("en"):
        assert moments.in_words(NOW - ago, NOW) == english
    if french:
        with translation.override("fr"):
            assert moments.in_words(NOW - ago, NOW) == french


@pytest.mark.parametrize(
    ("lasted", "english", "french"),
    [
        (timedelta(seconds=59), "for a moment", "depuis un instant"),
        (timedelta(minutes=1), "for 1 minute", "depuis 1 minute"),
        (timedelta(hours=2, minutes=20), "for 2 hours", "depuis 2\xa0heures"),
        (timedelta(days=3), "for 3 days", "depuis 3\xa0jours"),
        (timedelta(days=800), "for 2 years", "depuis 2 ans"),
        (timedelta(minutes=3, seconds=50), "for 3 minutes", "depuis 3 minutes"),
        (timedelta(minutes=59, seconds=59), "for 59 minutes", None),
        (timedelta(hours=23, minutes=59), "for 23 hours", None),
        (timedelta(days=6, hours=23), "for 6 days", None),
        (timedelta(days=13), "for 1 week", None),
        (timedelta(days=360), "for 12 months", "depuis 12\xa0mois"),
    ],
)
def test_what_lasts_is_said_as_a_length(lasted, english, french):
    with translation.override("en"):
        assert moments.lasting_words(NOW - lasted, NOW) == english
    if french:
        with translation.override("fr"):
            assert moments.lasting_words(NOW - lasted, NOW) == french


@pytest.mark.parametrize(
    ("ahead", "english", "french"),
    [
        (timedelta(hours=2), "today, 11:42", "aujourd’hui, 11:42"),
        (timedelta(days=1), "tomorrow, 09:42", "demain, 09:42"),
        (timedelta(days=7), "Tue 1 Dec, 09:42", "mar. 1er déc., 09:42"),
    ],
)
def test_what_is_promised_is_said_by_the_day_and_the_hour(ahead, english, french):
    for language, words in (("en", english), ("fr", french)):
        with translation.override(language):
            assert moments.due_words(NOW + ahead, NOW) == words


def test_french_counts_the_first_day_of_a_month():
    first, eleventh = date(2026, 12, 1), date(2026, 12, 11)

    assert moments.full_day_words(first, "fr") == "mardi 1er décembre 2026"
    assert moments.day_words(first, "fr") == "1er décembre 2026"
    assert moments.day_words(first, "fr", False) == "1er décembre"
    assert moments.day_words(eleventh, "fr", False) == "11 décembre"
    assert moments.day_words(first, "en") == "1 December 2026"


def test_a_few_hours_ago_stay_hours_across_midnight():
    early = NOW.replace(hour=1)

    assert moments.in_words(early - timedelta(hours=2), early) == "2 hours ago"


def test_hours_that_pass_while_clocks_change_are_counted_as_they_pass():
    zone = ZoneInfo("Europe/Paris")
    before = datetime(2026, 10, 25, 0, 30, tzinfo=UTC).astimezone(zone)
    after = datetime(2026, 10, 25, 3, 30, tzinfo=UTC).astimezone(zone)

    assert moments.in_words(before, after) == "3 hours ago"


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (0, "0 min"),
        (45, "45 min"),
        (60, "1 h"),
        (130, "2 h 10 min"),
        (-130, "−2 h 10 min"),
        (5999, "99 h 59 min"),
        (6001, "100 h"),
        (77055, "1,284 h"),
    ],
)
def test_minutes_are_said_in_hours(minutes, words):
    assert moments.minutes_words(minutes) == words.replace(" ", NO_BREAK)


def test_minutes_of_a_sum_are_said_exactly():
    words = "1,284 h 15 min".replace(" ", NO_BREAK)

    assert moments.minutes_words(77055, exactly=True) == words


def test_exact_moment_is_said_in_the_language_of_the_reader():
    with translation.override("en"):
        assert moments.exact_words(NOW) == "24 November 2026 at 09:42"
        assert moments.title_words(NOW) == "Tuesday, 24 November 2026 at 09:42 (CET)"
    with translation.override("fr"):
        assert moments.full_day_words(NOW.date(), "fr") == "mardi 24 novembre 2026"


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("fr", "Français"),
        ("ar", "العربية"),
        ("pt-BR", "Português (Brasil)"),
        ("it", "Italiano"),
        ("und", ""),
        ("not a language", ""),
    ],
)
def test_languages_are_named(code, name):
    assert moments.language_words(code) == name
