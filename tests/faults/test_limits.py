"""Limits with real servers: a client that floods, and who opens lines in two processes."""

import asyncio
import base64
import json
import os
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.cast import make_person, session_of
from tests.faults import servers
from tests.faults.people import Reader

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
TOO_MANY = 4429
CLOSED_SECONDS = 1.0
FLOODED_SECONDS = 4.0
MOST_MIB = 8.0  # that the floods together may add to a server
PAGE = os.sysconf("SC_PAGE_SIZE")
PING = b'{"type":"ping"}'
MASK = b"\x00\x00\x00\x00"  # the frame as it is
FRAME = b"\x81" + bytes([0x80 | len(PING)]) + MASK + PING
EMPTY_PING = b"\x89\x80" + MASK
FULL_PING = b"\x89" + bytes([0x80 | 125]) + MASK + b" " * 125
PONG = b"\x8a\x80" + MASK
BIG = b"\x81\xfe" + struct.pack(">H", 60_000) + MASK + b" " * 60_000  # above what is taken


def resident(pid: int) -> float:
    """Return the MiB of memory that a process has now."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE / 2**20


class Flood:
    """A client that sends frames as fast as it can, whether it is closed or not.

    reads: False for one that takes nothing of what it is sent before its end.
    """

    def __init__(self, port: int, session: str, frames: bytes, *, reads: bool = True) -> None:
        self.line = socket.create_connection(("127.0.0.1", port))
        key = base64.b64encode(os.urandom(16)).decode()
        head = {
            "Host": f"localhost:{port}",
            "Origin": f"http://localhost:{port}",
            "Cookie": f"sessionid={session}",
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": key,
        }
        lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
        self.line.sendall(f"GET /ws/ HTTP/1.1\r\n{lines}\r\n".encode())
        self.down = b""
        while b"\r\n\r\n" not in self.down:
            self.down += self.line.recv(4096)
        self.frames = frames * (2**18 // len(frames))
        self.sent = 0
        self.closed_at: float | None = None
        self.is_over = False
        self.reads = reads
        acts = (self._send, self._hear) if reads else (self._send,)
        self.threads = [threading.Thread(target=one) for one in acts]
        self.line.settimeout(0.2)

    def begin(self) -> None:
        self.began = time.monotonic()
        for thread in self.threads:
            thread.start()

    def _send(self) -> None:
        view = memoryview(self.frames * 2)
        while not self.is_over:
            offset = self.sent % len(self.frames)
            try:
                self.sent += self.line.send(view[offset : offset + len(self.frames)])
            except TimeoutError:  # nobody takes it
                continue
            except OSError:
                return

    def _hear(self) -> None:
        while not self.is_over:
            try:
                part = self.line.recv(65536)
            except TimeoutError:
                continue
            except OSError:
                part = b""
            self.down = (self.down + part)[-4096:]
            if not part or b'"bye"' in self.down:
                self.closed_at = self.closed_at or time.monotonic()
            if not part:
                return

    @property
    def seconds(self) -> float | None:
        """Return how long it was heard until it was told to go; None: it still is."""
        return None if self.closed_at is None else self.closed_at - self.began

    def end(self) -> None:
        self.is_over = True
        for thread in self.threads:
            thread.join()
        if not self.reads:
            self.is_over = False
            self._hear()  # what stands there for it
        self.line.close()


def flooded(
    server: servers.Started, frames: bytes, count: int, *, reads: bool = True
) -> tuple[list[Flood], float]:
    """Flood a server for a while, by so many at once; return them, and the MiB that it grew by."""
    assert server.process is not None
    sessions = [session_of(make_person(f"f{number}")) for number in range(count)]
    floods = [Flood(server.port, session, frames, reads=reads) for session in sessions]
    before = most = resident(server.process.pid)
    for one in floods:
        one.begin()
    while time.monotonic() < floods[-1].began + FLOODED_SECONDS:
        time.sleep(0.02)
        most = max(most, resident(server.process.pid))
    for one in floods:
        one.end()
    seconds = [one.seconds and round(one.seconds, 2) for one in floods]
    print(
        f"\n{count} floods: closed after {seconds} s, {[one.sent // 1024 for one in floods]} KiB "
        f"went off, {before:.0f} MiB grew by {most - before:.1f}"
    )
    return floods, most - before


@pytest.mark.parametrize("frames", [FRAME, BIG], ids=["small", "big"])
@pytest.mark.parametrize("kind", ["daphne", "uvicorn"])
def test_flood_is_closed_within_a_second_in_bounded_memory(kind, frames, cast, tmp_path):
    server = servers.web(tmp_path, kind=kind)
    with servers.killed_at_the_end(server):
        server.start()
        warm = Flood(server.port, session_of(cast.bao), FRAME)
        warm.begin()
        time.sleep(1)
        warm.end()
        floods, grown = flooded(server, frames, 4)

    for one in floods:
        assert one.seconds is not None
        assert one.seconds < CLOSED_SECONDS
    assert grown < MOST_MIB


@pytest.mark.parametrize("reads", [True, False], ids=["reading", "not-reading"])
@pytest.mark.parametrize("frames", [EMPTY_PING, FULL_PING, PONG], ids=["ping", "full", "pong"])
@pytest.mark.parametrize("kind", ["daphne", "uvicorn"])
def test_flood_of_controls_is_closed_in_bounded_memory(kind, frames, reads, cast, tmp_path):
    server = servers.web(tmp_path, kind=kind)
    with servers.killed_at_the_end(server):
        server.start()
        warm = Flood(server.port, session_of(cast.bao), FRAME)
        warm.begin()
        time.sleep(1)
        warm.end()
        floods, grown = flooded(server, frames, 4, reads=reads)

    for one in floods:
        assert f'"code":{TOO_MANY}'.encode() in one.down
        assert one.seconds is not None
        assert not reads or one.seconds < CLOSED_SECONDS
    assert grown < MOST_MIB


def test_naive_way_goes_on_taking_what_floods_it(cast, tmp_path):
    server = servers.web(tmp_path, application="tests.faults.naive:application")
    with servers.killed_at_the_end(server):
        server.start()
        floods, _grown = flooded(server, FRAME, 1)

    assert floods[0].seconds is None


@pytest.fixture
def two(tmp_path) -> Iterator[list[Any]]:
    """Two processes with a Redis between them."""
    store = servers.OwnRedis(tmp_path, 9)
    both = [servers.web(tmp_path, number, REDIS_URL=store.url) for number in (0, 1)]
    with servers.killed_at_the_end(store, *both):
        for one in (store, *both):
            one.start()
        yield both


def test_ten_lines_are_counted_over_two_processes_and_those_of_a_killed_one_forgotten(cast, two):
    session = session_of(cast.bao)

    async def opened(stack: AsyncExitStack, server: Any) -> str:
        """Return what a new line is told first."""
        reader = Reader(server.port, session, 1)
        line = await stack.enter_async_context(reader.connect())
        return str(json.loads(await line.recv())["type"])

    async def play() -> tuple[list[str], list[str], str, float]:
        async with AsyncExitStack() as stack:
            told = []
            for number in range(12):
                told.append(await opened(stack, two[number % 2]))
                await asyncio.sleep(0.3)
            two[0].kill()
            refused = [await opened(stack, two[1]) for _number in range(2)]
            began = time.monotonic()
            while (last := await opened(stack, two[1])) != "hello":
                assert time.monotonic() - began < 30
                await asyncio.sleep(0.5)
            return told, refused, last, time.monotonic() - began

    told, refused, last, seconds = asyncio.run(play())

    print(f"\nten lines of two: {told}, after a kill {refused}, {seconds:.0f} s later one")
    assert told == ["hello"] * 10 + ["bye"] * 2
    assert refused == ["bye"] * 2
    assert last == "hello"
