"""What the socket, the long poll and the event stream say: one shape for all (chat/README.md)."""

import json
from typing import Any

from chat.models import ChatMessage
from people.models import Person

Kind = ChatMessage.Kind
FRAME_BYTES = 16 * 1024
UP = {
    "subscribe": ("room", "since", "at"),
    "unsubscribe": ("room",),
    "seen": ("room", "number"),
    "typing": ("room",),
    "ping": (),
}
LEFT_OUT = {"since", "at"}  # may be: 0 then
# Kinds that carry words: a message its own, an edited or restored one those of what it is about.
WORDED = {Kind.MESSAGE, Kind.EDITED, Kind.RESTORED}


def event_of(row: ChatMessage) -> dict[str, Any]:
    """Return a row of the stream as it is said down; what was removed keeps its number alone.

    row: with `author`, and for kinds that are about a message `about`, read with it.
    """
    frame: dict[str, Any] = {
        "type": "event",
        "room": row.room_id,
        "number": row.number,
        "kind": row.kind,
        "author": None if row.author is None else author_of(row.author),
        "at": row.at.isoformat().replace("+00:00", "Z"),
    }
    said = row.about or row
    if row.kind in WORDED:
        frame["html"] = said.html if said.visibility == "visible" else ""
        if said.visibility != "visible":
            frame["is_removed"] = True
    if row.kind == Kind.MESSAGE:
        frame["client_id"] = row.client_id
    if row.about is not None:
        frame["about"] = row.about.number
    if row.reply_to is not None:
        frame["reply_to"] = row.reply_to.number
    if row.detail:
        frame["detail"] = row.detail
    if row.file_count:
        frame["file_count"] = row.file_count
    return frame


def author_of(person: Person) -> dict[str, str]:
    """Return a person as frames name them."""
    return {"handle": person.handle, "name": person.display_name}


def text_of(frame: dict[str, Any]) -> str:
    """Return a frame as it is sent."""
    return json.dumps(frame, separators=(",", ":"), ensure_ascii=False)


def parsed(text: str | None) -> dict[str, Any] | None:
    """Return a frame that came up, with its fields checked; None for anything else."""
    if text is None or len(text) > FRAME_BYTES or len(text.encode()) > FRAME_BYTES:
        return None
    try:
        frame = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(frame, dict) or not isinstance(frame.get("type"), str):
        return None
    fields = UP.get(frame["type"])
    if fields is None:
        return None
    facts = {name: frame.get(name, 0 if name in LEFT_OUT else None) for name in fields}
    if not all(type(value) is int and 0 <= value < 2**53 for value in facts.values()):
        return None
    return {"type": frame["type"], **facts}
