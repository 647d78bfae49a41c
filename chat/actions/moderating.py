"""Closing a room, opening it again, slowing it down.

By moderators also a room they may not enter, once someone there asked them to look at a message.
"""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chat import rules
from chat.actions.steps import Kind, append, check_not_over
from chat.models import Room, RoomClosure
from chat.queries import room_to_moderate
from core.errors import InvalidInput, NotAllowed, WrongMoment
from core.journal import record
from people.models import Person
from people.rules import has_role

MAX_REASON = 500
SLOWEST_SECONDS = 3600


@transaction.atomic
def close_room(
    *, actor: Person, room_id: int, reason: str, rule: str = RoomClosure.Rule.OVER
) -> Room:
    """End the talk in a room: it can be read, not written. Those in it read the reason.

    rule: of RoomClosure.Rule, for the moderation log.
    Raises NotSeen, NotAllowed, WrongMoment (closed already, over), InvalidInput.
    """
    room = _moderated(actor, room_id)
    if room.is_closed:
        raise WrongMoment(
            _("This conversation is closed already."), code="already_closed", allowed=["reopen"]
        )
    if rule not in RoomClosure.Rule.values:
        raise InvalidInput.of("rule", "invalid_choice", _("Choose one of the rules."))
    if not reason.strip():
        raise InvalidInput.of("reason", "required", _("Say why, to those who talk here."))
    if len(reason) > MAX_REASON:
        raise InvalidInput.of("reason", "max_length", _("At most 500 characters, please."))
    RoomClosure.objects.create(room=room, by=actor, rule=rule, reason=reason.strip())
    room.is_closed = True
    append(room, Kind.CLOSED, author=actor)
    _record("chat.room_closed", actor, room, {"rule": rule})
    return room


@transaction.atomic
def reopen_room(*, actor: Person, room_id: int) -> Room:
    """Let people talk again. Raises NotSeen, NotAllowed, WrongMoment (not closed, over)."""
    room = _moderated(actor, room_id)
    if not room.is_closed:
        raise WrongMoment(
            _("This conversation is not closed."), code="not_closed", allowed=["close"]
        )
    closure = RoomClosure.objects.get(room=room, undone_at=None)
    closure.undone_at = timezone.now()
    closure.save(update_fields=["undone_at"])
    room.is_closed = False
    append(room, Kind.REOPENED, author=actor)
    _record("chat.room_reopened", actor, room, {"rule": closure.rule})
    return room


@transaction.atomic
def slow_room(*, actor: Person, room_id: int, seconds: int) -> Room:
    """Set how long each person waits between two messages; 0: not at all. The same is no change.

    Raises NotSeen, NotAllowed, WrongMoment (over), InvalidInput.
    """
    room = _moderated(actor, room_id)
    if not 0 <= seconds <= SLOWEST_SECONDS:
        raise InvalidInput.of("seconds", "out_of_range", _("From 0 to 3,600 seconds."))
    if room.slow_seconds == seconds:
        return room
    old, room.slow_seconds = room.slow_seconds, seconds
    room.save(update_fields=["slow_seconds"])
    append(room, Kind.SLOWED, author=actor, detail={"seconds": seconds})
    _record("chat.room_slowed", actor, room, {"seconds": [old, seconds]})
    return room


def _record(verb: str, actor: Person, room: Room, changes: dict[str, Any] | None = None) -> None:
    """Record it; of hosts in their own room (agents, trainers) as what it is: no moderation."""
    by_moderator = has_role(actor, "moderator")
    changes = {**(changes or {}), "by_moderator": by_moderator}
    record(verb, actor=actor, thing=room, changes=changes)


def _moderated(actor: Person, room_id: int) -> Room:
    room = room_to_moderate(actor, room_id)
    if not rules.can_moderate(actor, room):
        raise NotAllowed
    check_not_over(room)
    return room
