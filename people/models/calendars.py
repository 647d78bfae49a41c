"""When there is service: opening hours of a week, and the days that are closed."""

import re
from datetime import time
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from people.naming import NamedByLanguage

HOUR = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
DAYS_OF_A_WEEK = 7


def check_zone(value: str) -> None:
    """Raise ValidationError for what is no IANA time zone."""
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise ValidationError(_("Name a zone such as Europe/Paris."), code="zone") from None


def check_week(value: Any) -> None:
    """Raise ValidationError unless it is seven lists of ["09:00", "18:00"], none backwards."""
    is_week = isinstance(value, list) and len(value) == DAYS_OF_A_WEEK
    if not is_week or not all(map(_is_day, value)):
        raise ValidationError(
            _('Seven days from Monday on, each a list of periods: ["09:00", "18:00"].'),
            code="week",
        )


def _is_day(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_period, value))


def _is_period(value: Any) -> bool:
    """Whether it is a pair of hours, in order; a close at 00:00 is the day's end."""
    if not isinstance(value, list) or len(value) != 2:
        return False
    if not all(isinstance(hour, str) and HOUR.fullmatch(hour) for hour in value):
        return False
    opens, closes = value
    return bool(opens < closes or closes == "00:00")


class ServiceCalendar(NamedByLanguage):
    """Hours of service that levels promise in; never changed once a level does, but for holidays.

    week: seven lists, Monday first, of ["09:00", "18:00"]; a close at "00:00" is the day's end.
    """

    slug = models.SlugField(max_length=40, unique=True)
    zone = models.CharField(max_length=60, default="Europe/Paris", validators=[check_zone])
    week = models.JSONField(validators=[check_week])

    def __str__(self) -> str:
        return self.slug

    @property
    def periods(self) -> tuple[tuple[tuple[time, time], ...], ...]:
        """The week as times."""
        return tuple(
            tuple((time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in day)
            for day in self.week
        )


class ClosedDay(models.Model):
    """A day of a calendar without service."""

    calendar = models.ForeignKey(ServiceCalendar, models.CASCADE, related_name="closed_days")
    day = models.DateField()
    name = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["day"]
        constraints = [models.UniqueConstraint(fields=["calendar", "day"], name="closed_day_once")]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {self.name}"
