"""What people do in chat: open a room, say something."""

from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _

from chat import live, rooms, rules
from chat.models import ChatMessage, Room
from core.errors import InvalidInput, NotAllowed, NotSeen, locked
from core.journal import PARTICIPANTS, record
from core.markup import write_text
from core.things import find
from people.models import Person
from people.queries import mention_paths

MAX_BYTES = 8 * 1024


@transaction.atomic
def open_room(*, actor: Person, kind: str, object_id: int) -> Room:
    """Return the room of a thing one may see, made when there is none.

    Raises NotSeen for things unseen or without rooms, NotAllowed where the kind's rule says no.
    """
    if not rooms.has_rooms(kind):
        raise NotSeen
    thing = find(kind, object_id, actor)
    if not rooms.may_enter(kind, actor, thing):
        raise NotAllowed
    room, _is_new = Room.objects.get_or_create(thing_kind=kind, thing_id=object_id)
    return room


@transaction.atomic
def post_message(*, actor: Person, room_id: int, source: str, client_id: str) -> ChatMessage:
    """Say something; return the message with the room's next number.

    The same client_id of the same author is the same message: what was sent first stands.
    Listeners are hinted after commit. Raises NotSeen, NotAllowed, InvalidInput.
    """
    room = locked(Room.objects.visible_to(actor), pk=room_id)
    if not rules.can_post(actor, room):
        raise NotAllowed
    if not client_id or len(client_id) > 64:
        raise InvalidInput.of("client_id", "invalid", _("1 to 64 characters."))
    known = ChatMessage.objects.filter(room=room, author=actor, client_id=client_id).first()
    if known is not None:
        return known
    if not source.strip():
        raise InvalidInput.of("source", "required", _("Write something first."))
    if len(source.encode()) > MAX_BYTES:
        raise InvalidInput.of("source", "too_long", _("A message has at most 8,000 characters."))
    message = ChatMessage(room=room, author=actor, client_id=client_id, number=room.head + 1)
    write_text(message, source, language=actor.spoken[0], mentions=mention_paths(source))
    message.save()
    room.head = message.number
    room.save(update_fields=["head"])
    record(
        "chat.message_posted",
        actor=actor,
        thing=message,
        parent=room,
        audience=PARTICIPANTS,
        changes={"number": message.number},
    )
    transaction.on_commit(partial(live.hint, room.pk, room.head))
    return message
