"""A whole site for journeys: the demo, Daphne and both workers, on a port of its own."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "entraide"


def free_port() -> int:
    """Return a port of the loopback that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class Site:
    """A running site: its address, and the server that answers there, which may be killed."""

    def __init__(
        self, address: str, daphne: Callable[[], "subprocess.Popen[bytes]"], env: dict[str, str]
    ) -> None:
        self.address = address
        self._daphne = daphne
        self._env = env
        self.start()

    def start(self) -> None:
        """Start the server, and wait until it answers."""
        self.server = self._daphne()
        wait_for(f"{self.address}/about/conduct")

    def does(self, code: str) -> str:
        """Run Python on the site's database, for what happens behind everyone's back.

        Returns what it prints.
        """
        return self.runs("shell", "--no-imports", "-c", code)

    def runs(self, *command: str) -> str:
        """Run one of the site's commands; return what it prints."""
        asked = [sys.executable, "manage.py", *command]
        done = subprocess.run(asked, env=self._env, cwd=ROOT, check=True, capture_output=True)
        return done.stdout.decode().strip()

    def kill(self) -> None:
        """End the server with SIGKILL: it finishes nothing."""
        self.server.kill()
        self.server.wait(timeout=20)


@contextmanager
def running_site(var: Path, **settings: str) -> Iterator[Site]:
    """Start the site in a folder, with these settings; stop all of it at the end."""
    port = free_port()
    env = {
        **os.environ,
        "ENTRAIDE_VAR": str(var),
        "PORT": str(port),
        "ENTRAIDE_MODE": "development",
        **settings,
    }
    env.update(WRITES_PER_MINUTE="10000", WRITES_PER_HOUR="100000")
    env.pop("PUBLIC_URL", None)
    env.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)
    manage = [sys.executable, "manage.py"]
    subprocess.run([*manage, "prepare"], env=env, cwd=ROOT, check=True, capture_output=True)
    daphne = [sys.executable, "-m", "daphne", "--bind", "127.0.0.1", "--port", str(port)]
    workers = [
        [*manage, "work", "--name", "worker", "--queues", "default"],
        [*manage, "work", "--name", "mailworker", "--queues", "mail,slow"],
    ]
    with (var / "site.log").open("ab") as log:

        def begin(command: list[str]) -> "subprocess.Popen[bytes]":
            return subprocess.Popen(command, env=env, cwd=ROOT, stdout=log, stderr=log)

        processes = [begin(command) for command in workers]
        site = None
        try:
            site = Site(
                f"http://localhost:{port}",
                lambda: begin([*daphne, "core.asgi:application"]),
                env,
            )
            yield site
        finally:
            processes += [site.server] if site else []
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait(timeout=20)


def wait_for(url: str, seconds: float = 60) -> None:
    """Return once the address answers. Raises TimeoutError."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError(url)
