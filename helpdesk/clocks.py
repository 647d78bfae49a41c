"""Time in hours of service: when so much of it has gone by, and how much lies between two moments.

Pure: no database, no clock of its own. Counted is time as it elapses, to the microsecond: a
period that spans the hour when clocks change is an hour shorter or longer, as the people who
serve in it know. The stretches of each year are laid out once and kept; then a question is two
bisections, however far away the answer.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import accumulate
from typing import Final
from zoneinfo import ZoneInfo

Period = tuple[time, time]
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
TICK: Final = timedelta(microseconds=1)
DAY: Final = timedelta(days=1)
LONGEST_WAIT: Final = timedelta(days=5 * 365 + 2) // TICK  # five years
LAST_YEAR: Final = 9998  # datetime knows no midnight after 9999
MIDNIGHT: Final = time(0)
# A ticket whose level promises nothing takes its turn as if a week had been promised: nobody
# waits for ever behind those who were promised hours.
TURN_WITHOUT_PROMISE: Final = timedelta(days=7)


class NoPromise(Exception):  # noqa: N818  (an answer, not a fault)
    """Nothing can be promised: these hours of service do not open for five years."""


@dataclass(frozen=True)
class ServiceHours:
    """When there is service: periods of each day of the week on the clocks of a zone.

    zone: an IANA name. week: seven tuples, Monday first, of (opens, closes); a close at time(0)
    is the day's end, so (time(0), time(0)) is the whole day. closed: days without service.
    Periods may stand in any order; where they overlap, time counts once; one that closes when it
    opens holds none. Service over midnight is two periods.

    An opening or closing time that the clocks skip counts by the offset before the gap (02:30 is
    03:30 then); one that they show twice is the first (RFC 5545, 3.3.5; PEP 495, fold=0). No
    period reaches beyond its own day.
    Raises ValueError for an unknown zone, another number of days, and a period that closes before
    it opens.
    """

    zone: str
    week: tuple[tuple[Period, ...], ...]
    closed: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        object.__setattr__(self, "week", tuple(tuple(map(_pair, day)) for day in self.week))
        object.__setattr__(self, "closed", frozenset(self.closed))
        if len(self.week) != 7:
            raise ValueError("A week has seven days, Monday first.")
        for opens, closes in (period for day in self.week for period in day):
            if opens.tzinfo or closes.tzinfo:
                raise ValueError("Times of a period are read in the zone, and carry none.")
            if MIDNIGHT != closes < opens:
                raise ValueError(f"Closes at {closes} before it opens at {opens}: make it two.")
        try:
            ZoneInfo(self.zone)
        except (KeyError, OSError) as error:  # a folder of zones is no zone
            raise ValueError(f"Unknown time zone: {self.zone}") from error


def _pair(period: Period) -> Period:
    opens, closes = period
    return opens, closes


ALWAYS: Final = ServiceHours("UTC", (((MIDNIGHT, MIDNIGHT),),) * 7)


def add_working_time(start: datetime, seconds: int, hours: ServiceHours) -> datetime:
    """Return the earliest moment, in UTC, with so many seconds of service between start and it.

    It falls in hours of service or exactly at their end; 0 seconds is the start itself.
    Raises ValueError (naive or negative), NoPromise (no open hour for five years).
    """
    return after_service(start, timedelta(seconds=seconds), hours)


def working_seconds_between(start: datetime, end: datetime, hours: ServiceHours) -> int:
    """Return the whole seconds of service between two moments.

    Raises ValueError (naive, or an end before the start).
    """
    return service_between(start, end, hours) // timedelta(seconds=1)


def after_service(start: datetime, length: timedelta, hours: ServiceHours) -> datetime:
    """Do as add_working_time, to the microsecond."""
    if length < timedelta(0):
        raise ValueError("Service is not counted backwards.")
    moment = _ticks(start)
    if not length:
        return start.astimezone(UTC)
    first_year = _local_year(start, hours)
    missing = length // TICK + _year(hours, first_year).before(moment)
    closed_since = moment
    for number in range(first_year, LAST_YEAR + 1):
        year = _year(hours, number)
        if year.next_opening(closed_since) - closed_since > LONGEST_WAIT:
            raise NoPromise
        if year.total >= missing:
            index = bisect_left(year.worked, missing)
            return EPOCH + (year.closes[index] - year.worked[index] + missing) * TICK
        if year.closes:
            closed_since = max(closed_since, year.closes[-1])
        missing -= year.total
    raise NoPromise


def service_between(start: datetime, end: datetime, hours: ServiceHours) -> timedelta:
    """Do as working_seconds_between, to the microsecond."""
    first, last = _ticks(start), _ticks(end)
    if last < first:
        raise ValueError("The end comes before the start.")
    years = range(_local_year(start, hours), _local_year(end, hours) + 1)
    until_last = sum(_year(hours, number).before(last) for number in years)
    return (until_last - _year(hours, years[0]).before(first)) * TICK


def _ticks(moment: datetime) -> int:
    """Return microseconds since 1970. Raises ValueError for a moment of no zone."""
    if moment.utcoffset() is None:
        raise ValueError("A moment needs its zone.")
    return (moment - EPOCH) // TICK


def _local_year(moment: datetime, hours: ServiceHours) -> int:
    return moment.astimezone(ZoneInfo(hours.zone)).year


@dataclass(frozen=True)
class _Year:
    """The stretches of service of one year of a zone, in microseconds since 1970, in order.

    worked: the service from the year's beginning to the end of each stretch. ends: of the year.
    """

    opens: tuple[int, ...]
    closes: tuple[int, ...]
    worked: tuple[int, ...]
    ends: int

    @property
    def total(self) -> int:
        return self.worked[-1] if self.worked else 0

    def before(self, moment: int) -> int:
        """Return the service of this year before a moment."""
        index = bisect_right(self.opens, moment) - 1
        if index < 0:
            return 0
        return self.worked[index] - max(self.closes[index] - moment, 0)

    def next_opening(self, moment: int) -> int:
        """Return when the first stretch that ends after this moment opens, or the year's end."""
        index = bisect_right(self.closes, moment)
        return self.opens[index] if index < len(self.opens) else self.ends


@lru_cache(maxsize=512)
def _year(hours: ServiceHours, number: int) -> _Year:
    """Lay out one year; of those after the last one, an empty one."""
    stretches = list(_stretches(hours, number)) if number <= LAST_YEAR else []
    opens = tuple(opening for opening, _closing in stretches)
    closes = tuple(closing for _opening, closing in stretches)
    worked = tuple(accumulate(closing - opening for opening, closing in stretches))
    last_day = date(min(number, LAST_YEAR), 12, 31)
    ends = _ticks(datetime.combine(last_day + DAY, MIDNIGHT, ZoneInfo(hours.zone)))
    return _Year(opens, closes, worked, ends)


def _stretches(hours: ServiceHours, number: int) -> Iterator[tuple[int, int]]:
    """Yield when service opens and closes in a year; no two stretches touch or overlap."""
    zone = ZoneInfo(hours.zone)
    day, held = date(number, 1, 1), None
    day_begins = _ticks(datetime.combine(day, MIDNIGHT, zone))
    while day.year == number:
        day_ends = _ticks(datetime.combine(day + DAY, MIDNIGHT, zone))
        periods = () if day in hours.closed else hours.week[day.weekday()]
        for opening, closing in sorted(_on_day(day, periods, zone, day_begins, day_ends)):
            if held and opening <= held[1]:
                held = held[0], max(closing, held[1])
                continue
            if held:
                yield held
            held = opening, closing
        day, day_begins = day + DAY, day_ends
    if held:
        yield held


def _on_day(
    day: date, periods: tuple[Period, ...], zone: ZoneInfo, begins: int, ends: int
) -> Iterator[tuple[int, int]]:
    """Yield the periods of one day as they elapse; a day that a zone left out has none."""
    for opens, closes in periods:
        opening = max(_ticks(datetime.combine(day, opens, zone)), begins)
        closing = ends
        if closes != MIDNIGHT:
            closing = min(_ticks(datetime.combine(day, closes, zone)), ends)
        if opening < closing:
            yield opening, closing
