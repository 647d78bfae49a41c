"""What the help desk's pages read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chat.queries import RoomPanel, panel_of, room_of
from core.errors import seen
from core.files import files_by_thing
from core.models import JournalLine, StoredFile
from helpdesk import happenings, rules, states
from helpdesk.models import Message, Queue, Share, Ticket
from helpdesk.states import Side, State
from people.models import GuaranteeLevel, Person
from people.queries import current_versions

KIND = "helpdesk.ticket"
BY_TURN = ("turn_at", "id")
BY_ACTIVITY = ("-last_activity_at", "-id")
MOST_MESSAGES = 100


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
class Said:
    """One message on a ticket's page or, without one, what happened between two."""

    at: datetime
    message: Message | None = None
    files: Sequence[StoredFile] = ()
    words: str = ""


@dataclass(frozen=True)
class TicketPage:
    """Everything on a ticket's page; the template asks nothing else.

    revision: what a reply written on this page has seen. earlier: the id of the first message
    shown, where older ones are on another page. minutes_left: until an answer of ours is due.
    """

    ticket: Ticket
    said: list[Said]
    earlier: int | None
    revision: int
    minutes_left: int | None
    level: str
    queue: str
    state: str
    is_mine: bool
    can_work: bool
    can_reply: bool
    can_share: bool
    can_take: bool
    moves: list[tuple[str, str]]
    shares: list[Share]
    merged: list[Ticket]
    room: RoomPanel | None


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

    ticket: Ticket
    state: str
    level: str
    minutes_left: int | None

    @property
    def minutes_late(self) -> int:
        return max(-(self.minutes_left or 0), 0)


@dataclass(frozen=True)
class QueueFilters:
    """What an agent looks at; empty: all. assigned: `me` or `nobody`."""

    waits_for: str = "us"
    queue: str = ""
    assigned: str = ""
    level: str = ""
    language: str = ""


def possible_states(person: Any, ticket: Ticket) -> list[str]:
    """Return the states this person may set now, in the order of a ticket's life."""
    if not rules.can_reply(person, ticket):
        return []
    found = states.moves(ticket.state, rules.side_of(person, ticket))
    return [state for state in found if state != State.MERGED]


def revision_of(person: Any, ticket: Ticket) -> int:
    """Return how many messages this person reads in a ticket: what a reply must have seen."""
    notes = ticket.note_count if rules.can_work(person, ticket) else 0
    return ticket.message_count + notes


def listed(rows: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """Return tickets with what a list shows of them."""
    return rows.select_related(
        "requester", "organisation", "queue", "assignee", "level_version__level"
    )


def own_tickets(person: Any, *, done: bool = False) -> QuerySet[Ticket]:
    """Return the tickets of one's own that are in work or, with `done`, solved and closed."""
    rows = Ticket.objects.asked_by(person)
    rows = rows.filter(waits_for="nobody") if done else rows.exclude(waits_for="nobody")
    return rows.select_related("requester", "level_version", "assignee")


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
    return listed(rows)


def queue_row(person: Any, ticket: Ticket, now: datetime) -> QueueRow:
    """Return what the queue shows of a ticket; asks the database nothing."""
    version = ticket.level_version
    return QueueRow(
        ticket=ticket,
        state=state_words(person, ticket),
        level=version.name(get_language() or "en") if version else "",
        minutes_left=minutes_until(ticket.answer_due_at, now),
    )


def queue_order(filters: QueueFilters) -> tuple[str, ...]:
    """Return the order of a queue: the nearest turn first while it is ours, else the newest."""
    return BY_TURN if filters.waits_for == "us" else BY_ACTIVITY


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


def level_choices() -> list[tuple[str, str]]:
    """Return (slug, name) of the levels there are; two queries."""
    language = get_language() or "en"
    levels = current_versions(GuaranteeLevel.objects.order_by("pk"))
    return [(level.slug, version.name(language)) for level, version in levels]


def minutes_until(moment: datetime | None, now: datetime) -> int | None:
    """Return whole minutes until then, negative when it is past."""
    return None if moment is None else int((moment - now).total_seconds() // 60)


def messages_of(person: Any, ticket: Ticket) -> QuerySet[Message]:
    """Return what this person reads in a ticket seen before, oldest first."""
    rows = Message.objects.filter(ticket=ticket).select_related("author").order_by("pk")
    return rows if rules.can_work(person, ticket) else rows.filter(internal=False)


def ticket_page(person: Any, ticket_id: int, *, before: int | None = None) -> TicketPage:
    """Return what the page of a ticket shows this person; eight queries, however long it is.

    before: the id of a message; older ones are shown. Raises NotSeen.
    """
    ticket = ticket_seen(person, ticket_id)
    can_work, can_reply = rules.can_work(person, ticket), rules.can_reply(person, ticket)
    is_merged = ticket.state == State.MERGED
    messages, earlier = _messages(person, ticket, before)
    language = get_language() or "en"
    room = room_of(KIND, ticket.pk)
    return TicketPage(
        ticket=ticket,
        said=_interleaved(messages, _events(ticket, can_work, messages, earlier)),
        earlier=earlier,
        revision=revision_of(person, ticket),
        minutes_left=minutes_until(ticket.answer_due_at, timezone.now()),
        level=ticket.level_version.name(language) if ticket.level_version else "",
        queue=ticket.queue.name(language),
        state=state_words(person, ticket),
        is_mine=ticket.requester_id == person.pk,
        can_work=can_work,
        can_reply=can_reply and not is_merged,
        can_share=rules.can_share(person, ticket),
        can_take=can_work and not is_merged and rules.can_be_assigned(person, ticket),
        moves=[(state, move_words(state, ticket)) for state in possible_states(person, ticket)],
        shares=list(ticket.shares.select_related("person")) if ticket.is_shared else [],  # type: ignore[attr-defined]
        merged=list(ticket.merged.order_by("pk")) if ticket.has_merged else [],  # type: ignore[attr-defined]
        room=panel_of(person, room) if room else None,
    )


def ticket_seen(person: Any, ticket_id: int) -> Ticket:
    """Return a ticket this person sees, with all its page shows of it. Raises NotSeen."""
    rows = Ticket.objects.visible_to(person).select_related(
        "requester__place",
        "organisation",
        "site",
        "queue",
        "assignee",
        "level_version__level",
        "merged_into",
    )
    rows = rows.annotate(
        is_shared=Exists(Share.objects.filter(ticket=OuterRef("pk"))),
        has_merged=Exists(Ticket.objects.filter(merged_into=OuterRef("pk"))),
    )
    return seen(rows, pk=ticket_id)


def _messages(person: Any, ticket: Ticket, before: int | None) -> tuple[list[Message], int | None]:
    """Return the newest messages, oldest first, and the first one's id if there are older."""
    rows = messages_of(person, ticket)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    newest = list(rows.order_by("-pk")[: MOST_MESSAGES + 1])
    shown = newest[:MOST_MESSAGES][::-1]
    return shown, shown[0].pk if len(newest) > MOST_MESSAGES else None


def _events(
    ticket: Ticket, can_work: bool, messages: Sequence[Message], earlier: int | None
) -> list[Said]:
    """Return what happened, in words, in the time the messages shown span."""
    audiences = ["public", "participants", *(["staff"] if can_work else [])]
    lines = JournalLine.objects.filter(
        thing_kind=KIND, thing_id=ticket.pk, verb__in=happenings.TOLD, audience__in=audiences
    ).select_related("actor")
    if earlier is not None:
        lines = lines.filter(at__gte=messages[0].posted_at)
    newest = list(lines.order_by("-pk")[:MOST_MESSAGES])[::-1]
    return [Said(at=line.at, words=words) for line, words in happenings.words_of(newest)]


def _interleaved(messages: Sequence[Message], events: Sequence[Said]) -> list[Said]:
    files = files_by_thing(messages)
    said = [Said(m.posted_at, m, files.get(m.pk, ())) for m in messages]
    return sorted([*said, *events], key=lambda row: row.at)


def state_words(person: Any, ticket: Ticket) -> str:
    """Return the state as this reader understands it: "waiting for you", or for whom."""
    asks = rules.side_of(person, ticket) == Side.REQUESTER
    words: dict[str, str] = {
        State.NEW: _("New, nobody has it yet"),
        State.OPEN: _("In hand"),
        State.WAITING_REQUESTER: _("Waiting for you") if asks else _("Waiting for the requester"),
        State.WAITING_US: _("Waiting for our answer") if asks else _("Waiting for us"),
        State.SOLVED: _("Solved"),
        State.CLOSED: _("Closed"),
        State.MERGED: _("Merged into another ticket"),
    }
    return words[ticket.state]


def move_words(state: str, ticket: Ticket) -> str:
    """Return what the button says that brings a ticket into this state."""
    words: dict[str, str] = {
        State.OPEN: _("Take in hand"),
        State.WAITING_REQUESTER: _("Wait for the requester"),
        State.WAITING_US: _("We come back to it"),
        State.SOLVED: _("It is solved"),
        State.CLOSED: _("Close without a solution"),
    }
    if ticket.state in states.DONE and state in (State.OPEN, State.WAITING_US):
        return _("Open again")
    return words[state]


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
