"""CPU time of processes, and a client of one connection. Standard library only."""

import collections
import http.client
import os
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path


def cpu_seconds(roots: list[int]) -> float:
    """Return the CPU seconds these processes and their descendants have used (Linux)."""
    children, used = collections.defaultdict(list), {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat", encoding="ascii", errors="replace") as file:
                fields = file.read().rsplit(")", 1)[1].split()
        except OSError:
            continue
        children[int(fields[1])].append(int(name))
        used[int(name)] = sum(map(int, fields[11:15]))
    todo, seen = list(roots), set()
    while todo:
        pid = todo.pop()
        if pid not in seen:
            seen.add(pid)
            todo += children[pid]
    return sum(used.get(pid, 0) for pid in seen) / os.sysconf("SC_CLK_TCK")


@dataclass
class Client:
    """One keep-alive connection that sends the same headers."""

    port: int
    headers: Mapping[str, str]

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def send(self, method: str, path: str, body: str = "") -> tuple[int, bytes]:
        """Return status and body; connects again where the server closed the line."""
        answer, content = self.exchange(method, path, body)
        return answer.status, content

    def fetch(self, path: str) -> tuple[bytes, str]:
        """Return a body as it travels, and its Content-Encoding. Raises RuntimeError unless 200."""
        answer, content = self.exchange("GET", path, "")
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status}")
        return content, answer.headers.get("Content-Encoding", "")

    def exchange(self, method: str, path: str, body: str) -> tuple[http.client.HTTPResponse, bytes]:
        """Return the whole answer and its body."""
        headers = dict(self.headers)
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        for attempt in (0, 1):
            try:
                self.connection.request(method, path, body or None, headers)
                answer = self.connection.getresponse()
                return answer, answer.read()
            except (http.client.HTTPException, OSError):
                self.connection.close()
                if attempt:
                    raise
        raise AssertionError


@dataclass(frozen=True)
class Measured:
    """A request, and the processes that work for it (asked anew: a pool may have grown)."""

    send: Callable[[], tuple[int, bytes]]
    pids: Callable[[], list[int]]


def cpu_per_request(
    send: Callable[[], tuple[int, bytes]], pids: Callable[[], list[int]], seconds: float
) -> float:
    """Return milliseconds of CPU a request over a while.

    Raises RuntimeError for bad answers, and when processes ended on the way: connections that do
    not last would take what they cost out of the count.
    """
    for _warm in range(10):
        send()
    workers = pids()
    before, began, count = cpu_seconds(workers), time.perf_counter(), 0
    while time.perf_counter() - began < seconds:
        status, body = send()
        if status not in (200, 303):
            raise RuntimeError(f"{status}: {body[:300]!r}")
        count += 1
    used = cpu_seconds(workers) - before
    if not set(workers) <= set(pids()):
        raise RuntimeError("A process ended while it was measured.")
    return used * 1000 / count


def on_core(
    core: int, command: list[str], env: Mapping[str, str], log: Path
) -> subprocess.Popen[bytes]:
    """Start a command on one core, its output in a file."""
    with log.open("wb") as file:
        pinned = ["taskset", "-c", str(core), *command]
        return subprocess.Popen(pinned, env=dict(env), stdout=file, stderr=file)
