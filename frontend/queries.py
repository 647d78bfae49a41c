"""What the pages of no room show, read from the rooms below."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks_db.models import DBTaskResult

from aid.models import AidClaim
from aid.queries import living_figure, minutes_given_in, month_series, waiting_claims
from core.models import WorkerPulse
from forum.models import Question
from forum.queries import questions_for, waiting_questions
from helpdesk.queries import QueueRow, WaitingTicket, next_in_queue, waiting_for
from mentoring.queries import upcoming_for as mentoring_for
from people.models import Person
from people.reviews import waiting_count
from people.rules import has_role
from search.models import Pending
from workshops.queries import upcoming, upcoming_for

LATE_AFTER = timedelta(minutes=5)


@dataclass(frozen=True)
class Item:
    """One line of a list: where it leads, since or until when, and its state in words.

    note: plain words beside the moment; state: shown as one, "" for none; urgent: a person has to
    act now.
    """

    title: str
    url: str
    when: datetime | None = None
    language: str = ""
    tags: Sequence[str] = ()
    note: str = ""
    state: str = ""
    urgent: bool = False


@dataclass(frozen=True)
class Commons:
    """Help given in the present month, and by month over a year."""

    minutes: int
    places: int
    countries: int
    series: Sequence[Any]


@dataclass(frozen=True)
class Front:
    """What visitors find on the first page."""

    waiting: Sequence[Item] = ()
    workshops: Sequence[Item] = ()
    commons: Commons | None = None


@dataclass(frozen=True)
class Day:
    """What waits for one person, by what they do here; None: not for this person."""

    mine: Sequence[Item] = ()
    to_confirm: Sequence[Item] = ()
    questions: Sequence[Item] = ()
    to_answer: Sequence[Item] = ()
    meetings: Sequence[Item] = ()
    queue: Sequence[QueueRow] | None = None
    reviews: int = 0
    minutes_given: int | None = None
    links: Sequence[tuple[str, str]] = field(default=())


@dataclass(frozen=True)
class State:
    """One part of the house: does it work, in words."""

    name: str
    works: bool
    words: str


def front_page() -> Front:
    """Return what is public and recent; the same for every visitor."""
    return Front(
        waiting=[_asked(question) for question in waiting_questions(AnonymousUser(), 5)],
        workshops=[_ahead(one) for one in upcoming(3)],
        commons=_commons(),
    )


def today_of(person: Person) -> Day:
    """Return what waits for a person and what comes next."""
    year = timezone.localdate().year
    works = has_role(person, "agent", anywhere=True)
    to_answer, meetings = meetings_of(person)
    return Day(
        to_confirm=[_to_confirm(claim) for claim in waiting_claims(person)],
        questions=[_asked(question) for question in questions_for(person).order_by("-id")[:5]],
        to_answer=to_answer,
        meetings=meetings,
        mine=[_ticket(row) for row in waiting_for(person)],
        reviews=waiting_count() if has_role(person, "moderator") else 0,
        queue=next_in_queue(person) if works else None,
        minutes_given=minutes_given_in(person, year),
    )


def meetings_of(person: Person, limit: int = 6) -> tuple[list[Item], list[Item]]:
    """Return what of mentoring asks a word of this person, and their next meetings and workshops,
    soonest first: what is to be said of a meeting that was stands not among those to come."""
    found = [_ahead(one) for one in (*upcoming_for(person, limit), *mentoring_for(person))]
    found.sort(key=lambda item: item.when or timezone.now())
    to_answer = [item for item in found if item.urgent]
    return to_answer[:limit], [item for item in found if not item.urgent][:limit]


def _ticket(row: WaitingTicket) -> Item:
    return Item(
        title=row.title,
        url=row.url,
        when=row.when,
        language=row.language,
        state=row.state,
        urgent=row.urgent,
    )


def _ahead(one: Any) -> Item:
    return Item(
        title=one.title,
        url=one.url,
        when=one.when,
        state=one.state,
        urgent=one.urgent,
        language=getattr(one, "language", ""),
    )


def _asked(question: Question) -> Item:
    return Item(
        title=question.title,
        url=question.path,
        when=question.created_at,
        language=question.language,
        tags=[row.tag.label for row in question.tag_rows],
    )


def _to_confirm(claim: AidClaim) -> Item:
    return Item(title=claim.note or str(claim), url="/commons/claims", when=claim.happened_at)


def _commons() -> Commons:
    living = living_figure()
    series = [
        {
            "month": month.month,
            "local": month.total - month.across,
            "across": month.across,
        }
        for month in month_series()
    ]
    return Commons(
        minutes=living.minutes, places=living.places, countries=living.countries, series=series
    )


def states_of_the_house() -> list[State]:
    """Return what works now, as far as it can be seen from inside."""
    try:
        late_mail, late_search = _late_work(), _late_search()
    except DatabaseError:
        return [State(_("Pages and data"), False, _("The database does not answer."))]
    return [
        State(_("Pages and data"), True, _("Working")),
        State(_("Mail and notices"), not late_mail, _("Late") if late_mail else _("Working")),
        State(_("The search"), not late_search, _("Behind") if late_search else _("Working")),
    ]


def _late_work() -> bool:
    """Whether tasks have waited too long, or no worker has said for a while that it lives."""
    limit = timezone.now() - LATE_AFTER
    waits = DBTaskResult.objects.ready().filter(enqueued_at__lt=limit).exists()
    return waits or not WorkerPulse.objects.filter(at__gt=limit).exists()


def _late_search() -> bool:
    return Pending.objects.filter(at__lt=timezone.now() - LATE_AFTER).exists()
