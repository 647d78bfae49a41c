"""What chat declares to the other rooms."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chat import rules
from chat.actions import replying, telling
from chat.models import ChatMessage, Reaction, Room, RoomClosure, RoomMark
from chat.rooms import place_of
from core import replies
from core.things import Thing, declare, label_for, thing_of
from people import digests, public_log
from people.actions import tell_refused
from people.digests import Section
from people.models.standing import declare_count


def _export(person: Any) -> list[dict[str, Any]]:
    """Return what a person said, what that said before an edit, and their reactions."""
    rows = ChatMessage.objects.filter(author=person, kind__in=["message", "edited"])
    reactions = Reaction.objects.filter(person=person).select_related("message").order_by("pk")
    return [
        *(_said(row) for row in rows.select_related("about").order_by("pk")),
        *(
            {
                "room": row.message.room_id,
                "reacted_to": row.message.number,
                "at": row.at.isoformat(),
                "emoji": row.emoji,
            }
            for row in reactions
        ),
    ]


def _said(row: ChatMessage) -> dict[str, Any]:
    facts = {"room": row.room_id, "number": row.number, "at": row.at.isoformat()}
    if row.about is not None:
        return {**facts, "number": row.about.number, "said_before": row.source}
    return {**facts, "source": row.source}


def _export_marks(person: Any) -> list[dict[str, Any]]:
    return [
        {
            "room": row.room_id,
            "seen": row.seen,
            "seen_at": row.seen_at.isoformat(),
            "muted_at": row.muted_at.isoformat() if row.muted_at else None,
        }
        for row in RoomMark.objects.filter(person=person).order_by("pk")
    ]


def _erase(person: Any) -> None:
    """Take out what the person said before they edited it, and their reactions.

    What they said stays, under "a former member": it is part of what was said to others.
    """
    ChatMessage.objects.filter(author=person, kind="edited").update(source="")
    Reaction.objects.filter(person=person).delete()


def _erase_marks(person: Any) -> None:
    RoomMark.objects.filter(person=person).delete()


def _label(room: Room) -> str:
    row = thing_of(room.thing_kind).model._default_manager.filter(pk=room.thing_id).first()
    return thing_of(room.thing_kind).label(row) if row is not None else str(room)


def _named_for(person: Any, message: ChatMessage, actor: Any) -> tuple[Any, str]:
    """Return who did something to a message, and its room's thing to who may enter there alone."""
    room = message.room
    if not rules.can_enter(person, room):
        return actor, str(_("a message"))
    return actor, label_for(person, place_of(room.thing_kind, room.thing_id, person))


def declare_all() -> None:
    """Declare rooms and messages. Erasing a person keeps what they said, without their name."""
    declare_count("rooms_behind", lambda person: RoomMark.objects.behind().filter(person=person))
    digests.declare(
        Section(
            "chat",
            telling.due_digests,
            telling.collect_digest,
            telling.digest_stands,
            telling.give_digest_back,
        )
    )
    replies.declare(
        "chat.room",
        code="r",
        receive=replying.receive_message,
        refuse=tell_refused,
        takes_files=True,
        is_private=True,
    )
    declare(
        Thing(
            kind="chat.room",
            model=Room,
            visible_to=Room.objects.visible_to,
            url=lambda room: f"/rooms/{room.pk}",
            label=_label,
            export=_export_marks,
            erase=_erase_marks,
        )
    )
    declare(
        Thing(
            kind="chat.message",
            model=ChatMessage,
            visible_to=ChatMessage.objects.visible_to,
            url=lambda row: row.address,
            label=lambda row: _label(row.room),
            named_for=_named_for,
            author_ids=lambda row: {row.author_id},
            text=lambda row: row.source,
            export=_export,
            erase=_erase,
        )
    )
    _declare_moderated()


def _declare_moderated() -> None:
    """Declare what moderators do in rooms; what hosts do in their own is their work.

    Why a room was closed is said in words to those in it, and stays there: the log has the rule.
    """
    for verb, text in (
        ("chat.room_closed", pgettext_lazy("moderation log", "Closed")),
        ("chat.room_reopened", pgettext_lazy("moderation log", "Opened again")),
        ("chat.room_slowed", pgettext_lazy("moderation log", "Pace changed")),
    ):
        public_log.declare(
            verb,
            text,
            is_told=lambda line: bool(line.changes.get("by_moderator")),
            rules=dict(RoomClosure.Rule.choices),
        )
    public_log.declare_kind("chat.message", _("a message"))
    public_log.declare_kind("chat.room", _("a conversation"))
