"""Sockets of real servers, written to and read from past ASGI: in pieces, and by who is slow."""

import asyncio
import json
import time

import pytest
from channels.db import database_sync_to_async

from chat.actions import post_message
from core.lines import UNSENT_BYTES
from tests.cast import session_of
from tests.faults import servers
from tests.load.listeners import opened
from tests.load.serving import unsent_kib

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]
MASK = b"\x11\x22\x33\x44"
PING = b'{"type": "ping"}'
WORDS = "word " * 1400


@pytest.fixture(scope="module", params=["daphne", "uvicorn"])
def server(request, django_db_setup, tmp_path_factory):
    """One for all tests here, which comes up in seconds and outlives what each leaves behind."""
    folder = tmp_path_factory.mktemp("server")
    one = servers.web(folder, kind=request.param, PUBLIC_URL="http://127.0.0.1")
    with servers.killed_at_the_end(one):
        one.start()
        yield one


@pytest.fixture
def key(cast):
    """A session's."""
    return session_of(cast.bao)


def frame(text: bytes, first: int = 0x81) -> bytes:
    """Return a client's frame, masked."""
    masked = bytes(byte ^ MASK[n % 4] for n, byte in enumerate(text))
    if len(text) < 126:
        return bytes((first, 0x80 | len(text))) + MASK + masked
    return bytes((first, 0xFE)) + len(text).to_bytes(2, "big") + MASK + masked


async def test_frames_are_understood_however_they_arrive(server, key, working_room):
    (tab,) = await opened(server.port, [key], lambda *_facts: None)
    write, empty_ping = tab.transport.write, frame(b"", 0x89)

    write(frame(PING) + empty_ping + frame(PING) + frame(PING.ljust(5000)))
    for _pong in range(3):
        await tab.next("pong")
    for byte in frame(PING):
        write(bytes((byte,)))
        await asyncio.sleep(0.01)
    await tab.next("pong")
    write(frame(PING[:5], 0x01) + frame(PING[5:], 0x80) + frame(PING))
    for _pong in range(2):
        await tab.next("pong")
    tab.transport.abort()


@pytest.mark.parametrize("text", [b"\xff", b"[]", b'{"type": "\xc3\x28"}'])
async def test_frame_that_says_nothing_closes(text, server, key, working_room):
    (tab,) = await opened(server.port, [key], lambda *_facts: None)

    tab.transport.write(frame(text))

    assert (await tab.next("bye"))["code"] == 4400
    tab.transport.abort()


async def test_who_takes_nothing_is_kept_little_for_and_hears_all_later(
    server, key, cast, working_room
):
    heard: list[int] = []
    (tab,) = await opened(
        server.port,
        [key],
        lambda _tab, text: heard.append(json.loads(text)["number"]),
        buffer_bytes=4096,
    )
    await tab.follow(working_room.pk)
    tab.transport.pause_reading()

    await say(cast.aminata, working_room, 30)
    end = time.monotonic() + 10
    while not unsent_kib(server.port) and time.monotonic() < end:
        await asyncio.sleep(0.05)
    await asyncio.sleep(1)
    unsent = unsent_kib(server.port) * 1024
    tab.transport.resume_reading()
    async with asyncio.timeout(20):
        while len(heard) < 30:
            await asyncio.sleep(0.02)

    assert 0 < unsent < 3 * UNSENT_BYTES
    assert heard == list(range(1, 31))
    tab.transport.abort()


async def test_last_ping_alone_is_answered_who_took_nothing(server, key, cast, working_room):
    heard: list[str] = []
    pongs: list[bytes] = []
    (tab,) = await opened(
        server.port, [key], lambda _tab, text: heard.append(text), buffer_bytes=4096
    )
    take = tab._take
    tab._take = lambda code, data: pongs.append(data) if code == 10 else take(code, data)
    tab.transport.write(frame(b"first", 0x89))
    await tab.follow(working_room.pk)
    tab.transport.pause_reading()

    await say(cast.aminata, working_room, 30)
    await asyncio.sleep(1)
    for number in range(20):
        tab.transport.write(frame(str(number).encode(), 0x89))
    await asyncio.sleep(0.5)
    tab.transport.resume_reading()
    async with asyncio.timeout(20):
        while len(heard) < 30 or len(pongs) < 2:
            await asyncio.sleep(0.02)
    tab.transport.write(frame(b"last", 0x89))
    async with asyncio.timeout(20):
        while b"last" not in pongs:
            await asyncio.sleep(0.02)

    assert pongs == [b"first", b"19", b"last"]
    tab.transport.abort()


@pytest.mark.parametrize("first", [0x89, 0x8A], ids=["ping", "pong"])
async def test_flood_of_controls_that_come_in_pieces_is_closed_too(
    first, server, key, working_room
):
    """In pieces, a server reads them by itself."""
    (tab,) = await opened(server.port, [key], lambda *_facts: None)
    flood = frame(b"", first) * 1000

    tab.transport.write(flood[:1])
    await asyncio.sleep(0.1)
    tab.transport.write(flood[1:])

    assert (await tab.next("bye"))["code"] == 4429
    tab.transport.abort()


@database_sync_to_async
def say(person, room, count):
    for number in range(count):
        post_message(actor=person, room_id=room.pk, source=WORDS, client_id=f"m{number}")
