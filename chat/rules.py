"""Who may what, in chat."""

from typing import Any

from chat import rooms
from chat.models import ChatMessage, Room
from core.models import Visibility
from core.things import thing_of
from people.models import Flag
from people.rules import can_act, has_role


def can_enter(person: Any, room: Room) -> bool:
    """Who sees the thing the room belongs to, now, as far as its kind lets them in."""
    if not person.is_authenticated or not person.is_active:
        return False
    kind = room.thing_kind
    seen = rooms.enterable(kind, person).filter(pk=room.thing_id).first()
    return seen is not None and (rooms.is_enterable(kind) or rooms.may_enter(kind, person, seen))


def can_enter_seen(person: Any, room: Room) -> bool:
    """The same, of a room read through visible_to; where a kind says it in rows, that is all."""
    return bool(person.is_active) and (
        rooms.is_enterable(room.thing_kind) or can_enter(person, room)
    )


def can_post(person: Any, room: Room) -> bool:
    """Who may enter, and is active; asked of a room one has entered."""
    return can_act(person)


def can_read(person: Any, message: ChatMessage) -> bool:
    """Everyone in the room; what is taken away its author and moderators alone."""
    if message.visibility == Visibility.VISIBLE or message.author_id == person.pk:
        return True
    return has_role(person, "moderator")


def can_read_earlier_texts(person: Any) -> bool:
    """Moderators: what an edited message said before."""
    return has_role(person, "moderator")


def can_edit(person: Any, message: ChatMessage) -> bool:
    """Its author."""
    return can_act(person) and message.author_id == person.pk


def can_moderate(person: Any, room: Room, thing: Any = None) -> bool:
    """Moderators, and whom the kind names: agents in a ticket's room; of a room one has entered,
    or was asked to look at.

    thing: what the room belongs to, where the caller has it at hand.
    """
    if has_role(person, "moderator"):
        return True
    if not can_act(person) or not rooms.has_moderators(room.thing_kind):
        return False
    if thing is None:
        thing = thing_of(room.thing_kind).visible_to(person).filter(pk=room.thing_id).first()
    return thing is not None and rooms.may_moderate(room.thing_kind, person, thing)


def is_asked_to_look(person: Any, room_id: int) -> bool:
    """Moderators, of a room where a message is flagged: they keep it kind, and read no more of it
    than that message."""
    if not has_role(person, "moderator"):
        return False
    said = ChatMessage.objects.filter(room=room_id).values("pk")
    return Flag.objects.filter(thing_kind="chat.message", thing_id__in=said).exists()
