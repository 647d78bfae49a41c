"""Lists of tickets: one's own, the queue, and what waits on the page Today."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.translation import get_language

from core.pagination import Page, keyset_page
from helpdesk import rules
from helpdesk.models import Queue, Ticket
from helpdesk.queries.states import minutes_until, state_words
from helpdesk.states import Side, State
from people.models import GuaranteeLevelVersion, Person
from people.notices import name_of

BY_TURN = ("turn_at", "id")
BY_ACTIVITY = ("-last_activity_at", "-id")


@dataclass(frozen=True)
class WaitingTicket:
    """A ticket on the page Today; urgent: this reader is to act."""

    title: str
    url: str
    when: datetime
    language: str
    state: str
    urgent: bool


@dataclass(frozen=True)
class QueueCount:
    """One queue with what waits in it: for us, and for those who asked."""

    slug: str
    name: str
    for_us: int
    for_them: int


@dataclass(frozen=True)
class QueueRow:
    """One ticket in the queue; minutes_left: until our answer is due, negative when late."""

    path: str
    number: str
    subject: str
    language: str
    who: str
    level: str
    state: str
    assignee: str
    waiting_since: datetime
    minutes_left: int | None

    @property
    def minutes_late(self) -> int:
        return max(-(self.minutes_left or 0), 0)


@dataclass(frozen=True)
class QueuePage:
    """One page of the queue, and what it shows."""

    page: Page[Ticket]
    rows: list[QueueRow]


@dataclass(frozen=True)
class QueueFilters:
    """What an agent looks at; empty: all. assigned: `me` or `nobody`."""

    waits_for: str = "us"
    queue: str = ""
    assigned: str = ""
    level: str = ""
    language: str = ""


def listed(rows: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """Return tickets with what programs are told of each in a list."""
    return rows.select_related("requester", "queue", "assignee", "level_version__level")


def with_people(tickets: Iterable[Ticket]) -> None:
    """Give tickets their requester and assignee: one query, and each person made once."""
    rows = list(tickets)
    people = Person.objects.only("handle", "display_name", "state").in_bulk(
        {pk for row in rows for pk in (row.requester_id, row.assignee_id) if pk is not None}
    )
    for row in rows:
        row.requester = people[row.requester_id]
        if row.assignee_id is not None:
            row.assignee = people[row.assignee_id]


def own_tickets(person: Any, *, done: bool = False) -> QuerySet[Ticket]:
    """Return the tickets of one's own that are in work or, with `done`, solved and closed."""
    rows = Ticket.objects.asked_by(person)
    return rows.filter(waits_for="nobody") if done else rows.exclude(waits_for="nobody")


def queue_rows(person: Any, filters: QueueFilters) -> QuerySet[Ticket]:
    """Return the tickets an agent works on, by these filters."""
    rows = Ticket.objects.staffed_by(person)
    exact = {
        "waits_for": filters.waits_for,
        "queue__slug": filters.queue,
        "level_version__level__slug": filters.level,
        "language": filters.language,
    }
    rows = rows.filter(**{field: value for field, value in exact.items() if value})
    if filters.assigned == "me":
        rows = rows.filter(assignee=person)
    elif filters.assigned == "nobody":
        rows = rows.filter(assignee=None)
    return rows


def level_versions() -> dict[int, GuaranteeLevelVersion]:
    """Return what the levels promise and promised, by id; one query."""
    return {row.pk: row for row in GuaranteeLevelVersion.objects.select_related("level")}


def queue_page(
    person: Any,
    filters: QueueFilters,
    cursor: str | None,
    versions: dict[int, GuaranteeLevelVersion],
) -> QueuePage:
    """Return one page of the queue with all it shows; two queries, however many rows."""
    order = BY_TURN if filters.waits_for == "us" else BY_ACTIVITY
    rows = queue_rows(person, filters).select_related("organisation")
    page = keyset_page(rows, order, cursor)
    with_people(page.results)
    now, language = timezone.now(), get_language() or "en"
    shown = []
    for ticket in page.results:
        if ticket.level_version_id is not None:
            ticket.level_version = versions[ticket.level_version_id]
        shown.append(_queue_row(person, ticket, now, language))
    return QueuePage(page, shown)


def _queue_row(person: Any, ticket: Ticket, now: datetime, language: str) -> QueueRow:
    organisation = ticket.organisation
    return QueueRow(
        path=ticket.path,
        number=ticket.number,
        subject=ticket.subject or ticket.number,
        language=ticket.language,
        who=organisation.name if organisation else name_of(ticket.requester),
        level=ticket.level_version.name(language) if ticket.level_version else "",
        state=state_words(person, ticket),
        assignee=name_of(ticket.assignee) if ticket.assignee else "",
        waiting_since=ticket.waiting_since,
        minutes_left=minutes_until(ticket.answer_due_at, now),
    )


def level_choices(versions: dict[int, GuaranteeLevelVersion]) -> list[tuple[str, str]]:
    """Return (slug, name) of every level, as it is called now; asks the database nothing."""
    now, language = timezone.now(), get_language() or "en"
    current = sorted(
        (row for row in versions.values() if row.since <= now), key=lambda row: row.since
    )
    names = {row.level.slug: row.name(language) for row in current}
    return sorted(names.items())


def queue_counts(person: Any) -> list[QueueCount]:
    """Return one's queues with how many tickets wait in each; two queries."""
    rows = (
        Ticket.objects.staffed_by(person)
        .filter(waits_for__in=["us", "them"])
        .values_list("queue_id", "waits_for")
        .annotate(waiting=Count("pk"))
        .order_by()
    )
    counts = {(queue, waits_for): waiting for queue, waits_for, waiting in rows}
    language = get_language() or "en"
    return [
        QueueCount(
            slug=queue.slug,
            name=queue.name(language),
            for_us=counts.get((queue.pk, "us"), 0),
            for_them=counts.get((queue.pk, "them"), 0),
        )
        for queue in Queue.objects.visible_to(person).order_by("pk")
    ]


def waiting_for(person: Person, limit: int = 5) -> list[WaitingTicket]:
    """Return one's own open tickets for Today: those that wait for one's answer first."""
    rows = own_tickets(person).order_by("waits_for", *BY_ACTIVITY)[:limit]  # "them" before "us"
    return [_waiting(person, row, row.last_activity_at) for row in rows]


def next_in_queue(person: Person, limit: int = 5) -> list[WaitingTicket]:
    """Return what an agent would work on next: the nearest turns among free and own tickets."""
    rows = queue_rows(person, QueueFilters())
    return [_waiting(person, row, row.turn_at) for row in rows.order_by(*BY_TURN)[:limit]]


def _waiting(person: Person, ticket: Ticket, when: datetime) -> WaitingTicket:
    asks = rules.side_of(person, ticket) == Side.REQUESTER
    late = ticket.answer_due_at is not None and ticket.answer_due_at < timezone.now()
    return WaitingTicket(
        title=ticket.subject,
        url=ticket.path,
        when=when,
        language=ticket.language,
        state=state_words(person, ticket),
        urgent=ticket.state == State.WAITING_REQUESTER if asks else late,
    )
