"""Which tickets may be given to an agent as the next one, and why one was."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from babel.dates import format_timedelta
from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from helpdesk.clocks import service_between
from helpdesk.fairness import FAR_OFF, WINDOW, Kind, Recent, Waiting
from helpdesk.models import AgentOffer, Fairness, NeededSkill, Pick, Skip, Ticket, TimeSpent
from helpdesk.queries.history import hours_of
from helpdesk.queries.lists import level_versions
from helpdesk.queries.states import minutes_until
from people.models import GuaranteeLevelVersion, Person, PersonSkill
from people.moments import due_words
from people.queries import skill_names

WEEK = timedelta(days=7)
DAY, HOUR = 24 * 60, 60  # in minutes
PICK_MINUTES = 15  # what a ticket counts of the hours an agent offered


def fitting(person: Person, *, now: datetime, patience: timedelta) -> QuerySet[Ticket]:
    """Return what nobody has in hand and this agent can answer, the nearest turn first.

    In a language they read; asking for no skill they lack, until it is late or has waited out all
    patience: then whoever there is sees to it. Not one's own, nor what one gave back lately.
    """
    rows = Ticket.objects.staffed_by(person).filter(waits_for="us", assignee=None)
    had = PersonSkill.objects.filter(person=person, wanted=False).values("skill_id")
    lacking = NeededSkill.objects.filter(ticket=OuterRef("pk")).exclude(skill_id__in=had)
    given_back = Skip.objects.filter(ticket=OuterRef("pk"), person=person, until__gt=now)
    is_urgent = Q(turn_at__lte=now) | Q(waiting_since__lte=now - patience)
    return (
        rows.exclude(requester=person)
        .not_set_aside(now)
        .filter(language__in=[*person.spoken, "und"])
        .filter(~Exists(lacking) | is_urgent)
        .filter(~Exists(given_back))
        .order_by("turn_at", "pk")
    )


def paid_versions() -> dict[int, GuaranteeLevelVersion]:
    """Return what is promised for money, by id; one query."""
    return {pk: version for pk, version in level_versions().items() if version.yearly_price_cents}


def of_kind(
    rows: QuerySet[Ticket], kind: Kind, paid: dict[int, GuaranteeLevelVersion]
) -> QuerySet[Ticket]:
    """Return the tickets of one kind; paid: paid_versions()."""
    is_paid = Q(level_version__in=list(paid))
    return rows.filter(is_paid) if kind == Kind.PAID else rows.exclude(is_paid)


def recent_picks(floor: Fairness) -> Recent:
    """Return what the next pick looks back at; one query of at most nineteen rows."""
    rows = Pick.objects.counted().order_by("-pk").values_list("kind", flat=True)
    kinds = list(rows[: WINDOW - 1])
    return Recent(total=len(kinds), free=kinds.count(Kind.FREE), credit=floor.credit)


def as_waiting(ticket: Ticket, paid: dict[int, GuaranteeLevelVersion], now: datetime) -> Waiting:
    """Return a ticket as the choice sees it. paid: paid_versions().

    How far off its promise is counts in the hours of its level, which are read (two queries) only
    where it is not near by the clock already.
    """
    version = paid.get(ticket.level_version_id or 0)
    is_far_off = version is not None and ticket.turn_at - now > FAR_OFF
    if version is not None and is_far_off:
        hours = hours_of(version.calendar_id)
        is_far_off = service_between(now, ticket.turn_at, hours) > FAR_OFF
    return Waiting(ticket.turn_at, ticket.waiting_since, is_far_off=is_far_off)


def offer_of(person: Person) -> AgentOffer:
    """Return what an agent offers; who said nothing offers without limit."""
    return AgentOffer.objects.filter(person=person).first() or AgentOffer(person=person)


def minutes_given(person: Person, now: datetime) -> int:
    """Return the minutes given in the last seven days: what was written down as time spent.

    A ticket picked and kept for which nothing is written down yet counts fifteen.
    """
    since = timezone.localtime(now - WEEK).date()
    spent = TimeSpent.objects.filter(agent=person, day__gt=since)
    minutes: int = spent.aggregate(sum=Sum("minutes"))["sum"] or 0
    written = TimeSpent.objects.filter(agent=person, ticket=OuterRef("ticket"))
    picks = Pick.objects.filter(person=person, at__gt=now - WEEK, given_back=None)
    return minutes + picks.filter(~Exists(written)).count() * PICK_MINUTES


def tickets_in_hand(person: Person) -> int:
    """Return how many tickets wait for this agent."""
    return Ticket.objects.filter(assignee=person, waits_for="us").count()


def last_pick(person: Any, ticket: Ticket) -> Pick | None:
    """Return by which pick someone last got a ticket as the next one."""
    return Pick.objects.filter(person=person, ticket=ticket).order_by("-pk").first()


def why_words(pick: Pick, ticket: Ticket) -> str:
    """Return why an agent got this ticket, as it was when they got it.

    A promise is told by the moment it falls due, in the active zone: how many hours are left by
    the clock says little, as only those of service count.
    """
    if pick.kind == Kind.FREE:
        waited = max(0, -(minutes_until(ticket.waiting_since, pick.at) or 0))
        return _("Free ticket, waiting %(time)s") % {"time": time_words(waited)}
    left = minutes_until(ticket.answer_due_at, pick.at)
    if left is None:
        return _("Paid ticket, the nearest in turn")
    if left < 0:
        return _("Promise is late by %(time)s") % {"time": time_words(-left)}
    now, due = timezone.localtime(pick.at), timezone.localtime(ticket.answer_due_at)
    return _("The promise falls due: %(moment)s") % {"moment": due_words(due, now)}


def time_words(minutes: int) -> str:
    """Return how long it is in the one unit that says enough: "3 days", "2 hours"."""
    unit = next((unit for unit in (DAY, HOUR) if minutes >= unit), 1)
    length = timedelta(minutes=max(1, minutes // unit) * unit)
    return format_timedelta(length, threshold=1, locale=(get_language() or "en").replace("-", "_"))


@dataclass(frozen=True)
class Standing:
    """What an agent works with as the next ticket is chosen for them."""

    minutes_given: int
    tickets_in_hand: int
    languages: list[str]
    skills: list[str]


def standing_of(person: Person) -> Standing:
    """Return what an agent has given and knows, for the page where they say what they offer."""
    names = skill_names(get_language() or "en")
    had = PersonSkill.objects.filter(person=person, wanted=False).values_list("skill_id", flat=True)
    return Standing(
        minutes_given=minutes_given(person, timezone.now()),
        tickets_in_hand=tickets_in_hand(person),
        languages=person.spoken,
        skills=sorted(names[pk] for pk in had if pk in names),
    )


def needed_skills(ticket: Ticket, language: str) -> list[str]:
    """Return the names of the skills a ticket asks for, in this language."""
    names = skill_names(language)
    needed = NeededSkill.objects.filter(ticket=ticket).values_list("skill_id", flat=True)
    return sorted(names[pk] for pk in needed if pk in names)
