"""What is said in a room, as its panel and the page of one message show it."""

import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, QuerySet
from django.utils import timezone

from chat import rooms, rules
from chat.models import (
    EMOJI,
    MAX_BYTES,
    ChatMessage,
    ChatMessageQuerySet,
    Reaction,
    Room,
    RoomClosure,
)
from chat.queries.rooms import may_enter, room_of
from core.errors import NotAllowed, NotSeen, seen
from core.files import files_by_thing
from core.markup import excerpt, written_html
from core.models import Visibility
from core.prepared import Prepared
from core.things import find
from people.models import Flag
from people.notices import name_of

SHOWN = 50
QUOTED = 80  # characters of what a reply replies to

Line = dict[str, Any]


@dataclass(frozen=True)
class RoomPanel:
    """A room as a page shows it.

    lines: the last messages, oldest first, as plain dicts (_line), which a template reads in less
    time than objects. new_count: how many others said since the reader was here; earlier_new: the
    number of the first of them, where it is not among the lines, else 0. before: the number the
    page stops before, 0 at the end of the room; later: of the first message after it, else 0.
    client_id: for the form.
    """

    room: Room
    lines: list[Line]
    has_earlier: bool
    before: int
    later: int
    new_count: int
    earlier_new: int
    can_post: bool
    can_moderate: bool
    closed_for: str
    client_id: str
    replying: Line | None = None

    @property
    def live(self) -> str:
        """As the room has it."""
        return self.room.live

    @property
    def most_letters(self) -> int:
        """How many letters the form's field takes."""
        return MAX_BYTES


def said(person: Any, room: Room) -> QuerySet[ChatMessage]:
    """Return what is said in a room, with authors; the caller has seen the room."""
    shown = ChatMessage.objects.filter(room=room, kind="message", visibility="visible")
    return shown.select_related("author", "reply_to").prefetch_related("reactions")


def message_seen(person: Any, room: Room, number: int) -> ChatMessage:
    """Return one message of a room one has seen, as far as it is this reader's. Raises NotSeen."""
    message = seen(_history(room.pk), number=number)
    if not rules.can_read(person, message):
        raise NotSeen
    return message


def flagged_message(person: Any, flag_id: int) -> ChatMessage:
    """Return the message a flag is about, to who sees both: moderators without entering its room.

    Raises NotSeen.
    """
    flag = seen(Flag.objects.visible_to(person), pk=flag_id, thing_kind="chat.message")
    rows = ChatMessage.objects.visible_to(person).select_related("author", "reply_to")
    return seen(rows, pk=flag.thing_id)


def flagged_line(person: Any, room_id: int, number: int) -> Line:
    """Return a message one sees without entering its room: moderators, once it is flagged.

    Raises NotSeen.
    """
    message = seen(_history(room_id).visible_to(person), number=number)
    return {**lines_of(person, [message])[0], "has_menu": False, "reply": None, "is_flagged": True}


def message_or_trace(person: Any, room: Room, number: int) -> Line:
    """Return a message of a room one has seen as its page does: of one taken away, the trace."""
    found = _one_of(room.pk, number)
    if not found:
        raise NotSeen
    return lines_of(person, found)[0]


def line_said(person: Any, message: ChatMessage) -> Line:
    """Return what post_message returned as the room's page shows it.

    A new message is shown as it was made; what had been said before is read as it is now.
    """
    if "is_reacted_to" not in vars(message):
        return message_or_trace(person, message.room, message.number)
    return lines_of(person, [message])[0]


def earlier_texts(person: Any, message: ChatMessage) -> QuerySet[ChatMessage]:
    """Return what a message one has seen said before each edit. Raises NotAllowed."""
    if not rules.can_read_earlier_texts(person):
        raise NotAllowed
    return ChatMessage.objects.filter(about=message, kind="edited")


def room_panel(person: Any, kind: str, object_id: int, before: int = 0) -> RoomPanel | None:
    """Return what a thing's page shows of its room; None without a room or the right.

    before: only messages with a lower number. Three queries, and one more each for reactions,
    files, what was taken away, what comes later, and what is new and not shown, where there are
    some.
    """
    if not person.is_authenticated or not rooms.has_rooms(kind):
        return None
    room = room_of(kind, object_id, person.pk)
    if room is None:
        return None
    thing = find(kind, object_id, person)
    return panel_of(person, room, before, thing=thing) if may_enter(kind, person, thing) else None


def panel_on(person: Any, kind: str, thing: Any) -> RoomPanel | None:
    """Return the same for a thing whose page has seen to it that this person may enter."""
    room = room_of(kind, thing.pk, person.pk)
    return None if room is None else panel_of(person, room, thing=thing)


def panel_of(
    person: Any, room: Room, before: int = 0, *, thing: Any = None, reply_to: int = 0
) -> RoomPanel:
    """Return the panel of a room one has seen (room_of, room_seen)."""
    newest = _newest_of(room.pk, before or room.head + 1) if room.head else []
    lines = lines_of(person, newest[:SHOWN][::-1])
    has_earlier = len(newest) > SHOWN
    new_count, earlier_new = (0, 0) if before else _mark_new(person, room, lines, has_earlier)
    return RoomPanel(
        room=room,
        lines=lines,
        has_earlier=has_earlier,
        before=before,
        later=number_from(room, before) if before else 0,
        new_count=new_count,
        earlier_new=earlier_new,
        can_post=person.may_act and not room.is_closed,
        can_moderate=not room.is_over and rules.can_moderate(person, room, thing),
        closed_for=closed_for(room),
        client_id=uuid.uuid4().hex,
        replying=_replying(person, room, reply_to, lines),
    )


def panel_around(person: Any, room: Room) -> RoomPanel:
    """Return the panel without its messages: what a message that is shown alone asks of it."""
    return RoomPanel(
        room=room,
        lines=[],
        has_earlier=False,
        before=0,
        later=0,
        new_count=0,
        earlier_new=0,
        can_post=person.may_act and not room.is_closed,
        can_moderate=False,
        closed_for="",
        client_id="",
    )


def number_from(room: Room, number: int, place: int = 0) -> int:
    """Return the number of the message at a place, 0 for the first, among those from a number on.

    0 where there is none. What was taken away counts: its trace is shown.
    """
    rows = ChatMessage.objects.filter(room=room, kind="message", number__gte=number)
    numbers = rows.order_by("number").values_list("number", flat=True)
    return next(iter(numbers[place : place + 1]), 0)


def _before(room_id: int, number: int) -> QuerySet[ChatMessage]:
    rows = _history(room_id).filter(number__lt=number)
    return rows.order_by("-number")[: SHOWN + 1]


_newest_of: Prepared[ChatMessage] = Prepared(_before)
_one_of: Prepared[ChatMessage] = Prepared(
    lambda room_id, number: _history(room_id).filter(number=number)
)


def _history(room_id: int) -> ChatMessageQuerySet:
    """Return everything said in a room, with what was taken away: of that, a trace is shown."""
    rows = ChatMessage.objects.filter(room=room_id, kind="message")
    reacted = Exists(Reaction.objects.filter(message=OuterRef("pk")))
    rows = rows.annotate(**{"is_reacted_to": reacted})
    return rows.select_related("author", "reply_to__author")


def closed_for(room: Room) -> str:
    """Return why a room is closed, as its moderator said it; empty for an open one."""
    if not room.is_closed:
        return ""
    if room.is_over:
        return rooms.words_of_ending(room.thing_kind)
    rows = RoomClosure.objects.filter(room=room, undone_at=None)
    return rows.values_list("reason", flat=True).first() or ""


def _replying(person: Any, room: Room, number: int, lines: list[Line]) -> Line | None:
    """Return the message the form replies to, if it is there to be replied to."""
    if not number:
        return None
    known = next((line for line in lines if line["number"] == number), None)
    if known is None:
        known = next(iter(lines_of(person, _history(room.pk).filter(number=number))), None)
    return None if known is None or known["is_removed"] else known


def _mark_new(person: Any, room: Room, lines: list[Line], has_earlier: bool) -> tuple[int, int]:
    """Mark where what others said above the reader's mark begins.

    Return how much there is, and the number of the first of it where that is not shown, else 0.
    """
    if not room.is_known or not lines:
        return 0, 0
    after = [line for line in lines if line["number"] > room.seen]
    new = [line for line in after if not (line["is_mine"] or line["is_removed"])]
    count, first = 0, 0
    if has_earlier and lines[0]["number"] > room.seen + 1:
        count, first = _new_between(person, room, lines[0]["number"])
    if count or new:
        (lines if count else new)[0]["is_first_new"] = True
    return count + len(new), first


def _new_between(person: Any, room: Room, number: int) -> tuple[int, int]:
    """Return how much others said from the reader's mark on to a number, and the first of it."""
    rows = ChatMessage.objects.filter(room=room, number__gt=room.seen, number__lt=number)
    rows = rows.filter(kind="message", visibility=Visibility.VISIBLE).exclude(author=person)
    found = rows.aggregate(count=Count("pk"), first=Min("number"))
    return found["count"], found["first"] or 0


def lines_of(person: Any, messages: Iterable[ChatMessage]) -> list[Line]:
    """Return messages of one room (of _history) as the template shows them."""
    rows = list(messages)
    reactions = _reactions(person, [row for row in rows if row.is_reacted_to])
    files = files_by_thing(row for row in rows if row.file_count)
    removers = _removers([row for row in rows if row.visibility != Visibility.VISIBLE])
    found: list[Line] = []
    day = None
    for row in rows:
        line = _line(person, row)
        line["reactions"] = reactions.get(row.pk, ())
        line["files"] = files.get(row.pk, ())
        line["is_by_author"] = removers.get(row.pk) == row.author_id
        before, day = day, timezone.localtime(row.at).date()
        line["is_first_of_day"] = day != before
        found.append(line)
    return found


def _line(person: Any, row: ChatMessage) -> Line:
    is_removed = row.visibility != Visibility.VISIBLE
    can_read = not is_removed or rules.can_read(person, row)
    is_mine = row.author_id == person.pk
    return {
        "number": row.number,
        "room": row.room_id,
        "path": f"/rooms/{row.room_id}/messages/{row.number}",
        "id": row.pk,
        "client_id": row.client_id,
        "author": row.author,
        "name": name_of(row.author),
        "at": row.at,
        "html": written_html(row) if can_read else "",
        "reply": _replied(row),
        "edited_at": row.edited_at,
        "is_mine": is_mine,
        "is_removed": is_removed,
        "can_read": can_read,
        "has_menu": person.may_act and can_read,
        "can_moderate": not is_mine and rules.can_read_earlier_texts(person),
    }


def _replied(row: ChatMessage) -> Line | None:
    """Return what a message replies to, in its first words; nothing of what was taken away."""
    said_before = row.reply_to
    if said_before is None:
        return None
    is_shown = said_before.visibility == Visibility.VISIBLE
    return {
        "number": said_before.number,
        "author": said_before.author,
        "words": excerpt(said_before.html, QUOTED) if is_shown else "",
    }


def _reactions(person: Any, rows: list[ChatMessage]) -> dict[int, list[tuple[str, int, bool]]]:
    """Return what tallied() says of these messages, by the message's id; one query."""
    if not rows:
        return {}
    by_message: dict[int, list[Reaction]] = {}
    for row in Reaction.objects.filter(message__in=rows):
        by_message.setdefault(row.message_id, []).append(row)
    return {pk: tallied(found, person.pk) for pk, found in by_message.items()}


def tallied(reactions: Iterable[Reaction], reader_id: int) -> list[tuple[str, int, bool]]:
    """Return (emoji, how many, whether the reader's is among them) of one message's reactions."""
    rows = list(reactions)
    counts = Counter(row.emoji for row in rows)
    own = {row.emoji for row in rows if row.person_id == reader_id}
    return [(emoji, counts[emoji], emoji in own) for emoji in EMOJI if counts[emoji]]


def _removers(rows: list[ChatMessage]) -> dict[int, int | None]:
    """Return who took these messages away, by the message's id."""
    if not rows:
        return {}
    told = ChatMessage.objects.filter(about__in=rows, kind="removed").order_by("number")
    return {about: author for about, author in told.values_list("about_id", "author_id") if about}
