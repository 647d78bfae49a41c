"""A whole site for journeys: the demo, Daphne and both workers, on a port of its own."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "entraide"


def free_port() -> int:
    """Return a port of the loopback that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def running_site(var: Path) -> Iterator[str]:
    """Start the site in a folder; give its address; stop all of it at the end."""
    port = free_port()
    env = {
        **os.environ,
        "ENTRAIDE_VAR": str(var),
        "PORT": str(port),
        "ENTRAIDE_MODE": "development",
    }
    env.update(WRITES_PER_MINUTE="10000", WRITES_PER_HOUR="100000")
    env.pop("PUBLIC_URL", None)
    env.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)
    manage = [sys.executable, "manage.py"]
    subprocess.run([*manage, "prepare"], env=env, cwd=ROOT, check=True, capture_output=True)
    daphne = [sys.executable, "-m", "daphne", "--bind", "127.0.0.1", "--port", str(port)]
    commands = [
        [*daphne, "core.asgi:application"],
        [*manage, "work", "--name", "worker", "--queues", "default"],
        [*manage, "work", "--name", "mailworker", "--queues", "mail,slow"],
    ]
    with (var / "site.log").open("wb") as log:
        processes = [
            subprocess.Popen(command, env=env, cwd=ROOT, stdout=log, stderr=log)
            for command in commands
        ]
        try:
            address = f"http://localhost:{port}"
            wait_for(f"{address}/about/conduct")
            yield address
        finally:
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
