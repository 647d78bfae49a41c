"""Servers of sockets on core 0, and what they use."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.load.bench import PYTHON
from tests.load.measuring import on_core

FRAME = ["--websocket-max-message-size", "65536"]
UVICORN = "--lifespan off --ws websockets-sansio --ws-per-message-deflate false"


def daphne(port: int, app: str = "core.asgi:application") -> list[str]:
    """Return the command of Procfile, without a line for each request."""
    daphne = ["-m", "daphne", "-v", "0", *FRAME, "--bind", "127.0.0.1", "--port", str(port)]
    return [PYTHON, *daphne, app]


def uvicorn(port: int, app: str = "core.asgi:application") -> list[str]:
    """Return the command of chat/README.md, without a line for each request."""
    uvicorn = ["-m", "uvicorn", *UVICORN.split(), "--ws-max-size", "65536", "--no-access-log"]
    return [PYTHON, *uvicorn, "--host", "127.0.0.1", "--port", str(port), app]


def picows(port: int) -> list[str]:
    """Return the command of the reference."""
    return [PYTHON, "-m", "tests.load.bare_sockets", str(port)]


@contextmanager
def started(command: list[str], port: int, env: Mapping[str, str], log: Path) -> Iterator[int]:
    """Run a server on core 0 until it is no more needed; give its process."""
    process = on_core(0, command, env, log)
    try:
        _wait_for(process, port, log)
        yield process.pid
    finally:
        process.kill()
        process.wait()


def _wait_for(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    for _try in range(900):
        if process.poll() is not None:
            break
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    sys.exit(f"A server did not start:\n{log.read_text()[-2000:]}")


def process_seconds(pid: int) -> float:
    """Return the CPU seconds that a process's threads have used, finer than by ticks (Linux)."""
    threads = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(one.read_text(encoding="ascii").split()[0]) for one in threads) / 1e9


def resident_kib(pid: int) -> int:
    """Return a process's resident memory."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


def unsent_kib(port: int) -> float:
    """Return what the kernel keeps of a server's, for clients that do not take it (Linux)."""
    lines = Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]
    local = f":{port:04X}"
    rows = (line.split() for line in lines)
    return sum(int(row[4].split(":")[0], 16) for row in rows if row[1].endswith(local)) / 1024
