"""Real processes to be killed: Daphne on the tests' database, a Redis of one's own."""

import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis
from django.conf import settings as site
from django.db import connection

from tests.load import serving

ROOT = Path(__file__).resolve().parents[2]
# Below the range that outgoing connections take theirs from: who tries again and again to reach
# a dead port of that range may in the end reach themselves.
FIRST_PORT = int(os.environ.get("FAULTS_PORT", "8190"))
PORTS_A_WORKER = 10
PATIENCE_SECONDS = 180


def port(number: int) -> int:
    """Return a port of this test process: each of those that test together has its own."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    return FIRST_PORT + PORTS_A_WORKER * int(worker) + number


def database_url() -> str:
    """Return where the tests' database is, as a server takes it."""
    here = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{here['NAME']}"
    login = f"{here['USER']}:{here['PASSWORD']}" if here["PASSWORD"] else here["USER"]
    return f"postgres://{login}@{here['HOST']}:{here['PORT'] or 5432}/{here['NAME']}"


class Started:
    """A process that is started, killed and started again."""

    process: "subprocess.Popen[bytes] | None" = None

    def __init__(self, port: int, command: list[str], log: Path, env: dict[str, str]) -> None:
        self.port, self.command, self.log, self.env = port, command, log, env

    def start(self) -> None:
        """Start it, and return once it takes connections."""
        assert not self.is_open(), f"somebody else listens on {self.port}"
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, cwd=ROOT, env=self.env, stdout=log, stderr=log
            )
        end = time.monotonic() + PATIENCE_SECONDS
        while not self.is_open():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < end, self.log.read_text()
            time.sleep(0.02)

    def is_open(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def kill(self) -> None:
        """Kill it as a power cut does."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None

    def pause(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)


def environment(folder: Path, **more: str) -> dict[str, str]:
    """Return the environment of a process on the tests' database."""
    here = {name: value for name, value in os.environ.items() if name != "REDIS_URL"}
    return here | {
        "DATABASE_URL": database_url(),
        "ENTRAIDE_VAR": str(folder),
        "SECRET_KEY": site.SECRET_KEY,
        "WRITES_PER_MINUTE": "1000000",
        "WRITES_PER_HOUR": "1000000",
        **more,
    }


class Writing:
    """A process that says things in a room (tests/faults/writing.py).

    What it is told is stored goes to a file: a pipe that nobody reads yet would hold it up.
    """

    def __init__(
        self,
        folder: Path,
        room_id: int,
        handle: str,
        *,
        count: int,
        a_second: float = 0,
        together: int = 1,
    ) -> None:
        module = [sys.executable, "-m", "tests.faults.writing"]
        facts = [str(room_id), handle, str(count), str(a_second), str(together)]
        self.room_id = room_id
        self.told = folder / f"said-{uuid.uuid4().hex}"
        with self.told.open("w") as told:
            self.process = subprocess.Popen(
                [*module, *facts], cwd=ROOT, env=environment(folder), stdout=told
            )

    def terminate(self) -> None:
        self.process.terminate()

    @property
    def count(self) -> int:
        """How many it has told so far."""
        return self.told.read_bytes().count(b"\n")

    def said(self) -> dict[str, int]:
        """Wait for its end; return the number of each message that it knows to be stored."""
        self.process.wait()
        lines = [line.split() for line in self.told.read_text().splitlines()]
        return {name: int(number) for name, number in lines}


def web(
    folder: Path,
    number: int = 0,
    *,
    application: str = "core.asgi:application",
    kind: str = "daphne",
    **more: str,
) -> Started:
    """Return a web process that is not started yet; kind: of server; more: of its environment."""
    own = port(number)
    env = environment(folder, PORT=str(own), **more)
    command = {"daphne": serving.daphne, "uvicorn": serving.uvicorn}[kind](own, application)
    return Started(own, command, folder / f"web-{number}.log", env)


class OwnRedis(Started):
    """A Redis that keeps nothing on disk, to be killed."""

    def __init__(self, folder: Path, number: int) -> None:
        own = port(number)
        command = ["redis-server", "--port", str(own), "--save", "", "--dir", str(folder)]
        command += ["--bind", "127.0.0.1"]
        super().__init__(own, command, folder / "redis.log", dict(os.environ))
        self.url = f"redis://127.0.0.1:{own}/0"

    def told(self, *command: str) -> None:
        """Send it a command."""
        with redis.Redis.from_url(self.url) as client:
            client.execute_command(*command)


@contextmanager
def killed_at_the_end(*started: Started) -> Iterator[None]:
    """Leave nothing running."""
    try:
        yield
    finally:
        for one in started:
            one.kill()
