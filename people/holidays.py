"""Holidays of a calendar file: which whole days between two are closed, and why. Pure.

Source: RFC 5545 (VEVENT, RRULE, RDATE, EXDATE, RECURRENCE-ID, STATUS).
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from dateutil.rrule import rrulestr  # type: ignore[import-untyped]  # ships no types
from icalendar import Calendar

DAY = timedelta(days=1)
LONGEST_NAME = 120
YEARS = 5  # looked ahead, where holidays come again each year
BY_HOURS = ("HOURLY", "MINUTELY", "SECONDLY")
MOST_DAYS = 366  # of one event: what lasts longer is no holiday


class UnreadableFileError(ValueError):
    """No calendar file."""


def holidays_in(content: bytes, first: date, last: date) -> dict[date, str]:
    """Return the whole days from first to last, both included, that a calendar file names.

    Recurring events are expanded; cancelled ones, and those that last hours alone, are left out.
    Where two events name a day, their names are joined.
    Raises UnreadableFileError.
    """
    try:
        calendar: Any = Calendar.from_ical(content)
        events = list(calendar.walk("VEVENT"))
        found = [pair for event in events for pair in _days_of(event, events, first, last)]
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        # What icalendar and dateutil raise for a file that is none.
        raise UnreadableFileError(str(error)) from error
    holidays: dict[date, str] = {}
    for day, name in sorted(found):
        names = [holidays[day], name] if day in holidays else [name]
        holidays[day] = ", ".join(dict.fromkeys(filter(None, names)))[:LONGEST_NAME]
    return holidays


def years_ahead(today: date) -> tuple[date, date]:
    """Return the days from and until which holidays are read, both included."""
    return date(today.year, 1, 1), date(today.year + YEARS, 12, 31)


def _days_of(event: Any, events: list[Any], first: date, last: date) -> Iterator[tuple[date, str]]:
    """Yield the days between two of one event, each with its name."""
    length = _length(event)
    if length < 1 or str(event.get("STATUS", "")).upper() == "CANCELLED":
        return
    name = " ".join(str(event.get("SUMMARY", "")).split())
    for begins in _begins(event, events, first - length * DAY, last):
        for day in (begins + n * DAY for n in range(length)):
            if first <= day <= last:
                yield day, name


def _length(event: Any) -> int:
    """Return how many whole days an event lasts; 0 for one of hours."""
    start = event["DTSTART"].dt
    if "DTEND" in event:
        end = event["DTEND"].dt
    elif "DURATION" in event:
        end = start + event["DURATION"].dt
    else:
        end = start if isinstance(start, datetime) else start + DAY
    if isinstance(start, datetime) and start.time() != time(0):
        return 0
    return int(min((end - start) / DAY, MOST_DAYS))


def _begins(event: Any, events: list[Any], first: date, last: date) -> Iterator[date]:
    """Yield the days an event begins on, those that another event replaces left out."""
    start = _day(event["DTSTART"].dt)
    left_out = _days_named(event, "EXDATE") | _replaced(event, events)
    days = {start, *_days_named(event, "RDATE")}
    if "RRULE" in event and "RECURRENCE-ID" not in event:
        midnight = datetime.combine(start, time(0))
        rule = rrulestr(_rule_of(event), dtstart=midnight)
        between = (datetime.combine(day, time(0)) for day in (max(first, start), last))
        days |= {moment.date() for moment in rule.between(*between, inc=True)}
        days.discard(start)  # only if the rule itself says so
        days |= {moment.date() for moment in rule.between(midnight, midnight, inc=True)}
    yield from sorted(days - left_out)


def _rule_of(event: Any) -> str:
    """Return the rule as dateutil reads it: days alone have no zone, so neither has UNTIL."""
    rule = event["RRULE"].copy()
    if rule["FREQ"][0].upper() in BY_HOURS:
        raise UnreadableFileError(f"A holiday every {rule['FREQ'][0]} is none")
    if "UNTIL" in rule:
        rule["UNTIL"] = [_day(until) for until in rule["UNTIL"]]
    text: str = rule.to_ical().decode()
    return text


def _days_named(event: Any, name: str) -> set[date]:
    values = event.get(name, [])
    lists = values if isinstance(values, list) else [values]
    return {_day(value.dt) for one in lists for value in one.dts}


def _replaced(event: Any, events: list[Any]) -> set[date]:
    """Return the days of a recurring event that others of its name stand for."""
    if "RECURRENCE-ID" in event or "UID" not in event:
        return set()
    others = (one for one in events if one.get("UID") == event["UID"] and "RECURRENCE-ID" in one)
    return {_day(one["RECURRENCE-ID"].dt) for one in others}


def _day(moment: Any) -> date:
    if isinstance(moment, datetime):
        return moment.date()
    if isinstance(moment, date):
        return moment
    raise UnreadableFileError(f"{moment!r} names no day")
