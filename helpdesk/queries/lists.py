"""Lists of tickets: one's own, the queue, and what waits on the page Today."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any, TypedDict

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import get_language

from chat.models import Room
from core.pagination import PAGE_SIZE, Page, first_page, keyset_page
from core.prepared import Prepared, give
from core.walking import Found
from helpdesk import rules
from helpdesk.masking import as_listed
from helpdesk.models import InboundMail, Queue, Ticket
from helpdesk.queries.finding import BY_ACTIVITY, with_tag, with_words
from helpdesk.queries.states import deadline_of, minutes_until, state_words
from helpdesk.states import State
from helpdesk.words import words_in
from people.models import GuaranteeLevelVersion, Person
from people.models.person import folded
from people.models.standing import Counted, Held, held_by, stand_in
from people.notices import name_of

BY_TURN = ("turn_at", "id")
# What no row of the queue shows: a moment more for each of 25 rows is felt.
UNLISTED = (
    "opened_at",
    "first_response_due_at",
    "first_response_at",
    "message_count",
    "note_count",
    "left_count",
    "left_note_count",
    "merged_into",
)
UNLISTED_OF_PEOPLE = tuple(
    f"{who}__{field.name}"
    for who in ("requester", "assignee")
    for field in Person._meta.concrete_fields
    if field.name not in ("id", "handle", "display_name", "state")
)
MOST_COUNTED = 500  # in a queue; more are not told apart: to count them would cost a page
BY_AGE = ("-id",)
ORDERS = {"turn": BY_TURN, "activity": BY_ACTIVITY, "newest": BY_AGE}


@dataclass(frozen=True)
class WaitingTicket:
    """A ticket of one's own on the page Today; urgent: its asker is to act."""

    title: str
    url: str
    when: datetime
    language: str
    state: str
    urgent: bool


@dataclass(frozen=True)
class QueueCount:
    """One queue with what waits in it, counted up to MOST_COUNTED: for us, for those who asked.

    mails: those that wait for a decision. live: the room that tells when it changes, as `7:12`
    (from a number on); empty without one.
    """

    slug: str
    name: str
    for_us: int
    for_them: int
    mails: int
    live: str


class QueueRow(TypedDict):
    """One ticket in the queue; a dict, which a template reads in less time than an object.

    id: to choose it for something done with several, in digits.
    due_at: by when our answer or (is_solution) the solution is promised; minutes_late: since then,
    None in time. pending_until: when we come back to it.
    """

    id: str
    path: str
    number: str
    subject: str
    language: str
    who: str
    level: str
    state: str
    assignee: str
    waiting_since: datetime
    due_at: datetime | None
    minutes_late: int | None
    is_solution: bool
    pending_until: datetime | None


@dataclass(frozen=True)
class QueuePage:
    """One page of the queue, and what it shows."""

    page: Page[Ticket]
    rows: list[QueueRow]


@dataclass(frozen=True)
class QueueFilters:
    """What an agent looks at; empty: all.

    state: goes before waits_for. assigned: `me`, `nobody` or a handle. sort: of ORDERS; empty: by
    turn what waits for us, by activity the rest. q: words in the ticket. tag: its name, as
    `called` gives it.
    """

    waits_for: str = "us"
    queue: str = ""
    assigned: str = ""
    level: str = ""
    language: str = ""
    state: str = ""
    sort: str = ""
    q: str = ""
    tag: str = ""

    @property
    def order(self) -> tuple[str, ...]:
        is_ours = self.waits_for == "us" and not self.state
        return ORDERS.get(self.sort, BY_TURN if is_ours else BY_ACTIVITY)


def with_people(rows: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """Return tickets with what a list shows of who asked and who has them: how they are called."""
    return rows.select_related("requester", "assignee").defer(*UNLISTED_OF_PEOPLE)


def queues_to_open_in(person: Any, language: str) -> list[tuple[str, str]]:
    """Return (slug, name) of the queues in which an agent opens tickets for others, the default
    one first."""
    rows = Queue.objects.worked_by(person).order_by("-is_default", "slug")
    return [(row.slug, row.name(language)) for row in rows]


def listed(rows: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """Return tickets with what programs are told of each in a list."""
    return rows.select_related(
        "requester", "organisation", "queue", "assignee", "level_version__level", "named_state"
    )


def own_tickets(person: Any, *, done: bool = False, q: str = "") -> QuerySet[Ticket]:
    """Return the tickets of one's own that are in work or, with `done`, solved and closed.

    q: words to look for; then both.
    """
    rows = Ticket.objects.asked_by(person).select_related("named_state")
    if words_in(q):
        return with_words(rows, person, q, own=True)
    is_done = Q(waits_for__walked="nobody")  # of one's own: not all that are solved are gathered
    return rows.filter(is_done if done else ~is_done)


def queue_rows(person: Any, filters: QueueFilters) -> QuerySet[Ticket]:
    """Return the tickets an agent works on, by these filters, to be put in order."""
    if not filters.level or words_in(filters.q):
        return queue_rows_counted(person, filters)
    rows = queue_rows_counted(person, replace(filters, level=""))
    # A level has versions, so that no index has its tickets in order: the list's is walked.
    promised = GuaranteeLevelVersion.objects.filter(level__slug=filters.level)
    return rows.filter(Found(promised.filter(pk=OuterRef("level_version"))))


def queue_rows_counted(person: Any, filters: QueueFilters) -> QuerySet[Ticket]:
    """Return the same where their order is nothing to who asks."""
    rows: QuerySet[Ticket] = Ticket.objects.staffed_by(person)
    exact = {
        "waits_for": "" if filters.state else filters.waits_for,
        "state": filters.state,
        "queue__slug": filters.queue,
        "level_version__level__slug": filters.level,
        "language": filters.language,
    }
    rows = rows.filter(**{field: value for field, value in exact.items() if value})
    if filters.assigned == "me":
        rows = rows.filter(assignee=person)
    elif filters.assigned == "nobody":
        rows = rows.filter(assignee=None)
    elif filters.assigned:
        rows = rows.filter(assignee__handle_folded=folded(filters.assigned))
    if filters.tag:
        rows = with_tag(rows, filters.tag)
    is_narrowed = any(exact.values()) or bool(filters.assigned or filters.tag)
    return with_words(rows, person, filters.q, is_narrowed=is_narrowed)


def level_versions() -> dict[int, GuaranteeLevelVersion]:
    """Return what the levels promise and promised, by id; one query."""
    return {row.pk: row for row in _VERSIONS()}


_VERSIONS: Prepared[GuaranteeLevelVersion] = Prepared(
    lambda: GuaranteeLevelVersion.objects.select_related("level")
)


def queue_page(
    person: Any,
    filters: QueueFilters,
    cursor: str | None,
    versions: dict[int, GuaranteeLevelVersion],
) -> QueuePage:
    """Return one page of the queue with all it shows; one query, however many rows."""
    order = filters.order
    if (
        cursor is None and not filters.q and not filters.tag
    ):  # a statement is not kept for every word that is typed
        found = _first_of_queue(held_by(person), filters, order)(person.pk)
        page = first_page(found, order)
    else:
        page = keyset_page(_as_shown(queue_rows(person, filters)), order, cursor)
    now, language = timezone.now(), get_language() or "en"
    shown = []
    for ticket in page.results:
        if ticket.level_version_id is not None:
            give(ticket, "level_version", versions[ticket.level_version_id])
        shown.append(_queue_row(person, ticket, now, language))
    return QueuePage(page, shown)


@lru_cache(maxsize=256)
def _first_of_queue(held: Held, filters: QueueFilters, order: tuple[str, ...]) -> Prepared[Ticket]:
    def build(person_id: int) -> QuerySet[Ticket]:
        rows = queue_rows(stand_in(person_id, held), filters)
        return _as_shown(rows).order_by(*order)[: PAGE_SIZE + 1]

    return Prepared(build)


def _as_shown(rows: QuerySet[Ticket]) -> QuerySet[Ticket]:
    return with_people(rows).select_related("organisation", "named_state").defer(*UNLISTED)


def _queue_row(person: Any, ticket: Ticket, now: datetime, language: str) -> QueueRow:
    organisation, number = ticket.organisation, ticket.number
    if rules.works_masked(person, ticket):
        subject, who = as_listed(ticket)
    else:
        subject = ticket.subject
        who = organisation.name if organisation else name_of(ticket.requester)
    due, version, assignee = deadline_of(ticket), ticket.level_version, ticket.assignee
    left = minutes_until(due, now)
    return QueueRow(
        id=str(ticket.pk),
        path=ticket.path,
        number=number,
        subject=subject or number,
        language=ticket.language,
        who=who,
        level=version.name(language) if version else "",
        state=state_words(person, ticket),
        assignee=name_of(assignee) if assignee else "",
        waiting_since=ticket.waiting_since,
        due_at=due,
        minutes_late=-left if left is not None and left < 0 else None,
        is_solution=due is not None and due != ticket.answer_due_at,
        pending_until=ticket.pending_until,
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
    """Return one's queues with how many tickets wait in each; one query."""
    language = get_language() or "en"
    return [
        QueueCount(
            slug=queue.slug,
            name=queue.name(language),
            for_us=queue.for_us,
            for_them=queue.for_them,
            mails=queue.mails_waiting,
            live=f"{queue.room_id}:{queue.room_head}" if queue.room_id else "",
        )
        for queue in _queues_with_counts(held_by(person))(person.pk)
    ]


@lru_cache(maxsize=256)
def _queues_with_counts(held: Held) -> Prepared[Any]:
    def build(person_id: int) -> QuerySet[Any]:
        reader = stand_in(person_id, held)
        inside = Ticket.objects.staffed_by(reader).filter(queue=OuterRef("pk")).order_by()
        queues = Queue.objects.visible_to(reader).order_by("pk")
        worked = Queue.objects.worked_by(reader).values("pk")
        rooms = Room.objects.filter(thing_kind="helpdesk.queue", thing_id__in=worked)
        room = rooms.filter(thing_id=OuterRef("pk"))
        mails = InboundMail.objects.visible_to(reader).waiting().filter(queue=OuterRef("pk"))
        mails = mails.order_by()
        return queues.annotate(
            room_id=Subquery(room.values("pk")),
            room_head=Subquery(room.values("head")),
            for_us=Counted(inside.filter(waits_for="us").values("pk")[:MOST_COUNTED]),
            for_them=Counted(inside.filter(waits_for="them").values("pk")[:MOST_COUNTED]),
            mails_waiting=Counted(mails.values("pk")),
        )

    return Prepared(build)


def waiting_for(person: Person, limit: int = 5) -> list[WaitingTicket]:
    """Return one's own open tickets for Today: those that wait for one's answer first."""
    rows = own_tickets(person).order_by("waits_for", *BY_ACTIVITY)[:limit]  # "them" before "us"
    return [
        WaitingTicket(
            title=row.subject,
            url=row.path,
            when=row.last_activity_at,
            language=row.language,
            state=state_words(person, row),
            urgent=row.state == State.WAITING_REQUESTER,
        )
        for row in rows
    ]


def next_in_queue(person: Person, limit: int = 5) -> list[QueueRow]:
    """Return what an agent would work on next, as the queue shows it: the nearest turns among free
    and own tickets."""
    rows = _as_shown(queue_rows(person, QueueFilters())).select_related("level_version")
    now, language = timezone.now(), get_language() or "en"
    return [_queue_row(person, row, now, language) for row in rows.order_by(*BY_TURN)[:limit]]
