"""One ticket: as a row, and as its page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chat.queries import RoomPanel, panel_of, room_of
from core.errors import seen
from core.files import files_by_thing, has_files
from core.markup import written_html
from core.models import JournalLine
from core.pages import BIGGEST_KEY
from core.prepared import Prepared
from helpdesk import happenings, rules
from helpdesk.models import Message, Share, Ticket
from helpdesk.queries.lists import listed
from helpdesk.queries.states import (
    minutes_until,
    move_words,
    possible_states,
    revision_of,
    state_words,
)
from helpdesk.states import DONE, Side, State
from people.models import Person

KIND = "helpdesk.ticket"
MOST_MESSAGES = 100


@dataclass(frozen=True)
class TicketPage:
    """Everything on a ticket's page; the template asks nothing else.

    said: messages and, with `words` alone, what happened between two; plain dicts, which a
    template reads in less time than objects. revision: what a reply written on this page has
    seen. earlier: the id of the first message shown, where older ones are on another page.
    minutes_left: until an answer of ours is due.
    """

    ticket: Ticket
    path: str
    number: str
    said: list[dict[str, Any]]
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
    goes_on: Ticket | None
    room: RoomPanel | None

    @property
    def minutes_late(self) -> int:
        return max(-(self.minutes_left or 0), 0)


def ticket_seen(person: Any, ticket_id: int) -> Ticket:
    """Return a ticket this person sees, with what programs are told of it. Raises NotSeen."""
    return seen(listed(Ticket.objects.visible_to(person)), pk=ticket_id)


def messages_of(person: Any, ticket: Ticket) -> QuerySet[Message]:
    """Return what this person reads in a ticket seen before, oldest first."""
    return _messages_in(ticket.pk, rules.can_work(person, ticket)).order_by("pk")


def _messages_in(ticket_id: int, can_work: bool) -> QuerySet[Message]:
    rows = Message.objects.filter(ticket=ticket_id)
    return rows if can_work else rows.filter(internal=False)


def _newest_messages(can_work: bool) -> Prepared[Message]:
    """Return the query of a ticket's newest messages before one, by the ids of both."""

    def build(ticket_id: int, before: int) -> QuerySet[Message]:
        rows = _messages_in(ticket_id, can_work).filter(pk__lt=before).defer("source")
        rows = rows.annotate(has_files=has_files("helpdesk.message"))
        return rows.order_by("-pk")[: MOST_MESSAGES + 1]

    return Prepared(build)


_NEWEST = {can_work: _newest_messages(can_work) for can_work in (True, False)}


def ticket_page(person: Any, ticket_id: int, *, before: int | None = None) -> TicketPage:
    """Return what the page of a ticket shows this person; five queries, however long it is, and
    one more each for files, shares, merged tickets and a talk where there are some.

    before: the id of a message; older ones are shown. Raises NotSeen.
    """
    rows = Ticket.objects.visible_to(person)
    beside = ("organisation", "site", "queue", "level_version__level")
    ticket = seen(_with_what_there_is(rows.select_related(*beside)), pk=ticket_id)
    can_work = rules.can_work(person, ticket)
    is_over = ticket.state == State.MERGED
    messages, earlier = _messages(person, ticket, before)
    lines = _lines(ticket, can_work, since=messages[0].posted_at if earlier else None)
    shares = list(Share.objects.filter(ticket=ticket).order_by("pk")) if ticket.is_shared else []
    _give_people(ticket, messages, lines, shares)
    room, language = room_of(KIND, ticket.pk), get_language() or "en"
    return TicketPage(
        ticket=ticket,
        path=ticket.path,
        number=ticket.number,
        said=_interleaved(messages, lines),
        earlier=earlier,
        revision=revision_of(person, ticket),
        minutes_left=minutes_until(ticket.answer_due_at, timezone.now()),
        level=ticket.level_version.name(language) if ticket.level_version else "",
        queue=ticket.queue.name(language),
        state=state_words(person, ticket),
        is_mine=ticket.requester_id == person.pk,
        can_work=can_work,
        can_reply=rules.can_reply(person, ticket) and not is_over,
        can_share=rules.can_share(person, ticket),
        can_take=can_work and not is_over and rules.can_be_assigned(person, ticket),
        moves=_buttons(person, ticket),
        shares=shares,
        merged=_merged(person, ticket) if ticket.took_others else [],
        goes_on=_goes_on(person, ticket),
        room=panel_of(person, room) if room else None,
    )


def _with_what_there_is(rows: QuerySet[Ticket]) -> Any:
    """Say of each ticket what there is to ask for: most have none of it."""
    return rows.annotate(
        is_shared=Exists(Share.objects.filter(ticket=OuterRef("pk"))),
        took_others=Exists(Ticket.objects.filter(merged_into=OuterRef("pk"))),
    )


def _buttons(person: Any, ticket: Ticket) -> list[tuple[str, str]]:
    """Return (state, words) of the moves on offer; what nobody has is taken by "Take it"."""
    possible = possible_states(person, ticket)
    if ticket.assignee_id is None and ticket.state not in DONE:
        possible = [state for state in possible if state != State.OPEN]
    return [(state, move_words(state, ticket)) for state in possible]


def _merged(person: Any, ticket: Ticket) -> list[Ticket]:
    """Return the tickets merged into this one, as far as this person sees them."""
    return list(Ticket.objects.visible_to(person).filter(merged_into=ticket).order_by("pk"))


def _goes_on(person: Any, ticket: Ticket) -> Ticket | None:
    """Return the ticket this one was merged into, if this person sees it."""
    if ticket.merged_into_id is None:
        return None
    return Ticket.objects.visible_to(person).filter(pk=ticket.merged_into_id).first()


def _messages(person: Any, ticket: Ticket, before: int | None) -> tuple[list[Any], int | None]:
    """Return the newest messages, oldest first, and the first one's id if there are older."""
    newest = _NEWEST[rules.can_work(person, ticket)](
        ticket.pk, BIGGEST_KEY if before is None else before
    )
    shown = newest[:MOST_MESSAGES][::-1]
    return shown, shown[0].pk if len(newest) > MOST_MESSAGES else None


def _lines(ticket: Ticket, can_work: bool, *, since: datetime | None) -> list[JournalLine]:
    """Return what happened to a ticket, oldest first, as far as it is this reader's to know."""
    lines = _HAPPENED[can_work](ticket.pk)
    return [line for line in reversed(lines) if since is None or line.at >= since]


def _newest_lines(can_work: bool) -> Prepared[JournalLine]:
    """Return the query of what happened last to a ticket, by its id."""
    audiences = ["public", "participants", *(["staff"] if can_work else [])]

    def build(ticket_id: int) -> QuerySet[JournalLine]:
        lines = JournalLine.objects.filter(
            thing_kind=KIND, thing_id=ticket_id, verb__in=happenings.TOLD, audience__in=audiences
        )
        told = lines.only("at", "verb", "actor", "changes", "thing_kind", "thing_id")
        return told.order_by("-pk")[:MOST_MESSAGES]

    return Prepared(build)


_HAPPENED = {can_work: _newest_lines(can_work) for can_work in (True, False)}


def _give_people(
    ticket: Ticket,
    messages: Sequence[Message],
    lines: Sequence[JournalLine],
    shares: Sequence[Share],
) -> None:
    """Give everyone on the page their row: one query, and each person made once."""
    ids = {ticket.requester_id, ticket.assignee_id}
    ids |= {row.author_id for row in messages} | {row.person_id for row in shares}
    ids |= {line.actor_id for line in lines}
    shown = ("handle", "display_name", "state", "place__name", "place__country")
    people = Person.objects.select_related("place").only(*shown).in_bulk(ids - {None})
    ticket.requester = people[ticket.requester_id]
    if ticket.assignee_id is not None:
        ticket.assignee = people[ticket.assignee_id]
    for message in messages:
        message.author = people[message.author_id]
    for share in shares:
        share.person = people[share.person_id]
    for line in lines:
        if line.actor_id is not None:
            line.actor = people[line.actor_id]


def _interleaved(messages: Sequence[Any], lines: Sequence[JournalLine]) -> list[dict[str, Any]]:
    """Return what was said and what happened in the order of time."""
    files = files_by_thing(row for row in messages if row.has_files)
    note, ours, theirs = _("Internal note, only agents see it"), _("Answer"), _("Message")
    said: list[dict[str, Any]] = []
    for message in messages:
        if message.internal:
            look, label = "message internal", note
        elif message.side == Side.AGENT:
            look, label = "message ours", ours
        else:
            look, label = "message", theirs
        said.append(
            {
                "at": message.posted_at,
                "look": look,
                "label": label,
                "anchor": message.anchor,
                "author": message.author,
                "internal": message.internal,
                "language": message.language,
                "html": written_html(message) if message.html else "",
                "files": files.get(message.pk, []),
            }
        )
    said += [{"at": line.at, "words": words} for line, words in happenings.words_of(lines)]
    return sorted(said, key=lambda row: row["at"])
