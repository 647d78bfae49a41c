"""One ticket: as a row, and as its page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Coalesce, Now
from django.utils import timezone
from django.utils.translation import get_language

from chat.models import Room
from chat.queries import RoomPanel, may_enter, panel_on
from core.errors import NotSeen, seen
from core.files import has_files
from core.models import JournalLine
from core.pages import BIGGEST_KEY
from core.prepared import Prepared, PreparedByIds, give
from helpdesk import rules
from helpdesk.masking import Mask
from helpdesk.models import (
    FieldValue,
    InboundMail,
    LearningNeed,
    Message,
    PublicAnswer,
    Share,
    Ticket,
    Unmasking,
)
from helpdesk.queries.beside import Fold, counted_beside, folds, public_words
from helpdesk.queries.copied import copied_in, has_copies
from helpdesk.queries.events import lines_told
from helpdesk.queries.fields import ShownValue, shown_values, values_of
from helpdesk.queries.lists import listed
from helpdesk.queries.mails import TicketMails, has_mails, ticket_mails
from helpdesk.queries.relocations import MergedTalk, end_of, merged_into, merged_talks
from helpdesk.queries.states import (
    minutes_until,
    move_words,
    named_moves,
    possible_states,
    revision_of,
    state_words,
)
from helpdesk.queries.thread import interleaved, masked
from helpdesk.states import DONE, Side, State
from people.models import Person
from people.models.standing import Held, held_by, stand_in

KIND = "helpdesk.ticket"
QUEUE = "helpdesk.queue"
MOST_MESSAGES = 100


@dataclass(frozen=True)
class Deadline:
    """A promise that runs: of an answer, or of the solution; minutes_late: None in time."""

    is_solution: bool
    due_at: datetime
    minutes_late: int | None


@dataclass(frozen=True)
class TicketPage:
    """Everything on a ticket's page; the template asks nothing else.

    said: messages and, with `words` alone, what happened between two; plain dicts, which a
    template reads in less time than objects. revision: what a reply written on this page has
    seen. earlier: the id of the first message shown, where older ones are on another page.
    deadlines: of the answer and the solution, the nearest first, while they run. stands_still:
    something is promised, and waits for the requester. named: states of names of their own.
    live: which room tells of the ticket's news, as Room.live has it: its own, and its queue's to
    who does not enter that. desk: where agents, masked or not, see which colleagues look at the
    ticket, as `queue's room:its number:ticket` (chat/README.md, "at"); empty where they may not.
    talks: what was said live in those merged into it. is_masked: the reader is a volunteer who sees
    a stand-in for the requester. unmaskings: who looked behind it, for the requester and its
    agents. folds, public: what stands folded beside it, and where its public answer stands, for who
    works on it. copied: who was in copy of a mail and may be let in.
    """

    ticket: Ticket
    path: str
    number: str
    said: list[dict[str, Any]]
    earlier: int | None
    revision: int
    deadlines: list[Deadline]
    stands_still: bool
    level: str
    queue: str
    state: str
    is_mine: bool
    can_work: bool
    can_reply: bool
    can_share: bool
    can_take: bool
    moves: list[tuple[str, str]]
    named: list[tuple[str, str, str]]
    can_set_aside: bool
    fields: list[ShownValue]
    shares: list[Share]
    copied: list[str]
    merged: list[Ticket]
    talks: list[MergedTalk]
    goes_on: Ticket | None
    mails: TicketMails | None
    room: RoomPanel | None
    live: str
    desk: str
    is_masked: bool
    unmaskings: list[Unmasking]
    folds: list[Fold]
    public: str

    @property
    def works(self) -> bool:
        """Whether the reader works on it as an agent, and did not open it."""
        return self.can_work and not self.is_mine

    @property
    def talk_new(self) -> int:
        """How much others said live that the reader did not see: all, to who was never there."""
        if self.room is None or self.room.room.is_known:
            return self.room.new_count if self.room else 0
        return sum(not (line["is_mine"] or line["is_removed"]) for line in self.room.lines)

    @property
    def can_quote(self) -> bool:
        """Whether lines of the talk may become a reply: by who answers here."""
        return self.works and self.can_reply


def ticket_seen(person: Any, ticket_id: int) -> Ticket:
    """Return a ticket this person sees, with what programs are told of it. Raises NotSeen."""
    rows = listed(Ticket.objects.visible_to(person)).annotate(took_others=_took_others())
    return seen(rows, pk=ticket_id)


def talks_in(person: Any, ticket: Any) -> list[MergedTalk]:
    """Return what merged_talks does, of a ticket of ticket_seen or its page: most took none."""
    return merged_talks(person, ticket) if ticket.took_others else []


def messages_of(person: Any, ticket: Ticket) -> QuerySet[Message]:
    """Return what this person reads in a ticket seen before, oldest first."""
    return _messages_in(ticket.pk, rules.can_work(person, ticket)).order_by("pk")


def messages_with_folds(person: Any, ticket: Ticket) -> QuerySet[Message]:
    """Return the same with `folded_text`: what each that came by mail quoted and signed, or ""."""
    came_by = InboundMail.objects.filter(message=OuterRef("pk")).values("folded_text")
    folded_text = Coalesce(Subquery(came_by[:1]), Value(""), output_field=TextField())
    return messages_of(person, ticket).annotate(folded_text=folded_text)


def _messages_in(ticket_id: int, can_work: bool) -> QuerySet[Message]:
    rows = Message.objects.filter(ticket=ticket_id)
    return rows if can_work else rows.filter(internal=False)


def _newest_messages(can_work: bool) -> Prepared[Message]:
    """Return the query of a ticket's newest messages before one, by the ids of both."""

    def build(ticket_id: int, before: int) -> QuerySet[Message]:
        rows = _messages_in(ticket_id, can_work).filter(pk__lt=before).defer("source")
        by_mail = InboundMail.objects.filter(message=OuterRef("pk"))
        rows = rows.annotate(has_files=has_files("helpdesk.message"), by_mail=Exists(by_mail))
        return rows.order_by("-pk")[: MOST_MESSAGES + 1]

    return Prepared(build)


_NEWEST = {can_work: _newest_messages(can_work) for can_work in (True, False)}


def ticket_page(person: Any, ticket_id: int, *, before: int | None = None) -> TicketPage:
    """Return what the page of a ticket shows this person; five queries, for agents six, however
    long it is, and one more each for files, fields, shares, merged tickets and a talk where there
    are some; three for the talks of merged ones, four for who was in copy.

    before: the id of a message; older ones are shown. Raises NotSeen.
    """
    ticket = _ticket_with_all(person, ticket_id)
    can_work = rules.can_work(person, ticket)
    is_over = ticket.state == State.MERGED
    possible = possible_states(person, ticket)
    side = rules.side_of(person, ticket)
    is_ours = not is_over and side == Side.AGENT
    messages, earlier = _messages(person, ticket, before)
    lines = _lines(ticket, can_work, since=messages[0].posted_at if earlier else None)
    shares = list(Share.objects.filter(ticket=ticket).order_by("pk")) if ticket.is_shared else []
    _give_people(ticket, messages, lines, shares)
    is_masked = rules.works_masked(person, ticket) and not ticket.is_unmasked
    can_share = rules.can_share(person, ticket) and not is_masked
    mask = masked(ticket, messages, lines, shares) if is_masked else None
    room = None if is_over or is_masked else panel_on(person, KIND, ticket)
    language = get_language() or "en"
    level = ticket.level_version.name(language) if ticket.level_version else ""
    queue = ticket.queue.name(language)
    works = can_work and ticket.requester_id != person.pk
    news = _news_of_the_queue(person, ticket) if works or is_masked else ""
    merged = merged_into(person, ticket) if ticket.took_others else []
    others = {other.pk for other in merged}
    return TicketPage(
        ticket=ticket,
        path=ticket.path,
        number=ticket.number,
        said=interleaved(ticket.path, messages, lines, mask, others),
        earlier=earlier,
        revision=revision_of(person, ticket),
        deadlines=_deadlines(ticket),
        stands_still=_stands_still(ticket),
        level=level,
        queue=queue,
        state=state_words(person, ticket),
        is_mine=ticket.requester_id == person.pk,
        can_work=can_work,
        can_reply=rules.can_reply(person, ticket) and not is_over,
        can_share=can_share,
        can_take=can_work and not is_over and rules.can_be_assigned(person, ticket),
        moves=_buttons(side, ticket, possible),
        named=named_moves(ticket, possible) if is_ours else [],
        can_set_aside=is_ours and State.WAITING_US in (*possible, ticket.state),
        fields=_fields(person, ticket, language, mask),
        shares=shares,
        copied=copied_in(person, ticket) if can_share and not is_over and ticket.has_copies else [],
        merged=merged,
        talks=talks_in(person, ticket),
        goes_on=_goes_on(person, ticket),
        mails=ticket_mails(ticket) if can_work and ticket.has_mails and not is_masked else None,
        room=room,
        live=room.live if room else news if is_masked else "",
        desk=f"{news}:{ticket.pk}" if works and news else "",
        is_masked=is_masked,
        unmaskings=unmaskings_of(person, ticket) if ticket.was_unmasked else [],
        folds=folds(ticket, queue, level, is_masked=is_masked) if works else [],
        public=public_words(ticket) if works else "",
    )


def _news_of_the_queue(person: Any, ticket: Any) -> str:
    """Return the queue's room, which tells of all its tickets' news and names nobody of them.

    As Room.live has it; ticket: of _ticket_with_all().
    """
    if ticket.queue_room is None or not may_enter(QUEUE, person, ticket.queue):
        return ""
    return f"{ticket.queue_room}:{ticket.queue_head}"


def _ticket_with_all(person: Any, ticket_id: int) -> Any:
    """Return the ticket if this person sees it, and what there is to ask for: most have none.

    The statement is made once for each set of grants: it depends on nothing else of who asks.
    """
    found = _tickets_seen_by(held_by(person))(person.pk, ticket_id)
    if not found:
        raise NotSeen
    return found[0]


def _took_others() -> Exists:
    return Exists(Ticket.objects.filter(merged_into=OuterRef("pk")))


@lru_cache(maxsize=256)
def _tickets_seen_by(held: Held) -> Prepared[Ticket]:
    def build(person_id: int, ticket_id: int) -> Any:
        reader = stand_in(person_id, held)
        rows = Ticket.objects.visible_to(reader).filter(pk=ticket_id)
        is_agent = any(role == "agent" for role, *_limits in held)
        beside = counted_beside(reader) if is_agent else {}
        its_queue = Room.objects.filter(thing_kind=QUEUE, thing_id=OuterRef("queue"))
        return rows.select_related(
            "organisation", "site", "queue", "level_version__level", "named_state"
        ).annotate(
            **beside,
            queue_room=Subquery(its_queue.values("pk")),
            queue_head=Subquery(its_queue.values("head")),
            is_shared=Exists(Share.objects.filter(ticket=OuterRef("pk"))),
            has_mails=has_mails("pk"),
            has_copies=has_copies(None if is_agent else person_id),
            has_fields=Exists(FieldValue.objects.filter(ticket=OuterRef("pk"))),
            took_others=_took_others(),
            is_unmasked=Exists(
                Unmasking.objects.filter(ticket=OuterRef("pk"), person=person_id, until__gt=Now())
            ),
            was_unmasked=Exists(Unmasking.objects.filter(ticket=OuterRef("pk"))),
            has_need=Exists(LearningNeed.objects.filter(ticket=OuterRef("pk"))),
            has_public=Exists(PublicAnswer.objects.filter(ticket=OuterRef("pk"))),
        )

    return Prepared(build)


def _buttons(side: Side, ticket: Ticket, possible: list[str]) -> list[tuple[str, str]]:
    """Return (state, words) of the moves on offer; what nobody has is taken by "Assign to me"."""
    if ticket.assignee_id is None and ticket.state not in DONE:
        possible = [state for state in possible if state != State.OPEN]
    return [(state, move_words(side, state, ticket)) for state in possible]


def _deadlines(ticket: Ticket) -> list[Deadline]:
    """Return the promises that run, the nearest first."""
    now = timezone.now()
    dues = [(ticket.answer_due_at, False), (ticket.solution_due_at, True)]
    found = []
    for due, is_solution in sorted((due, kind) for due, kind in dues if due is not None):
        left = minutes_until(due, now) or 0
        found.append(Deadline(is_solution, due, -left if left < 0 else None))
    return found


def _stands_still(ticket: Ticket) -> bool:
    """Whether something is promised, and its clock stands still for the requester."""
    version = ticket.level_version
    if version is None or ticket.state != State.WAITING_REQUESTER:
        return False
    return bool(version.first_response_minutes or version.resolution_minutes)


def _fields(person: Any, ticket: Any, language: str, mask: Mask | None) -> list[ShownValue]:
    return shown_values(values_of(person, ticket), language, mask) if ticket.has_fields else []


def _goes_on(person: Any, ticket: Ticket) -> Ticket | None:
    """Return the ticket in which this one goes on, if this person sees it."""
    if ticket.merged_into_id is None:
        return None
    return Ticket.objects.visible_to(person).filter(pk=end_of(ticket).pk).first()


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

    def build(ticket_id: int) -> QuerySet[JournalLine]:
        lines = lines_told(ticket_id, can_work=can_work)
        told = lines.only("at", "verb", "actor", "changes", "thing_kind", "thing_id")
        return told.order_by("-pk")[:MOST_MESSAGES]

    return Prepared(build)


_HAPPENED = {can_work: _newest_lines(can_work) for can_work in (True, False)}


_PEOPLE = PreparedByIds(
    lambda ids: (
        Person.objects.filter(pk__in=ids)
        .select_related("place")
        .only("handle", "display_name", "state", "place__name", "place__country")
    )
)


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
    people = _PEOPLE({pk for pk in ids if pk is not None})
    give(ticket, "requester", people[ticket.requester_id])
    if ticket.assignee_id is not None:
        give(ticket, "assignee", people[ticket.assignee_id])
    for message in messages:
        give(message, "author", people[message.author_id])
    for share in shares:
        give(share, "person", people[share.person_id])
    for line in lines:
        if line.actor_id is not None:
            give(line, "actor", people[line.actor_id])


def unmaskings_of(person: Any, ticket: Ticket) -> list[Unmasking]:
    """Return who looked who asked in a ticket seen before; to whom it is not told, nothing."""
    if not rules.can_read_unmaskings(person, ticket):
        return []
    return list(Unmasking.objects.filter(ticket=ticket).select_related("person").order_by("pk"))
