"""Two live conversations: on a ticket and on a mentorship."""

from typing import Any

from chat.actions import edit_message, mark_seen, open_room, post_message, react
from chat.models import ChatMessage, Room
from frontend.demo.people import People
from frontend.demo.reading import ago, read
from helpdesk.models import Queue


def load_chat(people: People, things: dict[str, tuple[str, int]]) -> None:
    """Say what the file tells; things: (kind, id) by the name the file has for them."""
    for row in read("chat"):
        if row["thing"] in things:
            _load_room(people, *things[row["thing"]], row["messages"])
    for queue in Queue.objects.all():  # else the first to look would see a page that is not live
        open_room(actor=people["nadia"], kind="helpdesk.queue", object_id=queue.pk)


def _load_room(people: People, kind: str, object_id: int, messages: list[dict[str, Any]]) -> None:
    room = open_room(actor=people[messages[0]["author"]], kind=kind, object_id=object_id)
    numbers: list[int] = []
    for entry in messages:
        numbers.append(_say(people, room, entry, numbers))
    for handle in sorted({entry["author"] for entry in messages}):
        # Up to what was said last but one: the last words are new to the other one.
        mark_seen(actor=people[handle], room_id=room.pk, number=numbers[-2])


def _say(people: People, room: Room, entry: dict[str, Any], numbers: list[int]) -> int:
    """Say one thing with what became of it, and return its number; numbers: of those before."""
    actor, place = people[entry["author"]], room.pk
    message = post_message(
        actor=actor,
        source=entry.get("before", entry["body"]),
        client_id=f"demo-{len(numbers)}",
        reply_to=numbers[entry["reply_to"] - 1] if "reply_to" in entry else None,
        room_id=place,
    )
    number = message.number
    if "before" in entry:
        edit_message(actor=actor, number=number, revision=1, source=entry["body"], room_id=place)
    for emoji, handles in entry.get("reactions", {}).items():
        for handle in handles:
            react(actor=people[handle], number=number, emoji=emoji, room_id=place)
    said_at = ago(entry["days_ago"])
    ChatMessage.objects.filter(room=room, number__gte=number).update(at=said_at)
    ChatMessage.objects.filter(pk=message.pk, edited_at__isnull=False).update(edited_at=said_at)
    return number
