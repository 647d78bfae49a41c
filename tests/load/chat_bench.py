"""What the rows of `make bench-chat` measure with: servers, who speaks, who hears, a table."""

import asyncio
import itertools
import os
import secrets
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.load.bench import free_port
from tests.load.listeners import Tab
from tests.load.measuring import Client, on_core
from tests.load.serving import daphne, started

TEXT = "Did you **reload** the page? It is written in `cache/`, see https://example.org/help"


@dataclass
class Bench:
    """A filled site, and how often to measure."""

    env: dict[str, str]
    var: Path
    facts: dict[str, Any]
    rounds: int
    logs: Iterator[int] = field(default_factory=itertools.count)

    @property
    def keys(self) -> list[str]:
        keys: list[str] = self.facts["keys"]
        return keys

    @contextmanager
    def ours(self, make: Any = daphne, *facts: str, **env: str) -> Iterator[tuple[int, int]]:
        """Run a server; give port and process."""
        port = free_port()
        log = self.var / f"{next(self.logs)}.log"
        with started(make(port, *facts), port, {**self.env, **env}, log) as pid:
            yield port, pid

    def voice(self, port: int) -> "Voice":
        return Voice(port, self.keys, self.facts["csrf"])


class Voice:
    """Says things by HTTP, as the room's form does, over one kept line."""

    def __init__(self, port: int, keys: list[str], csrf: str) -> None:
        self.client = Client(port, {})
        self.keys, self.csrf = keys, csrf

    def send(self, person: int, room: int, text: str = TEXT, *, prefix: str = "") -> str:
        """Say something as a person; return its client_id.

        Raises RuntimeError unless it is acknowledged.
        """
        name = secrets.token_hex(16)
        self.client.headers = {
            "Cookie": f"sessionid={self.keys[person]}; csrftoken={self.csrf}",
            "X-CSRFToken": self.csrf,
            "Origin": "http://127.0.0.1",
            "HX-Request": "true",
        }
        body = urllib.parse.urlencode({"source": text, "client_id": name})
        status, answer = self.client.send("POST", f"{prefix}/rooms/{room}/messages", body)
        if status != 200:
            raise RuntimeError(f"{status}: {answer[:300]!r}")
        return name

    async def say(self, person: int, room: int, text: str = TEXT, *, prefix: str = "") -> str:
        """Do the same beside what is heard."""
        return await asyncio.to_thread(self.send, person, room, text, prefix=prefix)


class Ears:
    """Counts what all tabs hear."""

    def __init__(self) -> None:
        self.count = 0
        self.wanted = 0
        self.last = b""
        self.reached = asyncio.Event()

    def heard(self, _tab: Tab, text: bytes) -> None:
        self.count += 1
        self.last = text
        if self.count >= self.wanted:
            self.reached.set()

    def expect(self, count: int) -> None:
        """Wait for so many more, from now on."""
        self.wanted = self.count + count
        self.reached.clear()

    async def all(self) -> None:
        await asyncio.wait_for(self.reached.wait(), 30)


def show(row: str, value: float, unit: str, budget: float | None) -> None:
    """Print a row, and whether its budget is met."""
    limit = "-" if budget is None else f"{budget:g} {unit}"
    verdict = ""
    if budget is not None:
        verdict = "  met" if value <= budget else "  missed"
    if budget and value > budget:
        verdict += f": {value / budget:.2f} of it"
    print(f"{row:44}{f'{value:.2f} {unit}':>12}{limit:>12}{verdict}", flush=True)


class Store:
    """A Redis of our own, which keeps nothing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()

    def start(self) -> None:
        command = [
            "redis-server",
            "--port",
            str(self.port),
            "--save",
            "",
            "--dir",
            str(self.folder),
        ]
        self.process = on_core(1, command, os.environ, self.folder / "redis.log")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def __enter__(self) -> "Store":
        self.start()
        return self

    def __exit__(self, *_facts: object) -> None:
        self.kill()
