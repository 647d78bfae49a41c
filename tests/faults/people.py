"""Those who talk in the proofs, over real sockets: writers that try again, readers that resume."""

import asyncio
import json
import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from people.models import ApiToken, Person

AGAIN_SECONDS = 0.05
SAID_AGAIN_SECONDS = 0.25  # many writers that try at once would keep a server from starting
SEEN_EVERY = 8
BROKEN = (OSError, EOFError, TimeoutError, asyncio.LimitOverrunError)


def token_of(person: Person) -> str:
    """Return a token of the API that may write."""
    expiry = timezone.now() + timedelta(days=3)  # some proofs let a day pass
    _row, token = ApiToken.issue(person, name="t", scopes=["read", "write"], expiry=expiry)
    return token


class Http:
    """One kept connection; raises one of BROKEN when it breaks, and connects again then."""

    def __init__(self, port: int, headers: dict[str, str]) -> None:
        self.port, self.headers = port, headers
        self.line: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def send(self, method: str, path: str, body: bytes = b"") -> tuple[int, bytes]:
        """Return status and body."""
        try:
            return await asyncio.wait_for(self._asked(method, path, body), 30)
        except BaseException:
            self.close()
            raise

    async def _asked(self, method: str, path: str, body: bytes) -> tuple[int, bytes]:
        if self.line is None:
            self.line = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self.line
        facts = {"Host": f"localhost:{self.port}", "Content-Length": str(len(body)), **self.headers}
        head = "".join(f"{name}: {value}\r\n" for name, value in facts.items())
        writer.write(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body)
        answer = (await reader.readuntil(b"\r\n\r\n")).decode("latin1").lower().split("\r\n")
        sizes = [line for line in answer if line.startswith("content-length:")]
        if sizes:
            content = await reader.readexactly(int(sizes[0].split(":")[1]))
        else:
            content = await chunks(reader)
        return int(answer[0].split()[1]), content

    def close(self) -> None:
        if self.line is not None:
            self.line[1].transport.abort()
            self.line = None


async def chunks(reader: asyncio.StreamReader) -> bytes:
    """Return a body that comes in pieces, each after its size."""
    content = b""
    while True:
        size = int(await reader.readline(), 16)
        content += (await reader.readexactly(size + 2))[:size]
        if not size:
            return content


@dataclass
class Writer:
    """Says things by the API, each again until it is acknowledged."""

    port: int
    handle: str
    token: str
    room_id: int
    said: dict[tuple[str, str], int] = field(default_factory=dict)
    said_at: dict[int, float] = field(default_factory=dict)  # when it was acknowledged
    tries: int = 0
    longest: float = 0.0  # seconds that something took to be acknowledged
    faults: list[str] = field(default_factory=list)  # answers of 500 and above

    def __post_init__(self) -> None:
        headers = {"Authorization": f"Token {self.token}", "Content-Type": "application/json"}
        self.http = Http(self.port, headers)

    async def say(self, client_id: str) -> int:
        """Return the number of what was said, once that is acknowledged."""
        body = json.dumps({"source": client_id, "client_id": client_id}).encode()
        began = time.monotonic()
        while True:
            self.tries += 1
            try:
                status, answer = await self.http.send(
                    "POST", f"/api/v1/rooms/{self.room_id}/messages", body
                )
            except BROKEN:
                await asyncio.sleep(SAID_AGAIN_SECONDS)
                continue
            if status in (200, 201):
                number = int(json.loads(answer)["number"])
                self.said[self.handle, client_id] = number
                self.said_at[number] = time.monotonic()
                self.longest = max(self.longest, self.said_at[number] - began)
                return number
            assert status == 429 or status >= 500, (status, answer)
            if status >= 500:
                self.faults.append(f"{status} {answer[:300]!r}")
            await asyncio.sleep(0.5)

    async def talk(self, over: asyncio.Event, every: float) -> None:
        """Say one thing after another until it is over, and then what is begun."""
        count, began = 0, time.monotonic()
        while not over.is_set():
            await self.say(f"{self.handle}-{count}")
            count += 1
            await asyncio.sleep(max(0.0, began + count * every - time.monotonic()))
        self.http.close()


@dataclass
class Reader:
    """Follows a room by a socket; resumes by the last number it has."""

    port: int
    session: str
    room_id: int
    token: str = ""  # to page with, where one may fall far behind
    pause: float = 0.0  # after each event
    again_seconds: float = AGAIN_SECONDS
    heard: list[tuple[int, str]] = field(default_factory=list)
    heard_at: dict[int, float] = field(default_factory=dict)
    frames: list[dict[str, Any]] = field(default_factory=list)  # all but events
    paged: int = 0
    lines: int = 0
    codes: list[int | None] = field(default_factory=list)

    @property
    def number(self) -> int:
        return self.heard[-1][0] if self.heard else 0

    def connect(self, **options: Any) -> Any:
        cookie = f"{settings.SESSION_COOKIE_NAME}={self.session}"
        return connect(
            f"ws://127.0.0.1:{self.port}/ws/",
            origin=f"http://localhost:{self.port}",  # type: ignore[arg-type]
            additional_headers={"Cookie": cookie},
            compression=None,
            ping_interval=None,
            proxy=None,
            close_timeout=0.2,
            **options,
        )

    async def follow(self) -> None:
        """Follow the room, through every outage, until cancelled."""
        while True:
            try:
                async with self.connect() as line:
                    self.lines += 1
                    await self._listen(line)
            except ConnectionClosed as closed:
                self.codes.append(closed.rcvd.code if closed.rcvd else None)
            except (*BROKEN, WebSocketException):
                pass
            await asyncio.sleep(self.again_seconds)

    async def _listen(self, line: Any) -> None:
        await self.up(line, "subscribe", since=self.number)
        while True:
            frame = json.loads(await line.recv())
            if frame["type"] != "event":
                if frame.get("is_far"):
                    await self._page(frame["number"])
                self.frames.append(frame)
                continue
            self.heard.append((frame["number"], frame.get("client_id", "")))
            self.heard_at[frame["number"]] = time.monotonic()
            if self.pause or frame["number"] % SEEN_EVERY == 0:
                await self.up(line, "seen", number=frame["number"])
            await asyncio.sleep(self.pause)

    async def _page(self, last: int) -> None:
        """Read up to a number by the API; what is said in these rooms is its own client_id."""
        http = Http(self.port, {"Authorization": f"Token {self.token}"})
        try:
            while self.number < last:
                path = f"/api/v1/rooms/{self.room_id}/messages?since={self.number}&page_size=100"
                status, answer = await http.send("GET", path)
                assert status == 200, (status, answer)
                rows = json.loads(answer)["results"]
                self.paged += len(rows)
                new = [(row["number"], row["source"]) for row in rows if row["number"] <= last]
                self.heard += new
        finally:
            http.close()

    async def up(self, line: Any, kind: str, **facts: int) -> None:
        await line.send(json.dumps({"type": kind, "room": self.room_id, **facts}))

    async def has(self, number: int, seconds: float = 30) -> bool:
        """Wait until the reader has a number, while more comes within so many seconds."""
        last, since = self.number, time.monotonic()
        while self.number < number:
            await asyncio.sleep(0.02)
            if self.number != last:
                last, since = self.number, time.monotonic()
            elif time.monotonic() - since > seconds:
                return False
        return True
