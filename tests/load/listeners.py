"""Many browser tabs in one process: sockets that count what comes, lean enough for 2,000."""

import asyncio
import base64
import json
import os
import socket
import struct
from collections.abc import Callable
from typing import Any

ACKNOWLEDGED = 16  # every so many events are said to be seen: the window holds 64
EVENT = b'{"type":"event"'
Heard = Callable[["Tab", bytes], None]


class Tab(asyncio.Protocol):
    """One socket. `heard` is told of each event; other frames wait for `next`."""

    def __init__(self, request: bytes, heard: Heard) -> None:
        self.request = request
        self.heard = heard
        self.buffer = b""
        self.frames: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.is_open = self.is_cut = False
        self.room = self.count = self.number = 0

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        transport.write(self.request)

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_cut = True

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if not self.is_open:
            head, end, rest = self.buffer.partition(b"\r\n\r\n")
            if not end:
                return
            if b" 101 " not in head.split(b"\r\n")[0]:
                raise RuntimeError(head[:200])
            self.is_open, self.buffer = True, rest
        while (found := _frame(self.buffer)) is not None:
            opcode, payload, size = found
            self.buffer = self.buffer[size:]
            self._take(opcode, payload)

    def _take(self, opcode: int, payload: bytes) -> None:
        if opcode == 8:
            self.is_cut = True
        elif opcode == 9:
            self.transport.write(_masked(10, payload))
        elif opcode == 10:
            pass
        elif payload.startswith(EVENT):
            self.count += 1
            if self.count % ACKNOWLEDGED == 0:
                number = json.loads(payload)["number"]
                self.say({"type": "seen", "room": self.room, "number": number})
            self.heard(self, payload)
        else:
            self.frames.put_nowait(json.loads(payload))

    def say(self, frame: dict[str, Any]) -> None:
        """Send a frame up."""
        self.send(json.dumps(frame).encode())

    def send(self, text: bytes) -> None:
        """Send a frame that is text already."""
        self.transport.write(_masked(1, text))

    async def next(self, kind: str) -> dict[str, Any]:
        """Return the next frame of a kind; others are passed over."""
        while True:
            frame = await asyncio.wait_for(self.frames.get(), 30)
            if frame["type"] == kind:
                return frame

    async def follow(self, room: int) -> None:
        """Follow a room from now on, as long as nobody said more than a billion things in it."""
        self.room = room
        self.say({"type": "subscribe", "room": room, "since": 10**9})
        await self.next("sync")


def _frame(data: bytes) -> tuple[int, bytes, int] | None:
    """Return the first frame's opcode and payload, and its size; None when not all of it came."""
    if len(data) < 2:
        return None
    size, start = data[1] & 0x7F, 2
    if size == 126:
        if len(data) < 4:
            return None
        size, start = int(struct.unpack_from("!H", data, 2)[0]), 4
    elif size == 127:
        if len(data) < 10:
            return None
        size, start = int(struct.unpack_from("!Q", data, 2)[0]), 10
    if len(data) < start + size:
        return None
    return data[0] & 0x0F, data[start : start + size], start + size


def _masked(opcode: int, payload: bytes) -> bytes:
    """Return a client's frame; a mask of zeros leaves the payload as it is."""
    size = len(payload)
    head = bytes((0x80 | opcode, 0x80 | size)) if size < 126 else b""
    if not head:
        head = struct.pack("!BBH", 0x80 | opcode, 0x80 | 126, size)
    return head + b"\0\0\0\0" + payload


def handshake(port: int, key: str) -> bytes:
    """Return the request of a browser that is signed in; PUBLIC_URL is http://127.0.0.1."""
    token = base64.b64encode(os.urandom(16)).decode()
    lines = [
        "GET /ws/ HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {token}",
        "Sec-WebSocket-Version: 13",
        "Origin: http://127.0.0.1",
        f"Cookie: sessionid={key}",
    ]
    return "\r\n".join([*lines, "", ""]).encode()


async def opened(
    port: int, keys: list[str], heard: Heard, *, is_bare: bool = False, buffer_bytes: int = 0
) -> list[Tab]:
    """Open a socket for each session, fifty at a time; return when all were greeted.

    is_bare: the server says no hello. buffer_bytes: of the kernel, for what is not read.
    """

    async def one(key: str) -> Tab:
        line = socket.socket()
        line.setblocking(False)
        if buffer_bytes:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer_bytes)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(line, ("127.0.0.1", port))
        _transport, tab = await loop.create_connection(
            lambda: Tab(handshake(port, key), heard), sock=line
        )
        while is_bare and not tab.is_open:
            await asyncio.sleep(0.01)
        if not is_bare:
            await tab.next("hello")
        return tab

    tabs: list[Tab] = []
    for start in range(0, len(keys), 50):
        tabs += await asyncio.gather(*(one(key) for key in keys[start : start + 50]))
    return tabs
