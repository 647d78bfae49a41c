"""Three ways to hear what a room says, with one shape for the tests; every frame is looked at."""

import asyncio
import json
from pathlib import Path
from typing import Any

from asgiref.testing import ApplicationCommunicator
from channels.db import database_sync_to_async
from channels.testing import WebsocketCommunicator
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from jsonschema import Draft202012Validator

from chat import actions
from chat.consumers import ChatConsumer
from chat.models import ChatMessage, Room
from chat.streams import EventsConsumer
from people.sessions import SessionStore

SECONDS = 8
SCHEMA = json.loads((Path(__file__).parents[2] / "chat/frames.schema.json").read_text())
SHAPE = Draft202012Validator(SCHEMA)


def checked(frame: dict[str, Any]) -> dict[str, Any]:
    """Return a frame that is one of those that are documented."""
    SHAPE.validate(frame)
    return frame


@database_sync_to_async
def post(person, room, text):
    return actions.post_message(actor=person, room_id=room.pk, source=text, client_id=text)


@database_sync_to_async
def post_many(person, room, count, start=0):
    for number in range(start, start + count):
        actions.post_message(
            actor=person, room_id=room.pk, source=f"m{number}", client_id=f"m{number}"
        )


@database_sync_to_async
def fill(room, author, count):
    """Write rows straight into a room: many, and no hint."""
    ChatMessage.objects.bulk_create(
        ChatMessage(
            room=room, author=author, number=room.head + n, client_id=f"f{n}", source="x", html="x"
        )
        for n in range(1, count + 1)
    )
    Room.objects.filter(pk=room.pk).update(head=room.head + count)


@database_sync_to_async
def session_for(person):
    """Return a session as signing in makes one."""
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = "people.backends.HandleBackend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    return session


async def socket_of(person, session=None) -> WebsocketCommunicator:
    """Return a socket that was accepted."""
    socket = WebsocketCommunicator(ChatConsumer.as_asgi(), "/ws/")
    socket.scope.update(user=person, session=session)
    assert (await socket.connect())[0]
    return socket


async def frame_of(socket, seconds: float = SECONDS) -> dict[str, Any]:
    return checked(await socket.receive_json_from(timeout=seconds))


async def until(socket, kind: str, seconds: float = SECONDS) -> list[dict[str, Any]]:
    """Return the frames up to and with the first of this type, but for who is there."""
    frames: list[dict[str, Any]] = []
    while not frames or frames[-1]["type"] != kind:
        frame = await frame_of(socket, seconds)
        if frame["type"] == kind or frame["type"] != "presence":
            frames.append(frame)
    return frames


async def events_of(socket, count: int) -> list[dict[str, Any]]:
    """Return so many events."""
    events: list[dict[str, Any]] = []
    while len(events) < count:
        events.append((await until(socket, "event"))[-1])
    return events


async def following(person, room, since=0, session=None) -> WebsocketCommunicator:
    """Return a socket that follows a room and is up to date."""
    socket = await socket_of(person, session)
    assert (await frame_of(socket))["type"] == "hello"
    await socket.send_json_to({"type": "subscribe", "room": room.pk, "since": since})
    await until(socket, "sync")
    return socket


class Ear:
    """Someone who listens to one room from a number on."""

    def __init__(self, person, room, since=0, session=None):
        self.person, self.room, self.session = person, room, session
        self.number = since

    async def open(self) -> None:
        """Begin to listen."""

    async def hear(self, count: int) -> list[dict[str, Any]]:
        """Return so many events."""
        raise NotImplementedError

    async def ended(self) -> int | str:
        """Return why nothing more is told: a status, or the code of the last frame."""
        raise NotImplementedError

    async def close(self) -> None:
        """Listen no more."""


class BySocket(Ear):
    async def open(self):
        self.socket = await socket_of(self.person, self.session)
        await self.socket.send_json_to(
            {"type": "subscribe", "room": self.room.pk, "since": self.number}
        )

    async def hear(self, count):
        return await events_of(self.socket, count)

    async def ended(self):
        told = []
        while True:
            message = await self.socket.receive_output(timeout=SECONDS)
            if message["type"] == "websocket.close":
                return {4401: 401, 4403: 404, 4429: 429}[message["code"]]
            frame = checked(json.loads(message["text"]))
            assert frame["type"] != "event", frame
            told.append(frame)
            if frame.get("code") == "not_found":
                return 404

    async def close(self):
        await self.socket.disconnect()


class ByHttp(Ear):
    accept = b"application/json"
    path = ""  # of the room's events, unless another is given

    async def ask(self, query: str) -> None:
        scope = {
            "type": "http",
            "method": "GET",
            "path": self.path or f"/live/rooms/{self.room.pk}/events",
            "query_string": query.encode(),
            "headers": [(b"accept", self.accept), *self.headers()],
            "user": self.person,
            "session": self.session,
        }
        self.line = ApplicationCommunicator(EventsConsumer.as_asgi(), scope)
        await self.line.send_input({"type": "http.request", "body": b""})

    def headers(self):
        return []

    async def begun(self) -> int:
        start = await self.line.receive_output(timeout=SECONDS + 5)
        assert start["type"] == "http.response.start"
        return start["status"]

    async def close(self):
        await self.line.send_input({"type": "http.disconnect"})
        await self.line.wait(timeout=SECONDS)


class ByPoll(ByHttp):
    async def open(self):
        await self.ask(f"since={self.number}&wait=25")

    async def hear(self, count):
        events: list[dict[str, Any]] = []
        while len(events) < count:
            status = await self.begun()
            answer = json.loads((await self.line.receive_output(timeout=SECONDS))["body"])
            assert status == 200, answer
            events += [checked(event) for event in answer["events"]]
            self.number = answer["number"]
            await self.close()
            await self.open()
        return events

    async def ended(self):
        status = await self.begun()
        answer = json.loads((await self.line.receive_output(timeout=SECONDS))["body"])
        assert "events" not in answer
        assert answer["status"] == status
        return status


class ByStream(ByHttp):
    accept = b"text/event-stream"

    def headers(self):
        return [(b"last-event-id", str(self.number).encode())]

    async def open(self):
        await self.ask("")
        self.status, self.text = 0, ""

    async def frame(self) -> dict[str, Any] | None:
        """Return the next frame, None at the end."""
        if not self.status:
            self.status = await self.begun()
        while "\n\n" not in self.text:
            part = await self.line.receive_output(timeout=SECONDS)
            self.text += part["body"].decode()
            if not part["more_body"]:
                return None
        block, _sep, self.text = self.text.partition("\n\n")
        data = [line[6:] for line in block.split("\n") if line.startswith("data: ")]
        return checked(json.loads(data[0])) if data else await self.frame()

    async def hear(self, count):
        events: list[dict[str, Any]] = []
        while len(events) < count:
            frame = await self.frame()
            if frame is None:  # long streams end, and are taken up again
                await self.close()
                await self.open()
            elif frame["type"] == "event":
                events.append(frame)
                self.number = frame["number"]
        return events

    async def ended(self):
        code: Any = None
        while (frame := await self.frame()) is not None:
            assert frame["type"] != "event", frame
            code = frame.get("code", code)
        return {"gone": 404, 4401: 401, 4403: 404, 4429: 429}.get(code, self.status)


EARS = {"socket": BySocket, "poll": ByPoll, "stream": ByStream}


async def silent(socket, seconds: float = 1.5) -> bool:
    """Return whether a socket tells no event for a while (waiting in vain would cancel it)."""
    end = asyncio.get_running_loop().time() + seconds
    while asyncio.get_running_loop().time() < end:
        await asyncio.sleep(0.05)
        while not socket.output_queue.empty():
            if (await frame_of(socket))["type"] == "event":
                return False
    return True
