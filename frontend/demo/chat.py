"""Two live conversations: on a ticket and on a mentorship."""

from typing import Any

from chat.actions import open_room, post_message
from chat.models import ChatMessage
from frontend.demo.people import People
from frontend.demo.reading import ago, read


def load_chat(people: People, things: dict[str, tuple[str, int]]) -> None:
    """Say what the file tells; things: (kind, id) by the name the file has for them."""
    for row in read("chat"):
        if row["thing"] in things:
            _load_room(people, *things[row["thing"]], row["messages"])


def _load_room(people: People, kind: str, object_id: int, messages: list[dict[str, Any]]) -> None:
    room = open_room(actor=people[messages[0]["author"]], kind=kind, object_id=object_id)
    for number, entry in enumerate(messages):
        message = post_message(
            actor=people[entry["author"]],
            room_id=room.pk,
            source=entry["body"],
            client_id=f"demo-{number}",
        )
        ChatMessage.objects.filter(pk=message.pk).update(at=ago(entry["days_ago"]))
