"""Steps that several actions share; each works on a room its caller has locked."""

import uuid
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from chat import live, rooms, rules
from chat.models import ChatMessage, Room
from core.errors import NotSeen, WrongMoment
from core.models import Visibility
from core.prepared import insert
from people.models import Person

Kind = ChatMessage.Kind
HEAD_MOVED = f"UPDATE {Room._meta.db_table} SET head = %s, said = %s WHERE id = %s"  # noqa: S608


def check_open(room: Room) -> None:
    """Raise WrongMoment in a closed room: it is read, not written."""
    check_not_over(room)
    if room.is_closed:
        raise WrongMoment(
            _("A moderator closed this conversation: it can be read, not continued."),
            code="room_closed",
        )


def check_not_over(room: Room) -> None:
    """Raise WrongMoment in the room of a thing that is over, which nobody opens again."""
    if room.is_over:
        raise WrongMoment(rooms.words_of_ending(room.thing_kind), code="room_over")


def message_in(room: Room, actor: Person, number: int) -> ChatMessage:
    """Return something said in this room; removed it is its author's and the moderators' alone.

    Raises NotSeen.
    """
    rows = ChatMessage.objects.filter(room=room, kind=Kind.MESSAGE).select_related("author")
    message = rows.filter(number=number).first()
    if message is None or not rules.can_read(actor, message):
        raise NotSeen
    return message


def check_there(message: ChatMessage) -> None:
    """Raise WrongMoment for a message that is taken away."""
    if message.visibility != Visibility.VISIBLE:
        raise WrongMoment(
            _("This message is taken away."), code="message_removed", allowed=["restore"]
        )


def append(room: Room, kind: str, *, author: Person | None, **facts: Any) -> ChatMessage:
    """Give a row the room's next number, write it, and hint the listeners after commit.

    A row without a client_id of its own gets one that nobody can have chosen.
    """
    facts.setdefault("client_id", f"{kind}-{uuid.uuid4().hex}")
    return append_row(room, ChatMessage(kind=kind, author=author, **facts))


def append_row(room: Room, row: ChatMessage) -> ChatMessage:
    """Do the same for a row made before, such as a text that is rendered."""
    row.room, row.number = room, room.head + 1
    insert(row)
    room.head = row.number
    room.said = row.number if row.kind == Kind.MESSAGE else room.said
    with connection.cursor() as cursor:
        cursor.execute(HEAD_MOVED, [room.head, room.said, room.pk])
    transaction.on_commit(partial(live.hint, room.pk, room.head))
    return row
