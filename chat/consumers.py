"""The socket: speaks down what rooms say; up come only subscribe and unsubscribe.

Frames and close codes are documented in chat/README.md.
"""

import asyncio
import json
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer

from chat import queries, rules
from chat.live import hub
from chat.models import Room
from core.errors import Refusal
from people.models import Person

FRAME_BYTES = 16 * 1024
MOST_ROOMS = 50
SIGNED_OUT, BAD_FRAME, GONE = 4401, 4400, 4403


class ChatConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]  # ships no types
    """One browser tab, for all its rooms."""

    channel_layer_alias = None

    async def connect(self) -> None:
        self.person = self.scope["user"]
        self.cursors: dict[int, int] = {}
        self.locks: dict[int, asyncio.Lock] = {}
        await self.accept()
        if not self.person.is_authenticated:
            await self.close(SIGNED_OUT)
            return
        await self.down({"type": "hello", "person": self.person.handle})

    async def disconnect(self, code: int) -> None:
        for room_id in list(getattr(self, "cursors", {})):
            self._forget(room_id)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        frame = _parsed(text_data)
        if frame is None:
            await self.close(BAD_FRAME)
        elif frame["type"] == "subscribe":
            await self.subscribe(frame["room"], frame["since"])
        else:
            self._forget(frame["room"])

    async def subscribe(self, room_id: int, since: int) -> None:
        """Follow a room from a number on, if one may enter it."""
        if room_id not in self.cursors and len(self.cursors) >= MOST_ROOMS:
            await self.down({"type": "error", "room": room_id, "code": "too_many_rooms"})
            return
        head = await self._enter(room_id)
        if head is None:
            self._forget(room_id)
            await self.down({"type": "error", "room": room_id, "code": "not_found"})
            return
        self.cursors[room_id] = min(since, head)
        self.locks.setdefault(room_id, asyncio.Lock())
        hub.join(room_id, self)
        await self.catch_up(room_id, head)
        await self.down({"type": "sync", "room": room_id, "number": self.cursors.get(room_id, 0)})

    async def catch_up(self, room_id: int, head: int) -> None:
        """Send what comes after the cursor, in order; the right is checked before each batch."""
        lock = self.locks.get(room_id)
        if lock is None:
            return
        async with lock:
            while room_id in self.cursors and self.cursors[room_id] < head:
                frames = await self._events(room_id, self.cursors[room_id])
                if frames is None:
                    await self._gone(room_id)
                    return
                if not frames:
                    return
                for frame in frames:
                    if room_id not in self.cursors:
                        return
                    await self.down(frame)
                    self.cursors[room_id] = frame["number"]

    async def check_rights(self) -> None:
        """Leave the rooms that may not be entered any more; suspended or signed out: close."""
        for room_id in list(self.cursors):
            if await self._enter(room_id) is None:
                await self._gone(room_id)

    async def _gone(self, room_id: int) -> None:
        self._forget(room_id)
        await self.down({"type": "error", "room": room_id, "code": "gone"})
        if not self.cursors:
            await self.close(GONE)

    def _forget(self, room_id: int) -> None:
        self.cursors.pop(room_id, None)
        self.locks.pop(room_id, None)
        hub.leave(room_id, self)

    @database_sync_to_async  # type: ignore[untyped-decorator,misc,unused-ignore]
    def _enter(self, room_id: int) -> int | None:
        """Return the room's head, None when one may not enter it now."""
        room = _entered(self.person.pk, self.scope.get("session"), room_id)
        return None if room is None else room.head

    @database_sync_to_async  # type: ignore[untyped-decorator,misc,unused-ignore]
    def _events(self, room_id: int, since: int) -> list[dict[str, Any]] | None:
        if _entered(self.person.pk, self.scope.get("session"), room_id) is None:
            return None
        return queries.events_since(room_id, since)

    async def down(self, frame: dict[str, Any]) -> None:
        """Send a frame."""
        await self.send(json.dumps(frame, separators=(",", ":"), ensure_ascii=False))


def _entered(person_id: int, session: Any, room_id: int) -> Room | None:
    """Return the room if this person, still signed in by this session, may enter it now."""
    person = Person.objects.filter(pk=person_id).first()
    key = getattr(session, "session_key", None)
    if person is None or (key and not session.exists(key)):
        return None
    room = Room.objects.filter(pk=room_id).first()
    if room is None:
        return None
    try:
        return room if rules.can_enter(person, room) else None
    except Refusal:
        return None


def _parsed(text: str | None) -> dict[str, Any] | None:
    """Return a frame with its fields checked, None for anything else."""
    if text is None or len(text.encode()) > FRAME_BYTES:
        return None
    try:
        frame = json.loads(text)
    except ValueError:
        return None
    if not isinstance(frame, dict) or frame.get("type") not in ("subscribe", "unsubscribe"):
        return None
    room, since = frame.get("room"), frame.get("since", 0)
    for number in (room, since):
        if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number < 2**53:
            return None
    return {"type": frame["type"], "room": room, "since": since}
