"""Rooms as such: which one belongs to a thing, who has seen it, what its stream says."""

from functools import lru_cache
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from chat import rooms, rules
from chat.frames import event_of
from chat.models import ChatMessage, Room, RoomMark
from core.among import among
from core.errors import NotAllowed, NotSeen, locked, seen
from core.files import files_by_thing
from core.models import StoredFile
from core.prepared import Prepared
from people.models.standing import Held, held_by, stand_in

EVENTS = 200


def room_of(kind: str, object_id: int, reader_id: int = 0) -> Room | None:
    """Return the room of a thing, if it was opened, with how far this reader is in it."""
    return next(iter(_rooms_of(kind)(object_id, reader_id)), None)


@lru_cache
def _rooms_of(kind: str) -> Prepared[Room]:
    def build(object_id: int, reader_id: int) -> QuerySet[Room]:
        return Room.objects.filter(thing_kind=kind, thing_id=object_id).read_by(reader_id)

    return Prepared(build)


def files_in_room(room: Room) -> list[StoredFile]:
    """Return all files that were sent in a room, oldest first, also with what is taken away."""
    said = ChatMessage.objects.filter(room=room, file_count__gt=0)
    return [file for files in files_by_thing(said).values() for file in files]


def kind_of(room_id: int) -> str:
    """Return which kind of thing a room belongs to, which never changes; empty for no room."""
    try:
        return kept_kind(room_id)
    except LookupError:
        return ""


@lru_cache(maxsize=4096)
def kept_kind(room_id: int) -> str:
    """Return the same. Raises LookupError for no room, which is not kept: it may come to be."""
    return room_by_id(room_id)[0].thing_kind


room_by_id: Prepared[Room] = Prepared(lambda room_id: Room.objects.filter(pk=room_id))


def room_seen(person: Any, room_id: int) -> Room:
    """Return a room one may enter, with how far one is in it. Raises NotSeen, NotAllowed."""
    return _entered(person, room_id, to_change=False)


def room_to_change(person: Any, room_id: int) -> Room:
    """Return a room one may enter, locked, with `is_closed` and, of the person, `is_known`.

    Raises NotSeen, NotAllowed.
    """
    return _entered(person, room_id, to_change=True)


def room_moderated(person: Any, room_id: int) -> Room:
    """Return a room one may enter, or was asked to look at, with `is_closed`.

    Raises NotSeen, NotAllowed.
    """
    try:
        return room_seen(person, room_id)
    except (NotSeen, NotAllowed):
        if not rules.is_asked_to_look(person, room_id):
            raise
        return seen(Room.objects.with_closure(), pk=room_id)


def room_to_moderate(person: Any, room_id: int) -> Room:
    """Return the same, locked. Raises NotSeen, NotAllowed."""
    try:
        return room_to_change(person, room_id)
    except (NotSeen, NotAllowed):
        if not rules.is_asked_to_look(person, room_id):
            raise
        return locked(Room.objects.with_closure(), pk=room_id)


def _entered(person: Any, room_id: int, *, to_change: bool) -> Room:
    kind = kind_of(room_id) if person.is_authenticated else ""
    found = _rooms_seen(kind, held_by(person), to_change)(person.pk, room_id) if kind else []
    if not found and kind and [row.thing_kind for row in room_by_id(room_id)] != [kind]:
        kept_kind.cache_clear()  # the database was put back to an earlier state under us
        return _entered(person, room_id, to_change=to_change)
    if not found:
        raise NotSeen
    if not rules.can_enter_seen(person, found[0]):
        raise NotAllowed
    return found[0]


@lru_cache(maxsize=512)
def _rooms_seen(kind: str, held: Held, to_change: bool) -> Prepared[Room]:
    """Return the query of a room, by a person's id and its own; one for each set of grants."""

    def build(person_id: int, room_id: int) -> QuerySet[Room]:
        rows = Room.objects.visible_to(stand_in(person_id, held), kind).filter(pk=room_id)
        if to_change:
            marked = Exists(RoomMark.objects.filter(room=OuterRef("pk"), person=person_id))
            rows = rows.with_closure().annotate(**{"is_known": marked})
            return rows.select_for_update(of=("self",))
        return rows.read_by(person_id)

    return Prepared(build)


def may_enter(kind: str, person: Any, thing: Any) -> bool:
    """Return whether someone may enter, or open, the room of a thing they see."""
    return bool(person.is_authenticated) and rooms.may_enter(kind, person, thing)


def events_since(room_id: int, since: int, limit: int = EVENTS) -> list[dict[str, Any]]:
    """Return the frames of what came after a number, in order; rights not checked."""
    return [event_of(row) for row in _events_after(limit)(room_id, since)]


@lru_cache
def _events_after(limit: int) -> Prepared[ChatMessage]:
    def build(room_id: int, since: int) -> QuerySet[ChatMessage]:
        rows = ChatMessage.objects.filter(room_id=room_id, number__gt=since)
        return rows.select_related("author", "about", "reply_to").order_by("number")[:limit]

    return Prepared(build)


def heads(room_ids: list[int]) -> dict[int, int]:
    """Return the last number of each room; one query."""
    return dict(Room.objects.filter(among("pk", room_ids)).values_list("pk", "head"))
