import asyncio
from typing import Any

import pytest
from channels.db import database_sync_to_async
from channels.testing import WebsocketCommunicator
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore

from chat import actions
from chat.consumers import BAD_FRAME, GONE, SIGNED_OUT, ChatConsumer
from tests.cast import SECRET

pytestmark = pytest.mark.django_db(transaction=True)


@database_sync_to_async
def post(person, room, text):
    return actions.post_message(actor=person, room_id=room.pk, source=text, client_id=text)


@database_sync_to_async
def save(row, **facts):
    for name, value in facts.items():
        setattr(row, name, value)
    row.save()


async def connect(person, session=None) -> WebsocketCommunicator:
    socket = WebsocketCommunicator(ChatConsumer.as_asgi(), "/ws/")
    socket.scope["user"] = person
    socket.scope["session"] = session
    connected, _protocol = await socket.connect()
    assert connected
    if person.is_authenticated:
        assert (await socket.receive_json_from())["type"] == "hello"
    return socket


async def until(socket, kind: str, seconds: float = 5) -> list[dict[str, Any]]:
    """Return the frames up to and with the first of this type."""
    frames = []
    while True:
        frames.append(await socket.receive_json_from(timeout=seconds))
        if frames[-1]["type"] == kind:
            return frames


async def test_listener_hears_what_is_said_in_order(cast, room):
    await post(cast.bao, room, "before")
    socket = await connect(cast.aminata)
    await socket.send_json_to({"type": "subscribe", "room": room.pk, "since": 0})
    first = await until(socket, "sync")

    for number in range(10):
        await post(cast.bao, room, f"m{number}")
    later = [await socket.receive_json_from(timeout=5) for _ in range(10)]

    assert [frame["number"] for frame in first if frame["type"] == "event"] == [1]
    assert [frame["number"] for frame in later] == list(range(2, 12))
    assert later[0]["html"].strip().startswith("<p")
    assert later[0]["author"] == {"handle": "bao", "name": "Bao"}
    await socket.disconnect()


async def test_listener_resumes_after_its_last_number(cast, room):
    for number in range(5):
        await post(cast.bao, room, f"m{number}")
    socket = await connect(cast.aminata)

    await socket.send_json_to({"type": "subscribe", "room": room.pk, "since": 3})
    frames = await until(socket, "sync")

    assert [frame.get("number") for frame in frames] == [4, 5, 5]
    await socket.disconnect()


async def test_lost_hint_heals_by_the_sweep(cast, room, monkeypatch):
    socket = await connect(cast.aminata)
    await socket.send_json_to({"type": "subscribe", "room": room.pk, "since": 0})
    await until(socket, "sync")
    monkeypatch.setattr("chat.actions.live.hint", lambda room_id, head: None)

    await post(cast.bao, room, "unheard")

    assert (await socket.receive_json_from(timeout=5))["number"] == 1
    await socket.disconnect()


async def test_outsider_joins_nothing(cast, room):
    await post(cast.bao, room, SECRET)
    socket = await connect(cast.omar)

    await socket.send_json_to({"type": "subscribe", "room": room.pk, "since": 0})

    assert await socket.receive_json_from() == {
        "type": "error",
        "room": room.pk,
        "code": "not_found",
    }
    await post(cast.bao, room, f"{SECRET} again")
    assert await socket.receive_nothing(timeout=1.5)
    await socket.disconnect()


async def test_visitor_is_closed(cast, room):
    socket = await connect(AnonymousUser())

    assert await socket.receive_output() == {"type": "websocket.close", "code": SIGNED_OUT}


async def test_who_loses_the_right_hears_nothing_more_and_is_closed(cast, claim, room):
    socket = await connect(cast.aminata)
    await socket.send_json_to({"type": "subscribe", "room": room.pk, "since": 0})
    await until(socket, "sync")

    await database_sync_to_async(claim.receivers.all().delete)()
    await post(cast.bao, room, SECRET)

    frames = await until(socket, "error")
    assert [frame["code"] for frame in frames] == ["gone"]
    assert await socket.receive_output(timeout=5) == {"type": "websocket.close", "code": GONE}


async def test_signing_out_ends_the_socket(cast, room):
    session = SessionStore()
    await session.asave()
    socket = await connect(cast.aminata, session)
    await socket.send_json_to({"type": "subscribe", "room": room.pk, "since": 0})
    await until(socket, "sync")

    await session.adelete()

    assert (await until(socket, "error"))[-1]["code"] == "gone"
    assert (await socket.receive_output(timeout=5))["code"] == GONE


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "{",
        '{"type": "event"}',
        '{"type": "subscribe"}',
        '{"type": "subscribe", "room": "7"}',
        '{"type": "subscribe", "room": true}',
        '{"type": "subscribe", "room": 1, "since": -1}',
        '{"type": "subscribe", "room": 99999999999999999999999}',
        " " * 20000,
    ],
)
async def test_bad_frame_closes(text, cast, room):
    socket = await connect(cast.aminata)

    await socket.send_to(text_data=text)

    assert (await socket.receive_output())["code"] == BAD_FRAME


async def test_two_writers_leave_no_hole(cast, room):
    socket = await connect(cast.aminata)
    await socket.send_json_to({"type": "subscribe", "room": room.pk, "since": 0})
    await until(socket, "sync")

    await asyncio.gather(
        *(post(cast.bao if n % 2 else cast.aminata, room, f"m{n}") for n in range(20))
    )

    heard = [(await socket.receive_json_from(timeout=10))["number"] for _ in range(20)]
    assert heard == list(range(1, 21))
    await socket.disconnect()
