"""Who may what, in chat."""

from typing import Any

from chat import rooms
from chat.models import Room
from core.things import thing_of
from people.rules import can_act


def can_enter(person: Any, room: Room) -> bool:
    """Who sees the thing the room belongs to, now."""
    if not person.is_authenticated or not person.is_active:
        return False
    seen = thing_of(room.thing_kind).visible_to(person).filter(pk=room.thing_id).first()
    return seen is not None and rooms.may_enter(room.thing_kind, person, seen)


def can_post(person: Any, room: Room) -> bool:
    """Who may enter, and is active."""
    return can_act(person) and can_enter(person, room)
