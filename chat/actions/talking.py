"""Opening a room, and saying something in it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chat import rooms, rules
from chat.actions.mentioning import record_mentions
from chat.actions.steps import Kind, append_row, check_open
from chat.models import MAX_BYTES, ChatMessage, Room, RoomMark
from chat.queries import room_to_change
from core.confided import point_out_secrets
from core.errors import InvalidInput, NotAllowed, NotSeen, Refusal, TooMany, WrongMoment
from core.files import store_uploads
from core.journal import PARTICIPANTS, record
from core.limits import draw
from core.markup import checked_source, write_text
from core.models import Visibility
from core.prepared import Prepared, insert_unless_there
from core.things import find, thing_of
from people.models import Person
from people.queries import mention_paths


class SaidBefore(WrongMoment):
    """Other words under the name of a message that was sent before: `message`."""

    code = "said_before"
    title = gettext_lazy("Not sent")
    detail = gettext_lazy(
        "A message was sent from this form before, in other words. Yours was not sent yet: send it"
        " again to say it as well."
    )

    def __init__(self, message: ChatMessage) -> None:
        super().__init__()
        self.message = message


@transaction.atomic
def open_room(*, actor: Person, kind: str, object_id: int) -> Room:
    """Return the room of a thing one may see, for people to talk in; made when there is none.

    From then on it is among the conversations of those who take part in the thing.
    Raises NotSeen for things unseen or without rooms, NotAllowed where the kind's rule says no,
    WrongMoment for the first word about what is over.
    """
    if not rooms.has_rooms(kind):
        raise NotSeen
    thing = find(kind, object_id, actor)
    if not rooms.may_enter(kind, actor, thing):
        raise NotAllowed
    rows = Room.objects.filter(thing_kind=kind, thing_id=object_id)
    if rooms.is_thing_over(kind, object_id):
        room = rows.first()
        if room is None:
            raise WrongMoment(rooms.words_of_ending(kind), code="room_over")
        return room
    room, is_new = rows.get_or_create(thing_kind=kind, thing_id=object_id)
    if is_new or not room.marks.exists():  # so far it told of the thing's news alone
        people = {actor.pk, *(person.pk for person in thing_of(kind).participants(thing))}
        RoomMark.objects.bulk_create(
            [RoomMark(room=room, person_id=pk) for pk in sorted(people)], ignore_conflicts=True
        )
    return room


def count_message(*, actor: Person) -> None:
    """Count a message that comes from a face: 5 a second, 20 at once. Raises TooMany.

    Beside post_message, not in it: a mail's or a test's messages come as fast as they are.
    """
    draw(f"person:{actor.pk}", "chat", a_second=5, burst=20)


def post_message(
    *,
    actor: Person,
    room_id: int,
    source: str,
    client_id: str,
    reply_to: int | None = None,
    uploads: Sequence[Any] = (),
    send_secrets: bool = True,
) -> ChatMessage:
    """Say something; return the message with the room's next number.

    The same client_id of the same author with the same words is the same message, also after it
    was edited; with other words it is refused: they are another message, by a name of its own.
    reply_to: the number of an older message of the room. send_secrets: False where the writer can
    be asked. Listeners are hinted after commit.
    Raises NotSeen, NotAllowed, SecretsFound, InvalidInput, SaidBefore, WrongMoment (closed),
    TooMany (slow).
    """
    message = ChatMessage(author=actor, client_id=client_id, source=source, file_count=len(uploads))
    message.is_reacted_to = False
    # The room has one writer at a time: what takes long is done before its lock is taken.
    paths, refusal = _written(actor, message, source, send_secrets=send_secrets)
    with transaction.atomic():
        return _post(actor, message, room_id, paths, refusal, reply_to=reply_to, uploads=uploads)


def _written(
    actor: Person, message: ChatMessage, source: str, *, send_secrets: bool
) -> tuple[dict[str, str], Refusal | None]:
    """Write words into a new message; return whom they name, and why they cannot be said.

    That is told to who may speak in the room alone: its caller raises it once that is known.
    """
    try:
        check_words(source, may_be_empty=bool(message.file_count))
        point_out_secrets({"source": source}, send_secrets=send_secrets)
    except Refusal as refusal:
        return {}, refusal
    paths = mention_paths(source)
    write_text(message, source, language=actor.spoken[0], mentions=paths)
    return paths, None


def _post(
    actor: Person,
    message: ChatMessage,
    room_id: int,
    paths: Mapping[str, str],
    refusal: Refusal | None,
    *,
    reply_to: int | None,
    uploads: Sequence[Any],
) -> ChatMessage:
    client_id = message.client_id
    room = room_to_change(actor, room_id)
    if not rules.can_post(actor, room):
        raise NotAllowed
    if not client_id or len(client_id) > 64:
        raise InvalidInput.of("client_id", "invalid", _("1 to 64 characters."))
    known = _sent_before(room.pk, actor.pk, client_id)
    if known:
        known[0].room = room
        _check_same(known[0], message.source)
        return known[0]
    check_open(room)
    _check_pace(actor, room)
    if refusal is not None:
        raise refusal
    message.reply_to = _answered(room, reply_to)
    message.at = timezone.now()  # under the lock: in the order of numbers
    append_row(room, message)
    if not room.is_known:  # from the first word on it is among one's conversations
        insert_unless_there(RoomMark(room=room, person=actor))
    if uploads:
        store_uploads(actor=actor, uploads=uploads, thing=message, field="attachments")
    record(
        "chat.message_posted",
        actor=actor,
        thing=message,
        parent=room,
        audience=PARTICIPANTS,
        changes={"number": message.number},
    )
    record_mentions(message, actor=actor, paths=paths)
    return message


def _sent(room_id: int, author_id: int, client_id: str) -> QuerySet[ChatMessage]:
    return ChatMessage.objects.filter(room=room_id, author=author_id, client_id=client_id)


_sent_before: Prepared[ChatMessage] = Prepared(_sent)


def _check_same(known: ChatMessage, source: str) -> None:
    """Raise SaidBefore for other words than a message was first sent with.

    What an edit keeps is what it said before; empty: words were taken out of it for good since, and
    there is nothing to compare with.
    """
    edits = ChatMessage.objects.filter(about=known, kind=Kind.EDITED).order_by("number")
    texts = [*edits.values_list("source", flat=True), known.source]
    if "" not in texts[:-1] and _sent_words(texts[0]) != _sent_words(source):
        raise SaidBefore(known)


def _sent_words(source: str) -> str:
    """Return words as they are whichever face they come by."""
    return checked_source(source).strip()


def check_words(source: str, *, may_be_empty: bool = False) -> None:
    """Raise InvalidInput for a text that says nothing, or too much for a chat."""
    if not source.strip() and not may_be_empty:
        raise InvalidInput.of("source", "required", _("Write something first."))
    if len(source.encode()) > MAX_BYTES:
        reason = _("This is too long for one message: send it in two.")
        raise InvalidInput.of("source", "too_long", reason)


def _check_pace(actor: Person, room: Room) -> None:
    """Raise TooMany for who speaks again too soon in a slow room; who moderates it may."""
    if not room.slow_seconds or rules.can_moderate(actor, room):
        return
    last = ChatMessage.objects.filter(room=room, author=actor, kind=Kind.MESSAGE)
    said_at = last.order_by("-number").values_list("at", flat=True).first()
    if said_at is None:
        return
    wait = room.slow_seconds - (timezone.now() - said_at).total_seconds()
    if wait > 0:
        raise TooMany(
            _("This conversation is slowed down: one message every %(n)d seconds.")
            % {"n": room.slow_seconds},
            code="room_slow",
            retry_after=int(wait) + 1,
        )


def _answered(room: Room, number: int | None) -> ChatMessage | None:
    """Return the message that is replied to. Raises InvalidInput for none of this room."""
    if number is None:
        return None
    rows = ChatMessage.objects.filter(room=room, kind=Kind.MESSAGE, visibility=Visibility.VISIBLE)
    message = rows.select_related("author").filter(number=number).first()
    if message is None:
        raise InvalidInput.of("reply_to", "not_found", _("That message is not in this room."))
    return message
