"""What is said in a room, and the panel a thing's page shows."""

import uuid
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet

from chat import rooms, rules
from chat.models import ChatMessage, Room
from core.errors import NotAllowed, seen
from core.prepared import Prepared
from core.things import find

SHOWN = 50
EVENTS = 200


@dataclass(frozen=True)
class RoomPanel:
    """A room as a page shows it: the last messages, oldest first; client_id for the form."""

    room: Room
    messages: list[ChatMessage]
    has_earlier: bool
    can_post: bool
    client_id: str


def room_of(kind: str, object_id: int) -> Room | None:
    """Return the room of a thing, if it was opened."""
    return next(iter(_rooms_of(kind)(object_id)), None)


@lru_cache
def _rooms_of(kind: str) -> Prepared[Room]:
    return Prepared(lambda object_id: Room.objects.filter(thing_kind=kind, thing_id=object_id))


def room_seen(person: Any, room_id: int) -> Room:
    """Return a room one may enter. Raises NotSeen, NotAllowed."""
    room = seen(Room.objects.visible_to(person), pk=room_id)
    if not rules.can_enter(person, room):
        raise NotAllowed
    return room


def said(person: Any, room: Room) -> QuerySet[ChatMessage]:
    """Return what is said in a room, with authors; the caller has seen the room."""
    shown = ChatMessage.objects.filter(room=room, visibility="visible")
    return shown.select_related("author")


def room_panel(person: Any, kind: str, object_id: int, before: int = 0) -> RoomPanel | None:
    """Return what a thing's page shows of its room; None without a room or the right.

    before: only messages with a lower number. Three queries.
    """
    if not person.is_authenticated or not rooms.has_rooms(kind):
        return None
    room = room_of(kind, object_id)
    if room is None or not rooms.may_enter(kind, person, find(kind, object_id, person)):
        return None
    return panel_of(person, room, before)


def panel_of(person: Any, room: Room, before: int = 0) -> RoomPanel:
    """Return the panel of a room one has seen."""
    rows = said(person, room)
    if before:
        rows = rows.filter(number__lt=before)
    newest = list(rows.order_by("-number")[: SHOWN + 1]) if room.head else []
    return RoomPanel(
        room=room,
        messages=newest[:SHOWN][::-1],
        has_earlier=len(newest) > SHOWN,
        can_post=person.may_act,
        client_id=uuid.uuid4().hex,
    )


def events_since(room_id: int, since: int) -> list[dict[str, Any]]:
    """Return the frames of messages after a number, in order, at most 200; rights not checked."""
    rows = ChatMessage.objects.filter(room_id=room_id, number__gt=since).select_related("author")
    return [event_of(row) for row in rows.order_by("number")[:EVENTS]]


def event_of(message: ChatMessage) -> dict[str, Any]:
    """Return a message as the socket says it; a removed one keeps its number, not its words."""
    removed = message.visibility != "visible"
    return {
        "type": "event",
        "room": message.room_id,
        "number": message.number,
        "kind": "removed" if removed else "message",
        "author": {"handle": message.author.handle, "name": message.author.display_name},
        "html": "" if removed else message.html,
        "at": message.at.isoformat().replace("+00:00", "Z"),
    }


def heads(room_ids: list[int]) -> dict[int, int]:
    """Return the last number of each room; one query."""
    return dict(Room.objects.filter(pk__in=room_ids).values_list("pk", "head"))
