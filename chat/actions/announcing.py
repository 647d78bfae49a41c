"""What other rooms of the house say in a thing's room; called by their followers."""

from django.db import transaction

from chat import live, rooms
from chat.actions.steps import Kind, append
from chat.models import ChatMessage, Room, RoomMark
from core.models import JournalLine
from core.things import find
from people.models import Person


@transaction.atomic
def announce_change(
    *, kind: str, object_id: int, verb: str, key: str, opens: bool = False
) -> ChatMessage | None:
    """Tell who has a thing's page open that it has news; None where nobody can listen.

    verb: the journal's. key: the same again, such as `line-123`, is said once. opens: make the
    room when there is none; it tells of news, and is nobody's conversation until open_room. Who
    did it is not told: the page that is fetched says it.
    """
    rows = Room.objects.select_for_update().filter(thing_kind=kind, thing_id=object_id)
    room = rows.first()
    if room is None and opens:
        Room.objects.get_or_create(thing_kind=kind, thing_id=object_id)
        room = rows.first()
    if room is None:
        return None
    known = ChatMessage.objects.filter(room=room, author=None, client_id=key).first()
    if known is not None:
        return known
    return append(room, Kind.CHANGED, author=None, client_id=key, detail={"verb": verb})


def look_again(line: JournalLine) -> None:
    """Let listeners' rights be looked at now, in every process: the line may have ended some.

    Of the person it is about or names (`person`), else of all in the room of its thing. For
    core.journal.at_commit; asks nothing of the database.
    """
    if line.thing_kind == "people.person":
        live.hint_rights(people=[line.thing_id])
    elif person_id := line.changes.get("person"):
        live.hint_rights(people=[person_id])
    else:
        live.hint_rights(things=[(line.thing_kind, line.thing_id)])


@transaction.atomic
def join_room(*, person: Person, kind: str, object_id: int) -> RoomMark | None:
    """Put a thing's room among someone's conversations; None without a room or the right."""
    room = Room.objects.filter(thing_kind=kind, thing_id=object_id).first()
    if room is None or not rooms.may_enter(kind, person, find(kind, object_id, person)):
        return None
    mark, _is_new = RoomMark.objects.get_or_create(
        room=room, person=person, defaults={"seen": room.head}
    )
    return mark
