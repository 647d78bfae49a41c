"""`make bench`: CPU of server and database a request, as multiples of a bare Django view.

Each page is served in production mode by gunicorn with one sync worker on core 0, in rounds with
the bare view (tests/load/bare.py) on the same core; the client is on core 1 and asks as browsers
do (compressed pages, kept connections). The median of the ratios of the rounds is printed: it
survives a busy machine, milliseconds do not.

It ends with what else is measured of pages, each with its own command too: a small site beside a
large one (tests/load/scale.py, the desk and the forum), and what the pages of a real corpus weigh
(tests/load/corpus.py). An hour; `--brief` leaves both out.
"""

import argparse
import json
import os
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.load.measuring import Client, Measured, cpu_per_request, on_core
from tests.load.weight import first_visit

ROOT = Path(__file__).resolve().parents[2]
PYTHON = sys.executable
SERVER = "postgres://postgres@127.0.0.1:5432/postgres"
REDIS = "redis://127.0.0.1:6379/8"
BUDGET = {
    "question, 20 replies": 7,
    "list of 25": 7,
    "question, drawn anew (visitor)": 7,
    "list, drawn anew (visitor)": 7,
    "ticket (agent)": 14,
    "queue (agent)": 14,
    "post a reply": 14,
}
# What else is measured, unless `--brief`: each on databases and with budgets of its own.
OTHERS = (
    ("tests.load.scale", "--room", "desk"),
    ("tests.load.scale", "--room", "forum"),
    ("tests.load.corpus",),
)
SMALL = {"topics": 500, "posts": 2_500, "people": 100}
FIRST_VISITS = {"home": "home", "question": "question, 20 replies"}
MOST_BYTES, MOST_REQUESTS = 30_000, 6
Pids = Callable[[], list[int]]


@dataclass(frozen=True)
class Result:
    """One page: (milliseconds, multiple of the bare view) of every round, and its statements."""

    rounds: list[tuple[float, float]]
    queries: int

    @property
    def milliseconds(self) -> float:
        return statistics.median(cost for cost, _multiple in self.rounds)

    @property
    def multiple(self) -> float:
        return statistics.median(multiple for _cost, multiple in self.rounds)


@contextmanager
def database(kind: str, folder: Path) -> Iterator[tuple[str, Pids]]:
    """Give the URL of a fresh database, and who works for it (Redis too); dropped afterwards.

    PostgreSQL stands for a larger site, which has Redis beside it; its database 8 is emptied.
    """
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'bench.sqlite3'}", list
        return
    import psycopg
    import redis

    beside = redis.Redis.from_url(os.environ.get("REDIS_URL", REDIS))
    server_facts: Any = beside.info("server")
    store = int(server_facts["process_id"])

    server = os.environ.get("DATABASE_URL", SERVER)
    name = f"entraide_bench_{secrets.token_hex(4)}"
    workers = "SELECT pid FROM pg_stat_activity WHERE datname = %s"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield (
                urllib.parse.urlsplit(server)._replace(path=f"/{name}").geturl(),
                lambda: [store, *(pid for (pid,) in connection.execute(workers, [name]))],
            )
        finally:
            beside.flushdb()
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(app: str, env: dict[str, str], log: Path) -> Iterator[tuple[int, int]]:
    """Serve an application on core 0; give port and process. Its log goes to a file."""
    port = free_port()
    command = [PYTHON, "-m", "gunicorn", "--workers", "1", "--keep-alive", "30"]
    command += ["--bind", f"127.0.0.1:{port}", app]
    process = on_core(0, command, env, log)
    try:
        for _try in range(150):
            if process.poll() is not None:
                sys.exit(f"{app} did not start:\n{log.read_text()[-2000:]}")
            try:
                Client(port, {}).send("GET", "/")
                break
            except OSError:
                time.sleep(0.2)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(timeout=20)


def run(*command: str, env: dict[str, str]) -> str:
    """Run one of ours; return what it prints."""
    done = subprocess.run(
        [PYTHON, *command], env=env, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout


def prepared(env: dict[str, str], sizes: dict[str, int]) -> dict[str, Any]:
    """Migrate, fill, index; return what tests/load/session.py tells."""
    filled(env, sizes)
    return facts_of(env)


def filled(env: dict[str, str], sizes: dict[str, int], *more: str) -> None:
    """Migrate, fill, index. more: for tests.load.data."""
    run("manage.py", "migrate", "-v0", env=env)
    run("manage.py", "collectstatic", "--noinput", "-v0", env=env)
    wanted = [word for name, size in sizes.items() for word in (f"--{name}", str(size))]
    print(run("-m", "tests.load.data", *wanted, *more, env=env), end="", flush=True)


def facts_of(env: dict[str, str]) -> dict[str, Any]:
    """Return what tests/load/session.py tells of a filled database."""
    facts: dict[str, Any] = json.loads(run("-m", "tests.load.session", env=env))
    return facts


def environment(url: str, var: str, redis_url: str = "") -> dict[str, str]:
    """Return a production's environment, without limits on writing."""
    beside = redis_url or os.environ.get("REDIS_URL", REDIS)
    return {
        **os.environ,
        "DATABASE_URL": url,
        "REDIS_URL": "" if url.startswith("sqlite") else beside,
        "ENTRAIDE_VAR": var,
        "ENTRAIDE_MODE": "production",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "ALLOWED_HOSTS": "127.0.0.1",
        "PUBLIC_URL": "http://127.0.0.1",
        "WRITES_PER_MINUTE": "1000000",
        "WRITES_PER_HOUR": "1000000",
    }


def senders(port: int, facts: dict[str, Any]) -> dict[str, Callable[[], tuple[int, bytes]]]:
    """Return how each page is asked for."""
    asks = {"Accept-Language": "en", "Accept-Encoding": "gzip, deflate, br"}
    known = {"Cookie": facts["cookies"]["agent"], "X-CSRFToken": facts["csrf"]}
    clients = {"visitor": Client(port, asks), "agent": Client(port, {**asks, **known})}

    def sender(who: str, method: str, path: str) -> Callable[[], tuple[int, bytes]]:
        if method == "GET":
            return lambda: clients[who].send(method, path)
        # As the form does: a token of its own each time, so that no send is taken for a repeat.
        return lambda: clients[who].send(
            method, path, f"{facts['body']}&once={secrets.token_hex(16)}"
        )

    return {name: sender(*page) for name, page in facts["pages"].items()}


def measure(kind: str, sizes: dict[str, int], options: argparse.Namespace) -> dict[str, Result]:
    """Fill a database of this kind and measure every page."""
    print(f"\n{kind}: ", end="", flush=True)
    with tempfile.TemporaryDirectory() as var, database(kind, Path(var)) as (url, workers):
        env = environment(url, var)
        facts = prepared(env, sizes)
        with (
            served("core.wsgi", env, Path(var, "ours.log")) as (port, ours),
            served("tests.load.bare", env, Path(var, "bare.log")) as (bare_port, bare),
        ):
            show_weight(port, facts)
            reference = Client(bare_port, {})
            view = Measured(lambda: reference.send("GET", "/"), lambda: [bare])
            pages = {
                "(bare, list of 25)": Measured(lambda: reference.send("GET", "/list"), view.pids)
            }
            for name, send in senders(port, facts).items():
                if options.only in name:
                    pages[name] = Measured(send, lambda: [ours, *workers()])
            rounds = in_rounds(pages, view, options)
    return {name: Result(pairs, facts["queries"].get(name, 0)) for name, pairs in rounds.items()}


def in_rounds(
    pages: dict[str, Measured], view: Measured, options: argparse.Namespace
) -> dict[str, list[tuple[float, float]]]:
    """Return (milliseconds, multiple of the bare view measured just before) of every round."""
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in pages}
    for _round in range(options.rounds):
        for name, page in pages.items():
            base = cpu_per_request(view.send, view.pids, options.seconds / 2)
            cost = cpu_per_request(page.send, page.pids, options.seconds)
            found[name].append((cost, cost / base))
    return found


def show_weight(port: int, facts: dict[str, Any]) -> None:
    """Print what a first visit loads, as our server sends it and with pages in Brotli."""
    for title, name in FIRST_VISITS.items():
        client = Client(port, {"Accept-Language": "en", "Accept-Encoding": "gzip, deflate, br"})
        visit = first_visit(client.fetch, facts["pages"][name][2])
        print(
            f"first visit of {title}: {visit.brotli} bytes with Brotli ({visit.sent} as sent), "
            f"{visit.requests} requests (budget {MOST_BYTES} in {MOST_REQUESTS}), "
            f"elsewhere: {visit.elsewhere or 'nothing'}"
        )


def show(kind: str, found: dict[str, Result], small: dict[str, Result]) -> None:
    """Print a table: milliseconds, multiple, budget, statements; and those of a small site."""
    print(f"{kind}: CPU of server and database a request, one process on one core")
    growth = f"{'small site':>12}{'queries':>9}" if small else ""
    print(f"{'page':32}{'ms':>8}{'x bare':>9}{'budget':>8}{'queries':>9}{growth}")
    for name, row in found.items():
        budget = BUDGET.get(name, "-")
        line = f"{name:32}{row.milliseconds:8.2f}{row.multiple:9.1f}{budget:>8}{row.queries:>9}"
        if small:
            line += f"{small[name].multiple:12.1f}{small[name].queries:>9}"
        print(line, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--databases", default="postgresql,sqlite")
    parser.add_argument("--topics", type=int, default=10_000)
    parser.add_argument("--posts", type=int, default=50_000)
    parser.add_argument("--people", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--seconds", type=float, default=1)
    parser.add_argument("--only", default="", help="pages whose name contains this")
    parser.add_argument("--growth", action="store_true", help="measure a small site beside it")
    parser.add_argument("--brief", action="store_true", help="without weight and scale, an hour")
    options = parser.parse_args()
    every_core = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {1})
    sizes = {name: getattr(options, name) for name in SMALL}
    for kind in options.databases.split(","):
        small = measure(kind, SMALL, options) if options.growth else {}
        show(kind, measure(kind, sizes, options), small)
    os.sched_setaffinity(0, every_core)
    if options.brief or options.only:
        print("\nNot measured: weight and scale.")
        return
    sys.exit(max(others(options.databases)))


def others(databases: str) -> list[int]:
    """Measure what else there is, one after the other; return how each ended."""
    ends = []
    for module, *words in OTHERS:
        print(f"\n{module} {' '.join(words)}", flush=True)
        more = ["--databases", databases] if module == "tests.load.scale" else []
        ends.append(
            subprocess.run([PYTHON, "-m", module, *words, *more], cwd=ROOT, check=False).returncode
        )
    return ends


if __name__ == "__main__":
    main()
