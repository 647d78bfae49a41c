"""The guarantee levels as their public page tells of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from babel.dates import get_day_names
from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

from helpdesk.promises import Kind
from helpdesk.queries.kept import Record, records
from people.models import ClosedDay, GuaranteeLevel, GuaranteeLevelVersion, ServiceCalendar
from people.queries import current_versions

MOST_DAYS = 3  # closed ones ahead


@dataclass(frozen=True)
class ShownHours:
    """Hours of service in words: (days, periods) in the order of the week; closed days ahead."""

    name: str
    zone: str
    week: list[tuple[str, str]]
    closed: list[ClosedDay]


@dataclass(frozen=True)
class ShownLevel:
    """A level: what it promises now, and how it was kept over the last year."""

    level: GuaranteeLevel
    version: GuaranteeLevelVersion
    name: str
    languages: list[str]
    hours: ShownHours | None
    first_response: Record | None
    next_response: Record | None
    solution: Record | None

    @property
    def next_response_minutes(self) -> int | None:
        """What holds for each further answer; None: the same as for the first, or nothing."""
        minutes = self.version.next_response_minutes
        return None if minutes == self.version.first_response_minutes else minutes

    @property
    def price(self) -> float:
        """Euros a year."""
        return self.version.yearly_price_cents / 100


def shown_levels(levels: Iterable[GuaranteeLevel] | None = None) -> list[ShownLevel]:
    """Return the levels by price, or those given in their order; what promises nothing is not
    among them. Three queries, and what the records take when they are reckoned anew."""
    pairs = current_versions(GuaranteeLevel.objects.all() if levels is None else levels)
    if levels is None:
        pairs.sort(key=lambda pair: (pair[1].yearly_price_cents, pair[0].pk))
    known, language = records(), get_language() or "en"
    hours = _hours({version.calendar for _level, version in pairs if version.calendar}, language)
    return [
        ShownLevel(
            level=level,
            version=version,
            name=version.name(language),
            languages=version.languages or [code for code, _name in settings.SPOKEN_LANGUAGES],
            hours=hours.get(version.calendar_id),
            first_response=known.get((level.pk, Kind.FIRST_RESPONSE)),
            next_response=known.get((level.pk, Kind.NEXT_RESPONSE)),
            solution=known.get((level.pk, Kind.SOLUTION)),
        )
        for level, version in pairs
    ]


def _hours(calendars: set[ServiceCalendar], language: str) -> dict[int | None, ShownHours]:
    ahead: dict[int, list[ClosedDay]] = {calendar.pk: [] for calendar in calendars}
    today: date = timezone.localdate()
    for day in ClosedDay.objects.filter(calendar__in=ahead, day__gte=today):
        ahead[day.calendar_id].append(day)
    return {
        calendar.pk: ShownHours(
            name=calendar.name(language),
            zone=calendar.zone,
            week=week_words(calendar.week),
            closed=ahead[calendar.pk][:MOST_DAYS],
        )
        for calendar in calendars
    }


def week_words(week: list[Any]) -> list[tuple[str, str]]:
    """Return the hours of a week in words, days of the same hours together."""
    found, names = [], get_day_names("wide", locale=to_locale(get_language() or "en"))
    for periods, days in groupby(enumerate(week), key=lambda pair: pair[1]):
        numbers = [number for number, _periods in days]
        first, last = names[numbers[0]], names[numbers[-1]]
        words = first
        if first != last:
            words = _("%(first)s to %(last)s") % {"first": first, "last": last}
        found.append((words[:1].upper() + words[1:], _periods_words(periods)))
    return found


def _periods_words(periods: list[list[str]]) -> str:
    if periods == [["00:00", "00:00"]]:
        return _("day and night")
    shown = ", ".join(
        f"{opens}\u2013{'24:00' if ends == '00:00' else ends}" for opens, ends in periods
    )
    return shown or _("closed")
