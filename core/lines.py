"""The line behind a socket's ASGI `send`, where the server is one we know: Daphne or uvicorn.

By ASGI each frame passes a queue, a task and a protocol's layers, for each client anew: most of
what a delivery costs. Here a frame that goes to many is framed once and given to the transport,
and what comes up is read where it arrives. Whatever is unusual goes the server's own way.

A line is full when the client takes no more than it is sent: little is kept for it then, in the
process and in the kernel, and its owner is told to hold, and later to go on.
"""

import socket
import struct
import time
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Protocol

KEPT_BYTES = 4096  # what the process keeps for a client before its line is full; UvicornLine: 0
UNSENT_BYTES = 16 * 1024  # the same of the kernel
TEXT, CLOSE, PING, PONG = 0x81, 0x88, 0x89, 0x8A  # whole frames
WHOLE = (TEXT, CLOSE, PING, PONG)


class Owner(Protocol):
    """Whose line it is. `is_over`: it is told no more."""

    is_over: bool

    def admits_control(self) -> bool:
        """Count a ping or a pong that came up; False: it is too much, and not answered."""

    def receive(self, text: str | None) -> None:
        """Take a text frame that came up; None: it is no text."""

    def hold(self) -> None:
        """Send no more events for now."""

    def go_on(self) -> None:
        """Send again."""


def line_of(send: Any, owner: Owner) -> "Line | None":
    """Return the line behind an ASGI `send`; None under a server that is none of these.

    To be asked before the socket is accepted: then nothing has come up yet.
    """
    protocol: Any = getattr(send, "__self__", None) or next(iter(getattr(send, "args", ())), None)
    if hasattr(protocol, "sendPreparedMessage"):
        from twisted.internet.tcp import Connection

        if isinstance(protocol.transport, Connection) and not protocol.transport.TLS:
            return DaphneLine(protocol, owner)
    elif hasattr(protocol, "close_sent") and hasattr(protocol, "writable"):
        return UvicornLine(protocol, owner)
    return None


class Line:
    """A socket of a server.

    A client that pings and takes nothing would have its answers kept without end: while its line
    is full, the last ping alone waits to be answered (RFC 6455, 5.5.3).
    """

    __slots__ = ("is_full", "is_read", "last_pong", "owner", "pass_on", "protocol")
    pass_on: Callable[[bytes], None]  # the server's own way

    def __init__(self, protocol: Any, owner: Owner) -> None:
        self.protocol, self.owner = protocol, owner
        self.is_read = False  # by the owner itself; until then frames come as ASGI's messages
        self.is_full = False
        self.last_pong: bytes | None = None  # what answers the last ping, in the server's own shape

    def write(self, *texts: str) -> bool:
        """Write frames, at once; False when they are not for now to be written like this."""
        raise NotImplementedError

    def stop_reading(self) -> None:
        """Read no more: the client gets what was sent, and is cut off."""
        raise NotImplementedError

    def cut(self) -> None:
        """End it now: what was not taken is not sent."""
        raise NotImplementedError

    def take(self, data: bytes) -> None:
        """Take in what arrived: whole text frames here, and everything else the server's way."""
        start, end = 0, len(data)
        while start < end:
            head = data[start : start + 4]
            size, body = head[1] & 0x7F if len(head) > 1 else 0, start + 6
            if size == 126 and len(head) == 4:
                size, body = head[2] << 8 | head[3], start + 8
            is_whole = len(head) > 1 and head[1] > 0x80 and size != 127 and body + size <= end
            if not is_whole or head[0] not in WHOLE:
                self._leave_it()
                self.pass_on(data[start:])
                return
            if head[0] == TEXT and self.is_read:
                self.owner.receive(unmasked(data[body - 4 : body], data[body : body + size]))
            elif head[0] == CLOSE or not self.owner.is_over:
                self.pass_on(data[start : body + size])
            start = body + size

    def pinged(self, pong: bytes) -> None:
        """Answer a ping: at once, or when the line is not full any more."""
        if not self.owner.admits_control():
            return
        if self.is_full:
            self.last_pong = pong
        else:
            self.answer(pong)

    def answer(self, pong: bytes) -> None:
        """Send what answers a ping."""
        raise NotImplementedError

    def filled(self) -> None:
        self.is_full = True

    def cleared(self) -> None:
        self.is_full = False
        pong, self.last_pong = self.last_pong, None
        if pong is not None:
            self.answer(pong)

    def _leave_it(self) -> None:
        """Let the server read by itself: it is in the middle of something."""
        raise NotImplementedError


class DaphneLine(Line):
    """Daphne's: Autobahn's protocol over Twisted's transport, which tells its producer to pause.

    Twisted sends at the next turn of the loop, by two more system calls; here at once.
    """

    __slots__ = ()

    def __init__(self, protocol: Any, owner: Owner) -> None:
        super().__init__(protocol, owner)
        transport = protocol.transport
        transport.unregisterProducer()  # what answered the request, and has nothing to say any more
        transport.bufferSize = KEPT_BYTES
        transport.registerProducer(self, True)
        keep_little(transport.socket)
        self.pass_on = protocol.dataReceived
        protocol.dataReceived = self.take
        protocol.onPing, protocol.onPong = self.pinged, self._ponged

    def write(self, *texts: str) -> bool:
        protocol, data = self.protocol, framed(*texts)
        if protocol.state != protocol.STATE_OPEN or protocol.send_queue:
            return False
        transport = protocol.transport
        if not transport.dataBuffer and not transport._tempDataLen:
            sent = transport.writeSomeData(data)
            if sent == len(data):
                return True
            if isinstance(sent, int):  # else it is lost, which Twisted finds out by itself
                data = data[sent:]
        transport.write(data)
        return True

    def take(self, data: bytes) -> None:
        self.protocol.last_ping = time.time()  # Daphne asks who is silent whether they are there
        super().take(data)

    def answer(self, pong: bytes) -> None:
        self.protocol.sendPong(pong)

    def _ponged(self, _payload: bytes) -> None:
        self.owner.admits_control()  # Autobahn's own does nothing

    def _leave_it(self) -> None:
        del self.protocol.dataReceived

    def stop_reading(self) -> None:
        self.protocol.transport.pauseProducing()

    def cut(self) -> None:
        self.protocol.transport.abortConnection()

    # As Twisted's producer, by its names.

    def pauseProducing(self) -> None:  # noqa: N802
        self.filled()
        self.owner.hold()

    def resumeProducing(self) -> None:  # noqa: N802
        self.cleared()
        self.owner.go_on()

    def stopProducing(self) -> None:  # noqa: N802
        """Nothing: that the line is lost comes as a message."""


class UvicornLine(Line):
    """Uvicorn's, over asyncio's transport; who sends by ASGI waits while it is full.

    A line is clear while nothing waits in the transport, which says so: it pauses its protocol as
    soon as it keeps a byte. A frame then goes to the socket itself, past protocol and transport:
    for each client other objects, none of which is in the processor's caches when it is asked.
    """

    __slots__ = ("is_clear", "socket")

    def __init__(self, protocol: Any, owner: Owner) -> None:
        super().__init__(protocol, owner)
        transport = protocol.transport
        # asyncio's; other loops have none, nor has TLS, whose bytes are none of ours to write.
        self.socket: Any = getattr(transport, "_sock", None)
        self.is_clear = self.socket is not None and not transport.get_write_buffer_size()
        protocol.pause_writing, protocol.resume_writing = self._paused, self._resumed
        transport.set_write_buffer_limits(high=KEPT_BYTES if self.socket is None else 0)
        keep_little(transport.get_extra_info("socket"))
        self.pass_on = protocol.data_received
        protocol.data_received = self.take
        protocol.handle_ping, protocol.handle_pong = self._pinged, self._ponged

    def write(self, *texts: str) -> bool:
        data = framed(*texts)
        if self.is_clear and not self.protocol.transport.is_closing():
            try:
                sent = self.socket.send(data)
            except OSError:  # it takes none now, or is lost: which of them, the transport finds out
                sent = 0
            if sent < len(data):
                self.protocol.transport.write(data[sent:])
            return True
        protocol = self.protocol
        if protocol.close_sent or protocol.disconnected or not protocol.writable.is_set():
            return False
        protocol.transport.write(data)
        return True

    def _paused(self) -> None:
        self.is_clear = False
        self.filled()
        type(self.protocol).pause_writing(self.protocol)

    def _resumed(self) -> None:
        self.is_clear = self.socket is not None
        type(self.protocol).resume_writing(self.protocol)
        self.cleared()

    def _pinged(self) -> None:
        """Take the answer that websockets has made already; else it goes with what is sent next."""
        self.pinged(b"".join(self.protocol.conn.data_to_send()))

    def _ponged(self, event: Any) -> None:
        if self.owner.admits_control():
            type(self.protocol).handle_pong(self.protocol, event)

    def answer(self, pong: bytes) -> None:
        self.protocol.transport.write(pong)

    def _leave_it(self) -> None:
        del self.protocol.data_received

    def stop_reading(self) -> None:
        self.protocol.transport.pause_reading()

    def cut(self) -> None:
        self.protocol.transport.abort()


def keep_little(line: Any) -> None:
    """Have the kernel take little that it cannot send yet; what is on its way is not bounded.

    Source: tcp(7), TCP_NOTSENT_LOWAT; not every system has it.
    """
    option = getattr(socket, "TCP_NOTSENT_LOWAT", None)
    if option is not None and line.family in (socket.AF_INET, socket.AF_INET6):
        line.setsockopt(socket.IPPROTO_TCP, option, UNSENT_BYTES)


@lru_cache(maxsize=64)
def framed(*texts: str) -> bytes:
    """Return text frames as they go to a client: whole, and not masked. Source: RFC 6455, 5.2."""
    if len(texts) > 1:
        return b"".join(map(framed, texts))
    payload = texts[0].encode()
    size = len(payload)
    if size < 126:
        return bytes((TEXT, size)) + payload
    if size < 2**16:
        return struct.pack("!BBH", TEXT, 126, size) + payload
    return struct.pack("!BBQ", TEXT, 127, size) + payload


def unmasked(mask: bytes, payload: bytes) -> str | None:
    """Return the text of a client's frame; None when it is none. Source: RFC 6455, 5.3."""
    size = len(payload)
    key = (mask * (size // 4 + 1))[:size]
    text = int.from_bytes(payload, "big") ^ int.from_bytes(key, "big")
    try:
        return text.to_bytes(size, "big").decode()
    except UnicodeDecodeError:
        return None
