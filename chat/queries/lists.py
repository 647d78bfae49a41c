"""One's conversations, and what is found in them."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db.models import Case, Count, Exists, F, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from chat import rooms
from chat.models import ChatMessage, Room, RoomClosure, RoomMark, is_in_a_room_of
from chat.queries.lines import QUOTED
from core.finding import has_each, spans_found, words_sought
from core.markup import excerpt, highlight, plain_text
from core.models import Visibility
from core.prepared import Prepared
from core.things import label_of, url_of
from people.models.standing import MOST_UNREAD, Held, held_by, stand_in
from people.rules import has_role

FOUND_BEFORE, FOUND_LENGTH = 60, 200  # characters of a hit shown before what was found, and in all
SHORTEST_SEARCH = 2
LATELY = 5_000  # rows of all rooms, which are looked through in 0.1 s


@dataclass(frozen=True)
class Conversation:
    """One of one's rooms in the list; label and url: of what it belongs to."""

    room: Any
    label: str
    url: str
    last: ChatMessage | None
    last_words: str


@dataclass(frozen=True)
class Hit:
    """A message that was found; snippet_html: the words around, what was found marked."""

    message: ChatMessage
    label: str
    url: str
    snippet_html: str


def own_rooms(person: Any, *, is_unread: bool = False) -> QuerySet[Any]:
    """Return the rooms one takes part in and may enter, with `unread`, `last_id`, `closed_for`.

    One takes part from being there when it was opened, from a first word or mark on.
    """
    shown, unread = _shown(), _unread(person)
    counted = unread.values("room").annotate(number_of=Count("pk")).values("number_of")
    rows = Room.objects.visible_to(person).filter(pk__in=_marked(person))
    closures = RoomClosure.objects.filter(room=OuterRef("pk"), undone_at=None)
    endings = [
        When(is_over=True, thing_kind=kind, then=Value(words))
        for kind, words in rooms.words_of_endings()
    ]
    reason = Coalesce(Subquery(closures.values("reason")[:1]), Value(""))
    facts: dict[str, Any] = {
        "unread": Coalesce(Subquery(counted), Value(0)),
        "closed_for": Case(*endings, default=reason),
        "last_id": Coalesce(Subquery(shown.order_by("-number").values("pk")[:1]), Value(0)),
    }
    found = rows.read_by(person.pk).annotate(**facts)
    return found.filter(**{"unread__gt": 0}) if is_unread else found


def _marked(person: Any) -> QuerySet[RoomMark, Any]:
    """Return the ids of rooms one took part in: few by index, not a question to every room."""
    return RoomMark.objects.filter(person=person).values("room_id")


def _shown() -> QuerySet[ChatMessage]:
    """Return what stands there to be read in a room of an outer query."""
    rows = ChatMessage.objects.filter(room=OuterRef("pk"), kind="message")
    return rows.filter(visibility=Visibility.VISIBLE)


def _unread(person: Any) -> QuerySet[ChatMessage]:
    """Return what others said in a room of an outer query with `seen`, above that."""
    return _shown().filter(number__gt=OuterRef("seen")).exclude(author=person).order_by()


def rooms_unread(person: Any) -> int:
    """Return in how many of one's conversations that are not muted something is unread.

    MOST_UNREAD at most. Costs nothing where the query that read the person found no mark behind;
    else one statement, which asks of those rooms alone.
    """
    if not person.is_authenticated or person.rooms_behind == 0:
        return 0
    return len(_rooms_unread(held_by(person))(person.pk))


@lru_cache(maxsize=512)
def _rooms_unread(held: Held) -> Prepared[Room]:
    """Return the query of these rooms, by a person's id; one for each set of grants."""

    def build(person_id: int) -> QuerySet[Room]:
        behind = RoomMark.objects.behind().filter(person=person_id).values("room_id")
        rows = Room.objects.visible_to(stand_in(person_id, held)).filter(pk__in=behind)
        read = rows.read_by(person_id)
        return read.filter(Exists(_unread(person_id)))[:MOST_UNREAD]

    return Prepared(build)


def conversations(person: Any, page: Iterable[Any]) -> list[Conversation]:
    """Return rooms of own_rooms as the list shows them: two queries and one for each kind."""
    listed = list(page)
    things = _things_of(person, listed)
    rows = ChatMessage.objects.select_related("author").in_bulk([row.last_id for row in listed])
    found = []
    for room in listed:
        label, url = things.get((room.thing_kind, room.thing_id), ("", f"/rooms/{room.pk}"))
        last = rows.get(room.last_id)
        words = excerpt(last.html, QUOTED) if last else ""
        found.append(Conversation(room, label, url, last, words))
    return found


def _things_of(person: Any, listed: Iterable[Room]) -> dict[tuple[str, int], tuple[str, str]]:
    """Return label and address of what rooms belong to; as many queries for few as for many."""
    found = rooms.places_of(((room.thing_kind, room.thing_id) for room in listed), person)
    return {key: (label_of(row), url_of(row)) for key, row in found.items()}


def messages_found(person: Any, words: str, *, everywhere: bool = False) -> QuerySet[ChatMessage]:
    """Return what is said with each of these words in it, in one's own rooms.

    Whatever their case and accents; between them may stand whatever marks Markdown has. Each has
    `place`, its id, by which it is to be ordered: by the id itself SQLite walks all that is said.
    everywhere: in each room one may enter, but of all that is said only what came last (LATELY).
    """
    sought = words_sought(words)
    rows = ChatMessage.objects.visible_to(person)
    if has_role(person, "moderator"):  # who sees what is flagged in other rooms, too
        rows = rows.filter(is_in_a_room_of(person))
    if everywhere:
        last = ChatMessage.objects.order_by("-pk").values("pk")[:1]
        rows = rows.filter(pk__gt=Subquery(last) - LATELY)
    else:
        # Joined: from a list of rooms SQLite would not begin.
        rows = rows.filter(room__marks__person=person)
    rows = rows.select_related("author", "room", "reply_to").annotate(place=F("pk") + 0)
    if len("".join(sought)) < SHORTEST_SEARCH:
        return rows.none()
    return rows.filter(has_each("source", sought), visibility__walked=Visibility.VISIBLE)


def hits(person: Any, page: Iterable[ChatMessage], words: str) -> list[Hit]:
    """Return messages as the search shows them: one query for each kind of thing."""
    rows, sought = list(page), words_sought(words)
    things = _things_of(person, [row.room for row in rows])
    return [
        Hit(
            row,
            things.get((row.room.thing_kind, row.room.thing_id), ("", ""))[0],
            url_of(row),
            _snippet(plain_text(row.html), sought),
        )
        for row in rows
    ]


def _snippet(text: str, sought: list[str]) -> str:
    spans = spans_found(text, sought)
    start = max(spans[0][0] - FOUND_BEFORE, 0) if spans else 0
    end = start + FOUND_LENGTH
    before, after = "…" if start else "", "…" if end < len(text) else ""
    shift = len(before) - start
    shown = [(a + shift, min(b, end) + shift) for a, b in spans if a < end]
    return highlight(before + text[start:end] + after, shown)
