"""A whole site for journeys: the demo, Daphne and both workers, on a port of its own."""

import json
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
SIGN_IN = """
from importlib import import_module

from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest

from people.models import Person

request = HttpRequest()
request.session = import_module(settings.SESSION_ENGINE).SessionStore()
person = Person.objects.get(handle={handle!r})
login(request, person, "people.backends.AddressBackend")
record_authentication(request, person, "password", email=person.handle + "@people.example")
request.session.save()
print(request.session.session_key)
"""


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
        self._console: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        """Start the server, and wait until it answers."""
        self.server = self._daphne()
        wait_for(f"{self.address}/about/conduct")

    def does(self, code: str) -> str:
        """Run Python on the site's database, for what happens behind everyone's back.

        Returns what it prints.
        """
        if self._console is None:
            self._console = subprocess.Popen(
                [sys.executable, "-m", "tests.journeys.console"],
                env=self._env,
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
        asked, told = self._console.stdin, self._console.stdout
        assert asked
        assert told
        asked.write(json.dumps(code).encode() + b"\n")
        asked.flush()
        answer = json.loads(told.readline())
        assert "fault" not in answer, answer["fault"]
        return str(answer["said"])

    def session_of(self, handle: str) -> str:
        """Return the key of a new session of this person, as signing in makes one."""
        return self.does(SIGN_IN.format(handle=handle))

    def runs(self, *command: str) -> str:
        """Run one of the site's commands; return what it prints."""
        asked = [sys.executable, "manage.py", *command]
        done = subprocess.run(asked, env=self._env, cwd=ROOT, check=True, capture_output=True)
        return done.stdout.decode().strip()

    def close(self) -> None:
        """End what runs Python on the database."""
        if self._console is not None:
            with self._console:  # which closes its input, so it ends
                pass

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
        processes: list[subprocess.Popen[bytes]] = []  # a server that never answered is ended too
        site = None

        def begin(command: list[str]) -> "subprocess.Popen[bytes]":
            processes.append(subprocess.Popen(command, env=env, cwd=ROOT, stdout=log, stderr=log))
            return processes[-1]

        try:
            for command in workers:
                begin(command)
            site = Site(
                f"http://localhost:{port}",
                lambda: begin([*daphne, "core.asgi:application"]),
                env,
            )
            yield site
        finally:
            if site:
                site.close()
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
