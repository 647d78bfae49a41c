"""The clock on the wall of a place, and the moments it stands for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones


class NoSuchTimeError(ValueError):
    """The clocks go forward over this time: it does not exist on that day."""

    def __init__(self, local: datetime) -> None:
        super().__init__(f"{local:%Y-%m-%d %H:%M}")
        self.local = local


@dataclass(frozen=True)
class Slot:
    """One session as it is planned: a day, from when to when by the clock on the wall.

    ends: at or before the start, it is on the next day. id: of the session it changes; None for a
    new one.
    """

    day: date
    starts: time
    ends: time
    id: int | None = None

    @property
    def last_day(self) -> date:
        """The day it ends on. Raises OverflowError after the last day of all."""
        return self.day + timedelta(days=self.ends <= self.starts)


@dataclass(frozen=True)
class Span:
    """Two aware UTC moments; the end itself is free again."""

    start: datetime
    end: datetime

    def overlaps(self, other: "Span") -> bool:
        """Whether both hold some same minute; ends that touch do not."""
        return self.start < other.end and other.start < self.end


def moment_of(day: date, at: time, zone: str) -> datetime:
    """Return the UTC moment of a time on the wall; of an hour that comes twice, the first.

    zone: an IANA name. Raises NoSuchTimeError.
    """
    local = datetime.combine(day, at, tzinfo=ZoneInfo(zone))
    moment = local.astimezone(UTC)
    if moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise NoSuchTimeError(local)
    return moment


def span_of(slot: Slot, zone: str) -> Span:
    """Return the moments a slot stands for. Raises NoSuchTimeError."""
    start = moment_of(slot.day, slot.starts, zone)
    return Span(start, moment_of(slot.last_day, slot.ends, zone))


def overlapping_pairs(spans: Sequence[Span]) -> list[tuple[int, int]]:
    """Return the positions of spans that overlap each other, the later position second."""
    return [
        (first, second)
        for second in range(len(spans))
        for first in range(second)
        if spans[first].overlaps(spans[second])
    ]


def is_zone(name: str) -> bool:
    """Whether this is the IANA name of a zone."""
    return name in available_timezones()
