"""What chat declares to the other rooms."""

from typing import Any

from chat.models import ChatMessage, Room
from core.things import Thing, declare, thing_of


def _export(person: Any) -> list[dict[str, Any]]:
    rows = ChatMessage.objects.filter(author=person).order_by("pk")
    return [
        {"room": row.room_id, "number": row.number, "at": row.at.isoformat(), "source": row.source}
        for row in rows
    ]


def _label(room: Room) -> str:
    row = thing_of(room.thing_kind).model._default_manager.filter(pk=room.thing_id).first()
    return thing_of(room.thing_kind).label(row) if row is not None else str(room)


def declare_all() -> None:
    """Declare rooms and messages. Erasing a person keeps what they said, without their name."""
    declare(
        Thing(
            kind="chat.room",
            model=Room,
            visible_to=Room.objects.visible_to,
            url=lambda room: f"/rooms/{room.pk}",
            label=_label,
        )
    )
    declare(
        Thing(
            kind="chat.message",
            model=ChatMessage,
            visible_to=ChatMessage.objects.visible_to,
            url=lambda row: f"/rooms/{row.room_id}#message-{row.number}",
            label=lambda row: _label(row.room),
            author_ids=lambda row: {row.author_id},
            export=_export,
        )
    )
