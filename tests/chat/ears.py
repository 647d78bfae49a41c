"""All ways to hear what a room says, and all to speak, each with one shape for the tests.

Every frame is looked at.
"""

import asyncio
import json
import re
from pathlib import Path
from typing import Any

from asgiref.testing import ApplicationCommunicator
from channels.db import database_sync_to_async
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.test import Client
from jsonschema import Draft202012Validator

from chat import actions
from chat.consumers import ChatConsumer
from chat.models import ChatMessage, Room
from chat.streams import EventsConsumer
from core import replies
from helpdesk.actions import receive_mail
from people.sessions import SessionStore
from tests.faults.people import token_of
from tests.helpdesk.mails import written

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
def fill(room, author, count, html="x"):
    """Write rows straight into a room: many, and no hint."""
    ChatMessage.objects.bulk_create(
        ChatMessage(
            room=room, author=author, number=room.head + n, client_id=f"f{n}", source="x", html=html
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


class ByAsking(Ear):
    """Someone who asks again and again, as who reloads a page does."""

    async def open(self):
        if self.session is None and self.person.is_authenticated:
            self.session = await session_for(self.person)
        self.client = Client(HTTP_HOST="localhost")
        if self.session is not None:
            self.client.cookies[settings.SESSION_COOKIE_NAME] = self.session.session_key

    def path(self) -> str:
        raise NotImplementedError

    def read(self, answer: Any) -> list[dict[str, Any]]:
        """Return what an answer shows."""
        raise NotImplementedError

    async def ask(self) -> tuple[int, list[dict[str, Any]]]:
        """Return the status, and what is new."""
        answer = await database_sync_to_async(self.client.get)(self.path())
        shown = self.read(answer) if answer.status_code == 200 else []
        new = [one for one in shown if one["number"] > self.number]
        self.number = max([self.number, *(one["number"] for one in new)])
        return answer.status_code, new

    async def hear(self, count):
        events: list[dict[str, Any]] = []
        async with asyncio.timeout(SECONDS):
            while len(events) < count:
                status, new = await self.ask()
                assert status == 200
                events += new
        return events

    async def ended(self):
        async with asyncio.timeout(SECONDS):
            while (found := await self.ask())[0] == 200:
                assert not found[1]
        return 401 if found[0] == 302 else found[0]


class ByPage(ByAsking):
    """By the page alone, without JavaScript."""

    def path(self):
        return f"/rooms/{self.room.pk}"

    def read(self, answer):
        blocks = re.split(r'<li id="message-(?=\d)', answer.content.decode())[1:]
        return [self.shown(block) for block in blocks]

    def shown(self, block: str) -> dict[str, Any]:
        """Return what a message shows."""
        body = re.findall(r'<div class="body" dir="auto">(.*?)</div>', block, re.DOTALL)
        name = re.findall(r"<strong><bdi>(.*?)</bdi>", block)
        number = int(block.partition('"')[0])
        return {"number": number, "author": {"name": name[0]}, "html": body[0]}


class ByApi(ByAsking):
    """By the history of the API, from the last number on."""

    def path(self):
        return f"/api/v1/rooms/{self.room.pk}/messages?since={self.number}&page_size=100"

    def read(self, answer):
        return answer.json()["results"]


LIVE = {"socket": BySocket, "poll": ByPoll, "stream": ByStream}
EARS = {**LIVE, "page": ByPage, "api": ByApi}


# Speaking. Each says a text under a name of the sender's, and returns whether it was taken.


def by_form(person, room, text, name, headers=None):
    """By the plain form of the room's page: its token and its hidden name, then a redirect."""
    client = Client(HTTP_HOST="localhost", enforce_csrf_checks=True)
    client.force_login(person)
    page = client.get(f"/rooms/{room.pk}").content.decode()
    found = re.findall(r'name="csrfmiddlewaretoken" value="(.*?)"', page)
    form = {"source": text, "client_id": name, "csrfmiddlewaretoken": found[0] if found else ""}
    path = f"/rooms/{room.pk}/messages"
    return client.post(path, form, headers=headers or {}).status_code in (200, 303)


def by_fragment(person, room, text, name):
    """By the same form, sent by htmx."""
    return by_form(person, room, text, name, {"HX-Request": "true"})


def by_api(person, room, text, name):
    """By the API, with a token."""
    client = Client(HTTP_HOST="localhost", headers={"authorization": f"Token {token_of(person)}"})
    sent = {"source": text, "client_id": name}
    path = f"/api/v1/rooms/{room.pk}/messages"
    return client.post(path, sent, content_type="application/json").status_code == 201


def by_mail(person, room, text, name):
    """By a mail to the room's signed address; its own id is the name."""
    address = replies.reply_address(replies.token_of("chat.room", room.pk, person.pk))
    sender = f"{person.handle}@people.example"
    mail = written(sender, body=text, to=address, message_id=f"<{name}@here.example>")
    return receive_mail(raw=mail.as_bytes()).outcome == "answered"


MOUTHS = {"form": by_form, "fragment": by_fragment, "api": by_api, "mail": by_mail}


async def silent(socket, seconds: float = 1.5) -> bool:
    """Return whether a socket tells no event for a while (waiting in vain would cancel it)."""
    end = asyncio.get_running_loop().time() + seconds
    while asyncio.get_running_loop().time() < end:
        await asyncio.sleep(0.05)
        while not socket.output_queue.empty():
            if (await frame_of(socket))["type"] == "event":
                return False
    return True
