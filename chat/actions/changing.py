"""What becomes of a message: edited, taken away, brought back, reacted to."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chat import rules
from chat.actions.mentioning import record_mentions
from chat.actions.steps import Kind, append, check_open, check_there, message_in
from chat.actions.talking import check_words
from chat.models import EMOJI, ChatMessage, Reaction, Room
from chat.queries import room_to_change
from core.confided import point_out_secrets
from core.errors import InvalidInput, NotAllowed, check_revision, locked
from core.journal import record
from core.markup import RENDERER_VERSION, write_text
from core.models import Visibility
from people.actions import remove_post, restore_post
from people.models import Person
from people.queries import mention_paths
from people.rules import BY_AUTHOR

KIND = "chat.message"


@transaction.atomic
def edit_message(
    *,
    actor: Person,
    room_id: int,
    number: int,
    revision: int,
    source: str,
    send_secrets: bool = True,
) -> ChatMessage:
    """Change what one said; what it said before is kept for moderators. The same is no change.

    send_secrets: False where the writer can be asked.
    Raises NotSeen, NotAllowed, WrongMoment (closed, taken away), StaleRevision, SecretsFound,
    InvalidInput.
    """
    room = room_to_change(actor, room_id)
    message = message_in(room, actor, number)
    if not rules.can_edit(actor, message):
        raise NotAllowed
    check_open(room)
    check_there(message)
    check_revision(message, revision)
    check_words(source, may_be_empty=message.file_count > 0)
    point_out_secrets({"source": source}, send_secrets=send_secrets)
    before = message.source
    paths = mention_paths(source)
    write_text(message, source, language=message.language, mentions=paths)
    if message.source == before:
        return message
    message.revision += 1
    message.edited_at = timezone.now()
    message.save(
        update_fields=["source", "html", "renderer_version", "revision", "edited_at", "language"]
    )
    # With a version: nothing renders it anew, and its html stays empty.
    append(
        room,
        Kind.EDITED,
        author=actor,
        about=message,
        source=before,
        renderer_version=RENDERER_VERSION,
    )
    changes = {"number": number, "revision": message.revision}
    record("chat.message_edited", actor=actor, thing=message, parent=room, changes=changes)
    record_mentions(message, actor=actor, paths=paths)
    return message


@transaction.atomic
def remove_message(
    *, actor: Person, room_id: int, number: int, rule: str = BY_AUTHOR, reason: str = ""
) -> ChatMessage:
    """Take a message away: its author and moderators alone read it from now on.

    rule: left out, one's own; a moderator names a reason of flags.
    Raises NotSeen, NotAllowed, WrongMoment when it is away already, InvalidInput.
    """
    room = room_to_change(actor, room_id)
    message = message_in(room, actor, number)
    remove_post(actor=actor, kind=KIND, object_id=message.pk, rule=rule, reason=reason)
    return _told(room, message, actor)


@transaction.atomic
def restore_message(*, actor: Person, room_id: int, number: int) -> ChatMessage:
    """Bring a message back. Raises NotSeen, NotAllowed, WrongMoment when it is not away."""
    room = room_to_change(actor, room_id)
    message = message_in(room, actor, number)
    restore_post(actor=actor, kind=KIND, object_id=message.pk)
    return _told(room, message, actor)


@transaction.atomic
def follow_removal(*, message_id: int, actor: Person | None) -> None:
    """Say in the room that a message was taken away or brought back by another way (a flag)."""
    message = ChatMessage.objects.get(pk=message_id)
    _told(locked(Room.objects.all(), pk=message.room_id), message, actor)


def _told(room: Room, message: ChatMessage, actor: Person | None) -> ChatMessage:
    """Write the row that the stream lacks, if it lacks one, and return the message as it is."""
    message.refresh_from_db(fields=["visibility"])
    is_away = message.visibility == Visibility.REMOVED
    rows = ChatMessage.objects.filter(about=message, kind__in=[Kind.REMOVED, Kind.RESTORED])
    last = rows.order_by("-number").values_list("kind", flat=True).first() or Kind.RESTORED
    if (last == Kind.REMOVED) != is_away:
        kind = Kind.REMOVED if is_away else Kind.RESTORED
        append(room, kind, author=actor, about=message)
    return message


@transaction.atomic
def react(*, actor: Person, room_id: int, number: int, emoji: str) -> ChatMessage:
    """Add one's emoji to a message, once. Raises NotSeen, NotAllowed, WrongMoment, InvalidInput."""
    room, message = _reacted_to(actor, room_id, number, emoji)
    _row, is_new = Reaction.objects.get_or_create(message=message, person=actor, emoji=emoji)
    if is_new:
        append(room, Kind.REACTED, author=actor, about=message, detail={"emoji": emoji})
        changes = {"number": number}
        record("chat.reaction_added", actor=actor, thing=message, parent=room, changes=changes)
    return message


@transaction.atomic
def unreact(*, actor: Person, room_id: int, number: int, emoji: str) -> ChatMessage:
    """Take one's emoji back. Raises NotSeen, NotAllowed, WrongMoment, InvalidInput."""
    room, message = _reacted_to(actor, room_id, number, emoji)
    count, _rows = Reaction.objects.filter(message=message, person=actor, emoji=emoji).delete()
    if count:
        append(room, Kind.UNREACTED, author=actor, about=message, detail={"emoji": emoji})
        changes = {"number": number}
        record("chat.reaction_ended", actor=actor, thing=message, parent=room, changes=changes)
    return message


def _reacted_to(actor: Person, room_id: int, number: int, emoji: str) -> tuple[Room, ChatMessage]:
    room = room_to_change(actor, room_id)
    if not rules.can_post(actor, room):
        raise NotAllowed
    message = message_in(room, actor, number)
    check_open(room)
    check_there(message)
    if emoji not in EMOJI:
        raise InvalidInput.of("emoji", "invalid_choice", _("One of: %s") % " ".join(EMOJI))
    return room, message
