"""How the desk does: volume, first answer, solution and promises kept, over a period.

One statement, streamed: for each ticket opened in the period four small numbers that say where it
belongs, how its two promises stand, and the seconds to its first answer and to its end. One more,
counted by the database, for the further answers, of which a ticket may have many. Medians
and 90th percentiles are exact (helpdesk.queries.percentiles), taken from those columns here:
SQLite has no percentile, and four groupings by two measures would sort the same rows eight times in
any database. 100,000 tickets are two arrays of numbers for each group, some 6 MB at the most;
nothing of a ticket but these numbers is read.
"""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from django.conf import settings
from django.db.models import (
    BigIntegerField,
    Case,
    F,
    Func,
    QuerySet,
    When,
)
from django.db.models.functions import ExtractIsoWeekDay
from django.utils.translation import gettext as _

from core.errors import InvalidInput, NotAllowed
from helpdesk.models import Queue, Ticket
from helpdesk.queries.percentiles import MEDIAN, MOST, percentile
from helpdesk.queries.promised import BROKEN, KEPT, further_answers, with_promises
from helpdesk.states import DONE, State
from people.models import GuaranteeLevelVersion

GROUPS = ("level_version", "queue", "language", "weekday")
STREAMED = (*GROUPS, "first", "solved", "promise", "solution_promise")
LONGEST_DAYS, DAYS_SHOWN = 3 * 366, 30
FIRST_YEAR, LAST_YEAR = 2000, 2200


class SecondsBetween(Func):
    """Whole seconds from one moment to another, by the database, without making moments of them."""

    output_field = BigIntegerField()
    arity = 2

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        (since, first), (until, second) = (
            compiler.compile(part) for part in self.get_source_expressions()
        )
        seconds = "CAST(strftime('%%s', {}) AS INTEGER)"
        return f"({seconds.format(until)} - {seconds.format(since)})", [*second, *first]

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        (since, first), (until, second) = (
            compiler.compile(part) for part in self.get_source_expressions()
        )
        return f"EXTRACT(EPOCH FROM ({until} - {since}))::bigint", [*second, *first]


@dataclass
class Sums:
    """What is gathered of one group; the arrays hold seconds."""

    tickets: int = 0
    kept: int = 0
    broken: int = 0
    further_kept: int = 0
    further_broken: int = 0
    solution_kept: int = 0
    solution_broken: int = 0
    first: "array[int]" = field(default_factory=lambda: array("q"))
    solved: "array[int]" = field(default_factory=lambda: array("q"))

    def add(
        self, first: int | None, solved: int | None, promise: int | None, solution: int | None
    ) -> None:
        self.tickets += 1
        self.kept += promise == KEPT
        self.broken += promise == BROKEN
        self.solution_kept += solution == KEPT
        self.solution_broken += solution == BROKEN
        if first is not None:
            self.first.append(max(first, 0))
        if solved is not None:
            self.solved.append(max(solved, 0))

    def add_further(self, kept: int, broken: int) -> None:
        self.further_kept += kept
        self.further_broken += broken

    def join(self, other: "Sums") -> None:
        """Take in what was gathered of another group."""
        for name in ("tickets", "kept", "broken", "solution_kept", "solution_broken"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.add_further(other.further_kept, other.further_broken)
        self.first.extend(other.first)
        self.solved.extend(other.solved)


@dataclass(frozen=True)
class Figures:
    """A row of the report; durations in minutes, None where there are none.

    answered, solved: how many were. kept: promises of a first answer that were kept, of
    `promised` whose time is over or that were answered; further_kept, further_promised: the same
    of each further answer, solution_kept, solution_promised: of the solution; the clocks of both
    stand still while we wait for the requester.
    """

    name: str
    tickets: int
    answered: int
    first_median: int | None
    first_most: int | None
    solved: int
    solved_median: int | None
    solved_most: int | None
    promised: int
    kept: int
    further_promised: int
    further_kept: int
    solution_promised: int
    solution_kept: int

    @property
    def kept_percent(self) -> int | None:
        """Of a hundred promises of a first answer, how many were kept."""
        return _percent(self.kept, self.promised)

    @property
    def further_kept_percent(self) -> int | None:
        """The same of the further answers."""
        return _percent(self.further_kept, self.further_promised)

    @property
    def solution_kept_percent(self) -> int | None:
        """The same of a solution."""
        return _percent(self.solution_kept, self.solution_promised)


def _percent(kept: int, promised: int) -> int | None:
    return round(100 * kept / promised) if promised else None


@dataclass(frozen=True)
class Report:
    """all: every ticket of the period. by: the same by level, queue, language and weekday."""

    since: date
    until: date
    all: Figures
    by: dict[str, list[Figures]]


def queues_reported(person: Any) -> QuerySet[Queue]:
    """Return the queues whose figures a person reads: agents of all of it, and coordinators."""
    if not person.is_authenticated:
        return Queue.objects.none()
    ids = {
        grant.queue_id
        for grant in person.grants
        if grant.role in ("agent", "coordinator") and grant.organisation_id is None
    }
    return Queue.objects.all() if None in ids else Queue.objects.filter(pk__in=ids)


def report(
    queues: Sequence[Queue],
    since: date,
    until: date,
    *,
    language: str,
    languages: dict[str, str],
    weekdays: Sequence[str],
) -> Report:
    """Return the figures of tickets opened from a day to a day, both included, in these queues.

    Days are the association's. language: of the names; languages, weekdays (Monday first): names.
    Merged tickets are not counted: the other one is.
    """
    groups: dict[str, dict[Any, Sums]] = {
        "level": {},
        "queue": {},
        "language": {},
        "weekday": {},
    }
    every, tickets = Sums(), _opened(queues, since, until)
    for *keys, first, solved, promise, solution in _streamed(tickets):
        for sums in (every, *_of_groups(groups, keys)):
            sums.add(first, solved, promise, solution)
    for *keys, kept, broken in further_answers(tickets, GROUPS):
        for sums in (every, *_of_groups(groups, keys)):
            sums.add_further(kept, broken)
    levels = _level_names(language)
    called: dict[str, dict[Any, str]] = {
        "level": levels,
        "queue": {row.pk: row.name(language) for row in queues},
        "language": languages,
        "weekday": dict(enumerate(weekdays, start=1)),
    }
    by = {name: _rows(found, called[name]) for name, found in groups.items()}
    return Report(since, until, _figures("", every), by)


def _of_groups(groups: dict[str, dict[Any, Sums]], keys: Sequence[Any]) -> Iterable[Sums]:
    """Return what is gathered of the group of each key; keys: in the order of the groups."""
    found = zip(groups.values(), keys, strict=True)
    return [sums.setdefault(key, Sums()) for sums, key in found]


def _rows(sums: dict[Any, Sums], names: dict[Any, str]) -> list[Figures]:
    """Return a row for each group, in the order of its names; two of one name are one row."""
    order = {name: place for place, name in enumerate(dict.fromkeys(names.values()))}
    joined: dict[str, Sums] = {}
    for key, found in sums.items():
        name = names.get(key, "–" if key is None else str(key))
        joined.setdefault(name, Sums()).join(found)
    ordered = sorted(joined, key=lambda name: order.get(name, len(order)))
    return [_figures(name, joined[name]) for name in ordered]


def _figures(name: str, sums: Sums) -> Figures:
    first, solved = sorted(sums.first), sorted(sums.solved)
    return Figures(
        name=name,
        tickets=sums.tickets,
        answered=len(first),
        first_median=percentile(first, MEDIAN),
        first_most=percentile(first, MOST),
        solved=len(solved),
        solved_median=percentile(solved, MEDIAN),
        solved_most=percentile(solved, MOST),
        promised=sums.kept + sums.broken,
        kept=sums.kept,
        further_promised=sums.further_kept + sums.further_broken,
        further_kept=sums.further_kept,
        solution_promised=sums.solution_kept + sums.solution_broken,
        solution_kept=sums.solution_kept,
    )


def _opened(queues: Sequence[Queue], since: date, until: date) -> QuerySet[Ticket]:
    """Return the tickets opened in these days, with their weekday."""
    zone = ZoneInfo(settings.TIME_ZONE)
    begin = datetime.combine(since, time(0), zone)
    end = datetime.combine(until + timedelta(days=1), time(0), zone)
    rows = Ticket.objects.filter(
        queue__in=[queue.pk for queue in queues], opened_at__gte=begin, opened_at__lt=end
    ).exclude(state=State.MERGED)
    return rows.annotate(weekday=ExtractIsoWeekDay("opened_at", tzinfo=zone))


def _streamed(tickets: QuerySet[Ticket]) -> Iterable[Any]:
    ended = Case(When(state__in=DONE, then=F("waiting_since")))
    return (
        with_promises(tickets)
        .annotate(
            first=SecondsBetween("opened_at", "first_response_at"),
            solved=SecondsBetween("opened_at", ended),
        )
        .order_by()
        .values_list(*STREAMED)
        .iterator(chunk_size=5000)
    )


def _level_names(language: str) -> dict[int | None, str]:
    """Return the name of each version's level: what it is called now, for all its versions."""
    names: dict[int, str] = {}
    of_version: dict[int | None, int] = {}
    rows = GuaranteeLevelVersion.objects.select_related("level").order_by("level", "since", "pk")
    for row in rows:
        names[row.level_id] = row.name(language)
        of_version[row.pk] = row.level_id
    return {version: names[level] for version, level in of_version.items()}


def names_of_groups() -> dict[str, str]:
    """Return what the groups are called, in the order they are shown."""
    return {
        "level": _("By level"),
        "queue": _("By queue"),
        "language": _("By language"),
        "weekday": _("By weekday"),
    }


def period(since: str, until: str, today: date) -> tuple[date, date]:
    """Return the days a reader asked for, as YYYY-MM-DD; the last 30 days where nothing is said.

    Raises InvalidInput (since, until).
    """
    last = _day("until", until) or today
    first = _day("since", since) or last - timedelta(days=DAYS_SHOWN - 1)
    if first > last or (last - first).days > LONGEST_DAYS:
        detail = _("A period ends after it begins, and lasts three years at most.")
        raise InvalidInput.of("since", "out_of_range", detail)
    return first, last


def _day(name: str, text: str) -> date | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text) if len(text) == len("2026-11-30") else None
    except ValueError:
        day = None
    if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise InvalidInput.of(name, "invalid", _("Write a day as 2026-11-30."))
    return day


def report_for(person: Any, since: date, until: date, *, queue: str = "", language: str) -> Report:
    """Return the report of a person's queues, or of one of them by its slug.

    Raises NotAllowed for who has none, InvalidInput (queue) for one that is not theirs.
    """
    queues = queues_of(person)
    chosen = [row for row in queues if queue in ("", row.slug)]
    if not chosen:
        raise InvalidInput.of("queue", "invalid_choice", _("Choose one of the queues."))
    locale = Locale.parse(language, sep="-")
    return report(
        chosen,
        since,
        until,
        language=language,
        languages=dict(settings.SPOKEN_LANGUAGES),
        weekdays=[locale.days["stand-alone"]["wide"][day] for day in range(7)],
    )


def queues_of(person: Any) -> list[Queue]:
    """Return the queues a person reads of. Raises NotAllowed where there is none."""
    queues = list(queues_reported(person).order_by("pk"))
    if not queues:
        raise NotAllowed(_("Reports are for the agents and coordinators of a queue."))
    return queues
