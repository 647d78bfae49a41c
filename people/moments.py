"""Moments and lengths of time in the reader's words, language and zone; cheap enough for lists.

What depends on the day or the count alone is kept, so that a moment costs a few microseconds.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_timedelta
from django.conf import settings
from django.utils import formats, timezone, translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from people.naming import with_first

MINUTE, HOUR, DAY = 60, 3600, 86400
LENGTHS = (365 * DAY, 30 * DAY, 7 * DAY, DAY, HOUR, MINUTE)  # as Babel counts a year and a month
Unit = Literal["minute", "hour", "day", "week"]
NARROW = "\N{NO-BREAK SPACE}"
OWN_NAMES = dict(settings.SPOKEN_LANGUAGES)


@contextmanager
def as_read_by(person: Any) -> Iterator[None]:
    """Make texts, days and hours as a person reads them: in their language and their zone."""
    zone = zone_called(person.time_zone)
    with translation.override(person.interface_language), timezone.override(zone):
        yield


def zone_called(name: str) -> ZoneInfo:
    """Return a time zone; the association's for one that the system no longer knows."""
    try:
        return ZoneInfo(name)
    except (ValueError, ZoneInfoNotFoundError):
        return ZoneInfo(settings.ASSOCIATION_TIME_ZONE)


def reader_language() -> str:
    """Return the language texts are shown in now."""
    return get_language() or "en"


@lru_cache(maxsize=32)
def locale_of(language: str) -> Locale:
    """Return whose customs a language follows; English has the day before the month here."""
    try:
        return Locale.parse("en_GB" if language == "en" else language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en_GB")


def in_words(moment: datetime, now: datetime) -> str:  # noqa: PLR0911  (one line a case)
    """Return how far a moment is from now: "2 hours ago", "yesterday", "in 3 days", then a date.

    Both are in the reader's zone, since yesterday is a matter of calendars.
    """
    # Not now - moment: between times of one zone Python takes the clocks on the wall.
    seconds = now.timestamp() - moment.timestamp()
    language = reader_language()
    days = (now.date() - moment.date()).days
    if abs(seconds) < MINUTE:
        return _("just now") if seconds >= 0 else _("in a moment")
    if abs(seconds) < HOUR:
        return _distance("minute", int(seconds / MINUTE), language)
    if days == 0 or abs(seconds) < 6 * HOUR:
        return _distance("hour", int(seconds / HOUR), language)
    if abs(days) == 1:
        return _("yesterday") if days > 0 else _("tomorrow")
    if abs(days) < 7:
        return _distance("day", days, language)
    if abs(days) < 30:
        return _distance("week", int(days / 7), language)
    return day_words(moment.date(), language, moment.year != now.year)


def lasting_words(moment: datetime, now: datetime) -> str:
    """Return how long something has lasted since a moment: "for 2 hours"."""
    seconds = now.timestamp() - moment.timestamp()
    if seconds < MINUTE:
        return _("for a moment")
    unit = next(length for length in LENGTHS if seconds >= length)
    # Whole units alone: Babel would round "3 minutes ago" up to "for 4 minutes" beside it.
    length = format_timedelta(
        timedelta(seconds=seconds // unit * unit),
        granularity="minute",
        threshold=1,
        locale=locale_of(reader_language()),
    )
    return _("for %(length)s") % {"length": length}


@lru_cache(maxsize=2048)
def _distance(unit: Unit, count: int, language: str) -> str:
    """Return "3 days ago" for a count of units gone by, "in 3 days" for a negative one."""
    length = timedelta(**{f"{unit}s": -count})
    # A threshold of its own keeps 7 days from becoming a week and 45 minutes from an hour.
    return format_timedelta(
        length,
        granularity=unit,
        threshold=1000,
        add_direction=True,
        locale=locale_of(language),
    )


@lru_cache(maxsize=4096)
def day_words(day: date, language: str, with_year: bool = True) -> str:
    """Return "24 November 2026" or "24 November"."""
    if with_year:
        return with_first(format_date(day, "long", locale=locale_of(language)), day, language)
    return with_first(format_skeleton("MMMMd", day, locale=locale_of(language)), day, language)


@lru_cache(maxsize=4096)
def full_day_words(day: date, language: str) -> str:
    """Return "Tuesday 24 November 2026"."""
    return with_first(format_date(day, "full", locale=locale_of(language)), day, language)


def exact_words(moment: datetime) -> str:
    """Return "24 November 2026 at 09:42", in the zone the moment carries."""
    return _("%(day)s at %(hour)s") % {
        "day": day_words(moment.date(), reader_language()),
        "hour": f"{moment:%H:%M}",
    }


def title_words(moment: datetime) -> str:
    """Return day of the week, day, hour and zone."""
    before, after = _around_the_hour(moment.date(), reader_language())
    return f"{before}{moment.hour:02}:{moment.minute:02}{after} ({moment.tzname()})"


@lru_cache(maxsize=4096)
def _around_the_hour(day: date, language: str) -> tuple[str, str]:
    """Return what stands before and after the hour in an exact moment of this day."""
    words: str = _("%(day)s at %(hour)s") % {"day": full_day_words(day, language), "hour": "\0"}
    before, _hour, after = words.partition("\0")
    return before, after


def due_words(moment: datetime, now: datetime) -> str:
    """Return by when something is promised: "today, 11:00", "Tue 1 Dec, 11:00"."""
    days = (moment.date() - now.date()).days
    near = {0: _("today"), 1: _("tomorrow")}.get(days)
    day = near or _short_day(moment.date(), reader_language())
    return _("%(day)s, %(hour)s") % {"day": day, "hour": f"{moment:%H:%M}"}


@lru_cache(maxsize=4096)
def _short_day(day: date, language: str) -> str:
    return with_first(format_skeleton("MMMEd", day, locale=locale_of(language)), day, language)


def minutes_words(minutes: int, *, exactly: bool = False) -> str:
    """Return "2 h 10 min"; "−" for what was received. From 100 hours on without the minutes, but
    exactly: where figures stand beside their sum."""
    return _minutes_words(int(minutes), reader_language(), exactly)


@lru_cache(maxsize=4096)
def _minutes_words(minutes: int, language: str, exactly: bool) -> str:
    """Return the words in the active language, kept: a list says the same ones again and again."""
    sign = "\N{MINUS SIGN}" if minutes < 0 else ""
    hours, rest = divmod(abs(minutes), 60)
    parts = []
    if hours:
        number = formats.number_format(hours, use_l10n=True, force_grouping=True)
        parts.append(_("%(number)s h") % {"number": number})
    if (rest and (exactly or hours < 100)) or not hours:
        parts.append(_("%(number)s min") % {"number": rest})
    return sign + " ".join(parts).replace(" ", NARROW)


@lru_cache(maxsize=256)
def language_in(code: str, reader: str) -> str:
    """Return a language's name in another one, as it stands in a sentence; empty if unknown."""
    return str(locale_of(reader).languages.get(code, ""))


@lru_cache(maxsize=256)
def language_words(code: str) -> str:
    """Return a language's own name, as in every list of languages; empty if unknown."""
    if code in OWN_NAMES:
        return OWN_NAMES[code]
    if code == "und":
        return ""
    try:
        language = Locale.parse(code.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return ""
    name = str(language.get_display_name(language) or "")
    # It stands alone, where French and Spanish too begin with a capital. Not capitalize(): that
    # would write "Português (brasil)".
    return name[:1].upper() + name[1:]
