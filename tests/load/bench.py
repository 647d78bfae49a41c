"""`make bench`: CPU of server and database a request, as multiples of a bare Django view.

Each page is served by gunicorn with one sync worker on core 0, in rounds with the bare view
(tests/load/bare.py) on the same core; the client is on core 1. The median of the ratios of the
rounds is printed: it survives a busy machine, milliseconds do not.
"""

import argparse
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.load.measuring import Client, cpu_per_request, on_core

ROOT = Path(__file__).resolve().parents[2]
PYTHON = sys.executable
BUDGET = {
    "question, 20 replies": 7,
    "list of 25": 7,
    "ticket (agent)": 14,
    "queue (agent)": 14,
    "post a reply": 14,
    "search, two words": None,
}
Send = Callable[[], tuple[int, bytes]]


def database_pids(url: str) -> list[int]:
    """Return the server of the database: PostgreSQL's first process; SQLite has none."""
    if not url.startswith("postgres"):
        return []
    found = subprocess.run(
        ["pgrep", "-o", "-x", "postgres"],
        capture_output=True,
        text=True,
        check=True,
    )
    return [int(found.stdout)]


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    """Give the URL of a fresh database, dropped afterwards."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'bench.sqlite3'}"
        return
    import psycopg

    server = os.environ.get("DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres")
    name = f"entraide_bench_{secrets.token_hex(4)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    try:
        yield urllib.parse.urlsplit(server)._replace(path=f"/{name}").geturl()
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def served(app: str, port: int, env: dict[str, str]) -> Iterator[int]:
    """Serve an application on core 0; give the process's id."""
    command = [PYTHON, "-m", "gunicorn", "--workers", "1", "--keep-alive", "30", "--log-level"]
    command += ["error", "--bind", f"127.0.0.1:{port}", app]
    process = on_core(0, command, env)
    try:
        for _try in range(100):
            try:
                Client(port, {}).send("GET", "/")
                break
            except OSError:
                time.sleep(0.2)
        yield process.pid
    finally:
        process.terminate()
        process.wait(timeout=20)


def targets(port: int, facts: dict[str, str]) -> dict[str, Send]:
    """Return how each page is asked for."""
    visitor = Client(port, {"Accept-Language": "en"})
    agent = Client(
        port,
        {
            "Accept-Language": "en",
            "Cookie": f"sessionid={facts['session']}; csrftoken={facts['csrf']}",
            "X-CSRFToken": facts["csrf"],
        },
    )
    reply = urllib.parse.urlencode({"source": "Clear the cache, then **reload** the page."})
    return {
        "question, 20 replies": lambda: visitor.send("GET", facts["question"]),
        "list of 25": lambda: visitor.send("GET", "/questions"),
        "ticket (agent)": lambda: agent.send("GET", facts["ticket"]),
        "queue (agent)": lambda: agent.send("GET", "/queue"),
        "post a reply": lambda: agent.send("POST", facts["answers"], reply),
        "search, two words": lambda: visitor.send("GET", "/search?q=white+page"),
    }


def prepared(env: dict[str, str], topics: int, posts: int, people: int) -> dict[str, str]:
    """Migrate, fill, index; return the paths and the agent's session."""
    manage = [PYTHON, "manage.py"]
    subprocess.run([*manage, "migrate", "-v0"], env=env, check=True, cwd=ROOT)
    subprocess.run([*manage, "collectstatic", "--noinput", "-v0"], env=env, check=True, cwd=ROOT)
    sizes = ["--topics", str(topics), "--posts", str(posts), "--people", str(people)]
    subprocess.run([PYTHON, "-m", "tests.load.data", *sizes], env=env, check=True, cwd=ROOT)
    asked = [PYTHON, "-m", "tests.load.session"]
    out = subprocess.run(asked, env=env, check=True, cwd=ROOT, capture_output=True, text=True)
    return dict(line.split("=", 1) for line in out.stdout.split())


def measure(kind: str, options: argparse.Namespace) -> None:
    """Print the table of one database."""
    with tempfile.TemporaryDirectory() as var, database(kind, Path(var)) as url:
        env = {
            **os.environ,
            "DATABASE_URL": url,
            "ENTRAIDE_VAR": var,
            "WRITES_PER_MINUTE": "1000000",
            "WRITES_PER_HOUR": "1000000",
        }
        facts = prepared(env, options.topics, options.posts, options.people)
        with (
            served("core.wsgi", options.port, env) as ours,
            served("tests.load.bare", options.port + 1, env) as bare,
        ):
            pids = [ours, *database_pids(url)]
            reference = Client(options.port + 1, {})
            show(kind, rounds(targets(options.port, facts), pids, reference, bare, options))


def rounds(
    pages: dict[str, Send],
    pids: list[int],
    reference: Client,
    bare: int,
    options: argparse.Namespace,
) -> dict[str, list[tuple[float, float]]]:
    """Return (ms of the page, multiple of the bare view) of every round."""
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in pages}
    for _round in range(options.rounds):
        for name, send in pages.items():
            base = cpu_per_request(
                lambda: reference.send("GET", "/"), [bare], options.seconds / 2, {200}
            )
            cost = cpu_per_request(send, pids, options.seconds, {200, 303})
            found[name].append((cost, cost / base))
    return found


def show(kind: str, found: dict[str, list[tuple[float, float]]]) -> None:
    """Print a table: milliseconds, multiple, budget."""
    print(f"\n{kind}: CPU of server and database a request, one process on one core")
    print(f"{'page':24}{'ms':>8}{'× bare':>9}{'budget':>8}")
    for name, pairs in found.items():
        cost = statistics.median(pair[0] for pair in pairs)
        multiple = statistics.median(pair[1] for pair in pairs)
        budget = BUDGET[name]
        print(f"{name:24}{cost:8.2f}{multiple:9.1f}{budget or '-':>8}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--databases", default="postgresql,sqlite")
    parser.add_argument("--topics", type=int, default=10_000)
    parser.add_argument("--posts", type=int, default=50_000)
    parser.add_argument("--people", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--port", type=int, default=8461)
    options = parser.parse_args()
    os.sched_setaffinity(0, {1})
    for kind in options.databases.split(","):
        measure(kind, options)


if __name__ == "__main__":
    main()
