"""What one has read in a room, and whether one wants to hear of it."""

from django.db import transaction
from django.utils import timezone

from chat.actions.mentioning import read_mentions
from chat.models import Room, RoomMark
from chat.queries import room_seen
from core.limits import draw
from people.models import Person


def count_mark(*, actor: Person) -> None:
    """Count a mark that comes from a face: 10 a second, 50 at once. Raises TooMany.

    A page marks a second after each message in view, in up to ten windows.
    """
    draw(f"person:{actor.pk}", "mark", a_second=10, burst=50)


def mark_seen(*, actor: Person, room_id: int, number: int) -> RoomMark:
    """Keep how far one has read; it only moves forward, and never beyond the room's head.

    Raises NotSeen, NotAllowed.
    """
    mark = _mark_in(actor, room_id)
    number = min(number, mark.room.head)
    if number > mark.seen:
        # Two tabs at once: the one that is further wins.
        rows = RoomMark.objects.filter(pk=mark.pk, seen__lt=number)
        rows.update(seen=number, seen_at=timezone.now())
        mark.refresh_from_db(fields=["seen", "seen_at"])
        read_mentions(actor=actor, room_id=room_id, number=number)
    return mark


@transaction.atomic
def mute(*, actor: Person, room_id: int) -> RoomMark:
    """Hear nothing of a room any more, but in it. Raises NotSeen, NotAllowed."""
    mark = _mark_in(actor, room_id)
    if mark.muted_at is None:
        mark.muted_at = timezone.now()
        mark.save(update_fields=["muted_at"])
    return mark


@transaction.atomic
def unmute(*, actor: Person, room_id: int) -> RoomMark:
    """Hear of a room again. Raises NotSeen, NotAllowed."""
    mark = _mark_in(actor, room_id)
    if mark.muted_at is not None:
        mark.muted_at = None
        mark.save(update_fields=["muted_at"])
    return mark


def _mark_in(actor: Person, room_id: int) -> RoomMark:
    room: Room = room_seen(actor, room_id)
    mark, _is_new = RoomMark.objects.get_or_create(room=room, person=actor)
    mark.room = room
    return mark
