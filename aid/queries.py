"""Figures of the commons and a person's statement."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.cache import cache
from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.utils import timezone
from django.utils.translation import gettext as _

from aid.models import AidClaim, AidEntry, AidLine, Kind
from people.models import Person

SMALLEST_GROUP = 5
CACHED_SECONDS = 60


@dataclass(frozen=True)
class MonthFigure:
    """Minutes of help given in one month, by reach and by kind; month is its first day."""

    month: date
    local: int
    across: int
    unknown: int
    by_kind: dict[str, int]

    @property
    def total(self) -> int:
        return self.local + self.across + self.unknown


@dataclass(frozen=True)
class LivingFigure:
    """The commons in one line: minutes given this month, across places in countries."""

    minutes: int
    places: int
    countries: int


@dataclass(frozen=True)
class Statement:
    """A person's minutes over a period, and the entries behind them, newest first."""

    since: date
    until: date
    given: int
    received: int
    by_kind: list[tuple[str, int]]
    lines: list[AidLine]


@dataclass(frozen=True)
class PlaceFigure:
    """Minutes given from one place; small groups are merged under an empty name."""

    name: str
    country: str
    minutes: int
    people: int


def months_back(months: int, today: date) -> list[date]:
    """Return the first days of the last months, oldest first, the present one last."""
    first = today.replace(day=1)
    days = []
    for _index in range(months):
        days.append(first)
        first = (first - timedelta(days=1)).replace(day=1)
    return days[::-1]


def _start_of(day: date) -> datetime:
    """Return the association's midnight of a day, in UTC."""
    zone = ZoneInfo(settings.ASSOCIATION_TIME_ZONE)
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def month_series(months: int = 12, *, today: date | None = None) -> list[MonthFigure]:
    """Return the association's figures by month, oldest first; cached for a minute.

    Given minutes count once for each giver; reversed entries cancel out.
    """
    today = today or timezone.localdate(timezone=ZoneInfo(settings.ASSOCIATION_TIME_ZONE))
    key = f"aid:months:{months}:{today}"
    found: list[MonthFigure] | None = cache.get(key)
    if found is None:
        found = _month_series(months_back(months, today))
        cache.set(key, found, CACHED_SECONDS)
    return found


def _given(rows: QuerySet[AidLine]) -> QuerySet[AidLine]:
    """Return the giving side of entries and of their reversals."""
    return rows.filter(
        Q(minutes__gt=0, entry__reverses=None) | Q(minutes__lt=0, entry__reverses__isnull=False)
    )


def _month_series(days: Sequence[date]) -> list[MonthFigure]:
    zone = ZoneInfo(settings.ASSOCIATION_TIME_ZONE)
    rows = (
        _given(AidLine.objects.filter(entry__happened_at__gte=_start_of(days[0])))
        .annotate(month=TruncMonth("entry__happened_at", tzinfo=zone))
        .values("month", "entry__reach", "entry__kind")
        .annotate(sum=Sum("minutes"))
        .order_by()
    )
    reaches: dict[date, dict[str, int]] = {day: {} for day in days}
    kinds: dict[date, dict[str, int]] = {day: {} for day in days}
    for row in rows:
        day = row["month"].date()
        if day in reaches:
            reach, kind, minutes = row["entry__reach"], row["entry__kind"], row["sum"]
            reaches[day][reach] = reaches[day].get(reach, 0) + minutes
            kinds[day][kind] = kinds[day].get(kind, 0) + minutes
    return [
        MonthFigure(
            month=day,
            local=reaches[day].get(AidEntry.Reach.LOCAL, 0),
            across=reaches[day].get(AidEntry.Reach.ACROSS, 0),
            unknown=reaches[day].get(AidEntry.Reach.UNKNOWN, 0),
            by_kind={kind: kinds[day].get(kind, 0) for kind in Kind.values},
        )
        for day in days
    ]


def living_figure() -> LivingFigure:
    """Return the present month's figure for the home page; cached for a minute."""
    found: LivingFigure | None = cache.get("aid:living")
    if found is None:
        zone = ZoneInfo(settings.ASSOCIATION_TIME_ZONE)
        first = timezone.localdate(timezone=zone).replace(day=1)
        rows = AidLine.objects.filter(entry__happened_at__gte=_start_of(first))
        minutes = _given(rows).aggregate(sum=Sum("minutes"))["sum"] or 0
        where = rows.aggregate(
            places=Count("place", distinct=True), countries=Count("place__country", distinct=True)
        )
        found = LivingFigure(minutes, where["places"], where["countries"])
        cache.set("aid:living", found, CACHED_SECONDS)
    return found


def places_of_year(year: int) -> list[PlaceFigure]:
    """Return minutes given by place in one year, most first.

    Places with fewer than five givers are merged into one line without a name, and that line is
    left out while it is itself smaller than five: nobody can be found in the figures.
    """
    rows = (
        _given(
            AidLine.objects.filter(
                entry__happened_at__gte=_start_of(date(year, 1, 1)),
                entry__happened_at__lt=_start_of(date(year + 1, 1, 1)),
            )
        )
        .values("place__name", "place__country")
        .annotate(sum=Sum("minutes"), people=Count("person", distinct=True))
        .order_by("-sum", "place__name")
    )
    named, merged_minutes, merged_people = [], 0, 0
    for row in rows:
        if row["people"] >= SMALLEST_GROUP and row["place__name"]:
            named.append(
                PlaceFigure(row["place__name"], row["place__country"], row["sum"], row["people"])
            )
        else:
            merged_minutes += row["sum"]
            merged_people += row["people"]
    if merged_people >= SMALLEST_GROUP:
        named.append(PlaceFigure("", "", merged_minutes, merged_people))
    return named


def statement(person: Person, year: int) -> Statement:
    """Return a person's own statement of one year, in the association's calendar."""
    since, until = date(year, 1, 1), date(year + 1, 1, 1)
    lines = list(
        AidLine.objects.filter(
            person=person,
            entry__happened_at__gte=_start_of(since),
            entry__happened_at__lt=_start_of(until),
        )
        .select_related("entry__claim")
        .order_by("-entry__happened_at", "-id")
    )
    by_kind: dict[str, int] = {}
    given = received = 0
    for line in lines:
        is_giving = (line.minutes > 0) == (line.entry.reverses_id is None)
        if is_giving:
            given += line.minutes
            by_kind[line.entry.kind] = by_kind.get(line.entry.kind, 0) + line.minutes
        else:
            received -= line.minutes
    ordered = [(kind, by_kind[kind]) for kind in Kind.values if by_kind.get(kind)]
    return Statement(since, until - timedelta(days=1), given, received, ordered, lines)


def claims_of(person: Any) -> QuerySet[AidClaim]:
    """Return the claims a person takes part in, with who gives and receives."""
    return AidClaim.objects.visible_to(person).prefetch_related(
        "givers__person", "receivers__person"
    )


def hide_receivers(person: Any, claims: Iterable[AidClaim]) -> None:
    """Put a stand-in for who was helped without being named, where this person does not receive.

    Volunteers work tickets without knowing who asked (the help desk's masks), and answer who asks
    under a pseudonym; their claims tell them no more. claims: of claims_of(). Nothing of it may be
    saved afterwards.
    """
    for claim in claims:
        rows = list(claim.receivers.all())
        if not claim.hides_receivers or any(row.person_id == person.pk for row in rows):
            continue
        for row in rows:
            row.person = hidden_person(row.person_id, claim)


def hidden_person(pk: int, claim: AidClaim) -> Person:
    """Return a person of this id who is named by what they did alone: no handle, no page."""
    is_ticket = claim.kind == Kind.TICKET
    name = _("who opened the ticket") if is_ticket else _("who asked under a pseudonym")
    return Person(pk=pk, handle="", display_name=name, state=Person.State.IMPORTED)


def waiting_claims(person: Person, limit: int = 5) -> list[AidClaim]:
    """Return the claims that wait for this person's answer, oldest first."""
    return list(
        claims_of(person)
        .filter(
            state=AidClaim.State.PENDING,
            receivers__person=person,
            receivers__confirmed_at=None,
            receivers__declined_at=None,
        )
        .order_by("id")[:limit]
    )


def minutes_given_by(person: Person) -> int:
    """Return all minutes a person has given: the public figure on a profile."""
    return _given(AidLine.objects.filter(person=person)).aggregate(sum=Sum("minutes"))["sum"] or 0


def nobody_to_confirm() -> str:
    """Return why a claim was not made: help counts when somebody else can confirm it."""
    return _("Name at least one other person; help given by paid staff is not counted here.")


def minutes_given_in(person: Person, year: int) -> int:
    """Return the minutes a person has given in one year."""
    rows = AidLine.objects.filter(
        person=person, entry__happened_at__gte=_start_of(date(year, 1, 1))
    )
    return _given(rows).aggregate(sum=Sum("minutes"))["sum"] or 0
