"""What lists and pages show."""

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.translation import get_language

from chat.queries import RoomPanel, panel_on
from core.errors import seen
from people.models import Person, Skill
from workshops import rules
from workshops.models import Registration, Trainer, Venue, Workshop, WorkshopSession

LATEST = date(2100, 12, 1)
EARLIEST = date(2008, 1, 1)


@dataclass(frozen=True)
class SessionFacts:
    """One session; `differs`: the reader's clock shows another hour than that of the place.

    ends_next_day: on the reader's clock; that of the place has the session's own.
    """

    session: WorkshopSession
    differs: bool
    ends_next_day: bool


@dataclass(frozen=True)
class WorkshopPage:
    """What one person sees of a workshop and may do with it now.

    place_in_line: 1 for who moves up next, 0 for who does not wait. is_open: it can be changed.
    sees_room: the address online. talk: the live conversation, of those who lead or have a seat.
    """

    workshop: Workshop
    sessions: Sequence[SessionFacts]
    trainers: Sequence[Person]
    skills: Sequence[str]
    mine: Registration | None
    place_in_line: int
    can_manage: bool
    is_open: bool
    is_over: bool
    can_register: bool
    can_cancel_mine: bool
    can_close: bool
    sees_room: bool
    can_talk: bool
    talk: RoomPanel | None = None

    @property
    def taken(self) -> int:
        return int(getattr(self.workshop, "taken", 0))

    @property
    def waiting(self) -> int:
        return int(getattr(self.workshop, "waiting", 0))

    @property
    def free(self) -> int:
        return max(self.workshop.seats - self.taken, 0)


@dataclass(frozen=True)
class Guest:
    """Someone registered, as the door sees them; sessions: the ids of those they came to."""

    registration: Registration
    sessions: frozenset[int]


@dataclass(frozen=True)
class Door:
    """Who is expected at one session, each with whether they are there."""

    session: WorkshopSession
    sessions: Sequence[WorkshopSession]
    expected: Sequence[tuple[Guest, bool]]
    came: int
    is_open: bool


@dataclass(frozen=True)
class Line:
    """A workshop in a list; `differs`: the reader's clock shows another hour than the place's."""

    workshop: Workshop
    differs: bool
    free: int


@dataclass(frozen=True)
class Day:
    """One day of a month's page."""

    day: date
    is_outside: bool
    is_today: bool
    sessions: Sequence[WorkshopSession]


@dataclass(frozen=True)
class Month:
    """A month by weeks from Monday on; previous and next: first days, None at the ends of time."""

    first: date
    weeks: Sequence[Sequence[Day]]
    previous: date | None
    next: date | None

    @property
    def is_empty(self) -> bool:
        return not any(cell.sessions for week in self.weeks for cell in week)


def shown_workshops(person: Any) -> QuerySet[Workshop]:
    """Return the workshops a person may see, with all that their pages show; 5 queries."""
    return with_details(Workshop.objects.visible_to(person).with_counts())


def with_details(rows: QuerySet[Workshop]) -> QuerySet[Workshop]:
    """Add venue, sessions, trainers and skills."""
    return rows.select_related("venue__place").prefetch_related(
        "sessions",
        Prefetch("trainers", Trainer.objects.select_related("person")),
        Prefetch("skills", Skill.objects.prefetch_related("names").order_by("slug")),
    )


def listed_workshops(person: Any, when: str) -> tuple[QuerySet[Workshop], tuple[str, ...]]:
    """Return one of the lists with its order: coming, past, or (for who plans them) drafts."""
    rows = Workshop.objects.visible_to(person).with_counts().select_related("venue__place")
    now = timezone.now()
    if when == "past":
        rows = rows.filter(published_at__isnull=False, cancelled_at=None, ends_at__lte=now)
        return rows, ("-starts_at", "-id")
    if when == "drafts":
        return rows.filter(published_at=None, cancelled_at=None), ("starts_at", "id")
    return rows.filter(published_at__isnull=False, ends_at__gt=now), ("starts_at", "id")


def workshop_page(person: Any, workshop_id: int) -> WorkshopPage:
    """Return a workshop as this person sees it. Raises NotSeen."""
    workshop = seen(shown_workshops(person), pk=workshop_id)
    now = timezone.now()
    mine = registration_of(person, workshop)
    manages = rules.can_manage(person, workshop)
    is_over = workshop.is_over(now)
    takes_people = workshop.state == Workshop.State.PUBLISHED and not is_over
    has_seat = mine is not None and mine.state == Registration.State.REGISTERED
    can_talk = (manages or has_seat) and workshop.state != Workshop.State.CANCELLED
    return WorkshopPage(
        workshop=workshop,
        sessions=session_facts(workshop.sessions.all()),
        trainers=[row.person for row in workshop.trainers.all()],
        skills=skill_names_of(workshop),
        mine=mine,
        place_in_line=place_in_line(mine),
        can_manage=manages,
        is_open=workshop.state in (Workshop.State.DRAFT, Workshop.State.PUBLISHED),
        is_over=is_over,
        can_register=takes_people and mine is None and rules.can_register(person, workshop),
        can_cancel_mine=takes_people and mine is not None,
        can_close=manages and workshop.state == Workshop.State.PUBLISHED and is_over,
        sees_room=bool(workshop.online_url) and (manages or has_seat),
        can_talk=can_talk,
        talk=panel_on(person, "workshops.workshop", workshop) if can_talk else None,
    )


def session_facts(sessions: Iterable[WorkshopSession]) -> list[SessionFacts]:
    """Return sessions, each with whether the reader's clock shows another hour."""
    zone = timezone.get_current_timezone()
    return [
        SessionFacts(
            row,
            differs=_differs(row.start_at, row.zone, zone),
            ends_next_day=row.start_at.astimezone(zone).date() < row.end_at.astimezone(zone).date(),
        )
        for row in sessions
    ]


def _differs(moment: datetime, zone: str, reader: tzinfo) -> bool:
    there, here = moment.astimezone(ZoneInfo(zone)), moment.astimezone(reader)
    return there.utcoffset() != here.utcoffset()


def skill_names_of(workshop: Workshop) -> list[str]:
    """Return the names of its skills in the reader's language, else English, else the slug."""
    language = get_language() or "en"
    shown = []
    for skill in workshop.skills.all():
        names = {name.language: name.name for name in skill.names.all()}
        shown.append(names.get(language) or names.get("en") or skill.slug)
    return shown


def registration_of(person: Any, workshop: Workshop) -> Registration | None:
    """Return a person's own seat or place on the waiting list."""
    if not person.is_authenticated:
        return None
    return workshop.registrations.filter(person=person, state__in=Registration.ACTIVE).first()


def place_in_line(registration: Registration | None) -> int:
    """Return the place on the waiting list, 1 for the next; 0 for who does not wait."""
    if registration is None or registration.state != Registration.State.WAITING:
        return 0
    before = Q(registered_at__lt=registration.registered_at) | Q(
        registered_at=registration.registered_at, pk__lt=registration.pk
    )
    waiting = Registration.objects.filter(
        before, workshop=registration.workshop_id, state=Registration.State.WAITING
    )
    return waiting.count() + 1


def guests(workshop: Workshop) -> list[Guest]:
    """Return who is registered or waits, first come first; the rule was checked. 2 queries."""
    rows = (
        workshop.registrations.filter(state__in=Registration.ACTIVE)
        .select_related("person")
        .prefetch_related("attendances")
        .in_order()
    )
    return [
        Guest(row, frozenset(came.session_id for came in row.attendances.all())) for row in rows
    ]


def door(workshop: Workshop, session_id: int = 0) -> Door:
    """Return the door's list: of the session asked for, else of the next one."""
    sessions, now = list(workshop.sessions.all()), timezone.now()
    asked = [row for row in sessions if row.pk == session_id]
    ahead = [row for row in sessions if row.end_at > now]
    session = (asked or ahead or sessions[-1:])[0]
    expected = [
        guest
        for guest in guests(workshop)
        if guest.registration.state == Registration.State.REGISTERED
    ]
    return Door(
        session=session,
        sessions=sessions,
        expected=[(guest, session.pk in guest.sessions) for guest in expected],
        came=sum(session.pk in guest.sessions for guest in expected),
        is_open=workshop.state == Workshop.State.PUBLISHED and rules.doors_are_open(session, now),
    )


def line_of(workshop: Workshop) -> Line:
    """Return a workshop as lists show it; the row has its counts."""
    differs = _differs(workshop.starts_at, workshop.zone, timezone.get_current_timezone())
    return Line(workshop, differs, max(workshop.seats - int(getattr(workshop, "taken", 0)), 0))


def venues() -> QuerySet[Venue]:
    """Return the places to choose from; names sort as the database sorts."""
    return Venue.objects.select_related("place").order_by("name", "pk")


def month_page(person: Any, first: date) -> Month:
    """Return a month's sessions by the reader's days; cancelled ones are left out."""
    zone, today = timezone.get_current_timezone(), timezone.localdate()
    weeks = calendar.Calendar().monthdatescalendar(first.year, first.month)
    since = datetime.combine(weeks[0][0], time(), tzinfo=zone).astimezone(UTC)
    until = datetime.combine(weeks[-1][-1] + timedelta(days=1), time(), tzinfo=zone)
    visible = Workshop.objects.visible_to(person).filter(cancelled_at=None)
    by_day: dict[date, list[WorkshopSession]] = {}
    rows = WorkshopSession.objects.filter(
        workshop__in=visible, start_at__gte=since, start_at__lt=until.astimezone(UTC)
    )
    for row in rows.select_related("workshop").order_by("start_at", "pk"):
        by_day.setdefault(row.start_at.astimezone(zone).date(), []).append(row)
    after = (first + timedelta(days=31)).replace(day=1)
    before = (first - timedelta(days=1)).replace(day=1)
    return Month(
        first=first,
        weeks=[
            [Day(day, day.month != first.month, day == today, by_day.get(day, ())) for day in week]
            for week in weeks
        ],
        previous=before if before >= EARLIEST else None,
        next=after if after <= LATEST else None,
    )


def calendar_workshops() -> QuerySet[Workshop]:
    """Return what everyone's calendar file holds: published, from a season ago on; 2 queries."""
    since = timezone.now() - timedelta(days=92)
    return (
        Workshop.objects.filter(published_at__isnull=False, ends_at__gte=since)
        .select_related("venue")
        .prefetch_related("sessions")
        .order_by("starts_at", "pk")
    )
