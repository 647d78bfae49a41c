"""`make bench-scale`: what pages cost on a small and on a large site, of one room at a time.

The help desk with 1,000 tickets and with 100,000; with `--room chat`, what is said live in their
rooms; with `--room forum`, the forum with 1,000 questions and with 100,000 (400,000 answers, a
million comments and votes).

Two sites of one seed are filled and served side by side on core 0, as tests/load/bench.py serves
one; each round asks both for the same page, one after the other. Printed is the median of the
ratios of their CPU (server and database), and the ratio of the least that each ever took. "next"
takes a ticket and puts it back. With `--keep FOLDER` filled sites stay, and are used again: SQLite
in the folder, PostgreSQL as databases that `--drop` takes away.
"""

import argparse
import os
import re
import secrets
import statistics
import tempfile
import urllib.parse
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.load.bench import REDIS, SERVER, environment, facts_of, filled, run, served
from tests.load.measuring import Client, Measured, cpu_per_request

BUDGET = 1.3
CORES = os.sched_getaffinity(0)
STORES = {"small": 10, "large": 11}  # of Redis: what one site keeps is not the other's
Sizes = dict[str, int]
Pids = Callable[[], list[int]]


def desk_sizes(tickets: int, people: int) -> Sizes:
    """The forum is the same: what grows is the help desk."""
    return {"topics": 500, "posts": 2_500, "people": people, "tickets": tickets}


def chat_sizes(tickets: int, people: int) -> Sizes:
    """Each ticket has a room; three lines each, beside those of who is measured."""
    return {**desk_sizes(tickets, people), "lines": 3 * tickets}


def forum_sizes(questions: int, people: int) -> Sizes:
    """Four answers a question, four comments and six votes; fifty tickets."""
    said = {"topics": questions, "posts": 5 * questions, "comments": 4 * questions}
    return {**said, "votes": 6 * questions, "people": people, "tickets": 50}


# How large a site is, and what else is said to who fills it: the forum's pages do not search.
ROOMS: dict[str, tuple[Callable[[int, int], Sizes], list[str]]] = {
    "desk": (desk_sizes, []),
    "chat": (chat_sizes, ["--unsearched"]),
    "forum": (forum_sizes, ["--unsearched"]),
}
SMALL = 1_000  # tickets or questions, and people
Sender = Callable[[], tuple[int, bytes]]


@dataclass(frozen=True)
class Site:
    """A served site: what asks it for each page, and how many statements each takes."""

    pages: dict[str, Measured]
    queries: dict[str, int]


def open_site(stack: ExitStack, kind: str, size: str, options: argparse.Namespace) -> Site:
    """Fill and serve the small or the large site until the stack is closed."""
    count, people = (SMALL, SMALL) if size == "small" else (options.count, options.people)
    name = f"entraide_scale_{options.room}_{count}_{people}"
    if not options.keep:
        name += f"_{secrets.token_hex(4)}"
    var = stack.enter_context(folder_of(f"{name}-{kind}", options))
    url, store, workers = stack.enter_context(database(kind, size, name, var, options))
    env = environment(url, str(var), store)
    done = var / "filled"
    if done.exists():
        run("manage.py", "migrate", "-v0", env=env)
    else:
        sizes, more = ROOMS[options.room]
        filled(env, sizes(count, people), *more)
        done.touch()
    facts = facts_of(env)
    port, ours = stack.enter_context(served("core.wsgi", env, var / "ours.log"))
    asks = {"Accept-Language": "en", "Accept-Encoding": "gzip"}
    clients = {"visitor": Client(port, asks)}
    for who, cookie in facts["cookies"].items():
        clients[who] = Client(port, {**asks, "Cookie": cookie, "X-CSRFToken": facts["csrf"]})
    return Site(
        pages={
            name: Measured(sender(clients[page[0]], page), lambda: [ours, *workers()])
            for name, page in facts[options.room].items()
            if options.only in name
        },
        queries=facts["queries"],
    )


@contextmanager
def folder_of(name: str, options: argparse.Namespace) -> Iterator[Path]:
    """Give the folder of a site: one that stays, or a passing one."""
    if options.keep:
        folder = Path(options.keep, name).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        yield folder
        return
    with tempfile.TemporaryDirectory() as passing:
        yield Path(passing)


@contextmanager
def database(
    kind: str, size: str, name: str, var: Path, options: argparse.Namespace
) -> Iterator[tuple[str, str, Pids]]:
    """Give the URLs of the database of this name and of its Redis, and who works for them."""
    if kind == "sqlite":
        yield f"sqlite:///{var / 'scale.sqlite3'}", "", list
        return
    import psycopg
    import redis

    beside = urllib.parse.urlsplit(os.environ.get("REDIS_URL", REDIS))
    store = beside._replace(path=f"/{STORES[size]}").geturl()
    facts: Any = redis.Redis.from_url(store).info("server")
    server = os.environ.get("DATABASE_URL", SERVER)
    workers = "SELECT pid FROM pg_stat_activity WHERE datname = %s"
    with psycopg.connect(server, autocommit=True) as connection:
        if not connection.execute(
            "SELECT 1 FROM pg_database WHERE datname = %s", [name]
        ).fetchone():
            connection.execute(f"CREATE DATABASE {name}")
            (var / "filled").unlink(missing_ok=True)
        try:
            yield (
                urllib.parse.urlsplit(server)._replace(path=f"/{name}").geturl(),
                store,
                lambda: [
                    int(facts["process_id"]),
                    *(pid for (pid,) in connection.execute(workers, [name])),
                ],
            )
        finally:
            redis.Redis.from_url(store).flushdb()
            if not options.keep or options.drop:
                connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def sender(client: Client, page: list[str]) -> Sender:
    """Return what asks for a page; "next" goes on to put back what it took."""
    _who, method, path = page
    if method == "GET":
        return lambda: client.send("GET", path)
    part = Client(client.port, {**client.headers, "HX-Request": "true"})
    return lambda: take_and_put_back(part, path)


def take_and_put_back(client: Client, path: str) -> tuple[int, bytes]:
    """Take the next ticket by its form and give it back; as HTMX does, which tells where it is."""
    answer, content = client.exchange("POST", path, f"once={secrets.token_hex(16)}")
    found = re.fullmatch(r"/tickets/[\w-]+", answer.headers.get("HX-Redirect", ""))
    if found is None:
        return 500, b"No ticket was next: " + content
    return client.send("POST", f"{found[0]}/assignment/undo", "undo=1")


def compare(kind: str, options: argparse.Namespace) -> None:
    """Fill two sites of this kind, measure them in turn and print the table."""
    os.sched_setaffinity(0, CORES)
    with ExitStack() as stack:
        small, large = (open_site(stack, kind, size, options) for size in STORES)
        os.sched_setaffinity(0, {1})  # not before: who fills a site may use every core
        rows: dict[str, list[tuple[float, float]]] = {name: [] for name in small.pages}
        try:
            for _round in range(options.rounds):
                for name, pairs in rows.items():
                    pages = (site.pages[name] for site in (small, large))
                    costs = [cpu_per_request(p.send, p.pids, options.seconds) for p in pages]
                    pairs.append((costs[0], costs[1]))
        finally:  # of a run that was broken off, what there is
            show(kind, {name: pairs for name, pairs in rows.items() if pairs}, small, large)


def show(kind: str, rows: dict[str, list[tuple[float, float]]], small: Site, large: Site) -> None:
    """Print a table: milliseconds and statements of both, and the ratio with its budget."""
    print(f"\n{kind}: CPU of server and database a request, milliseconds")
    heads = f"{'small':>10}{'large':>10}{'ratio':>8}{'of least':>10}{'queries':>10}"
    print(f"{'page':38}{heads}   budget {BUDGET}")
    for name, pairs in rows.items():
        few, many = ([pair[side] for pair in pairs] for side in (0, 1))
        ratio = statistics.median(there / here for here, there in pairs)
        queries = f"{small.queries[name]}, {large.queries[name]}"
        verdict = "" if ratio <= BUDGET else "   MISSED"
        print(
            f"{name:38}{statistics.median(few):10.2f}{statistics.median(many):10.2f}{ratio:8.2f}"
            f"{min(many) / min(few):10.2f}{queries:>10}{verdict}",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--databases", default="postgresql,sqlite")
    parser.add_argument("--room", choices=list(ROOMS), default="desk")
    parser.add_argument("--count", type=int, default=100_000, help="tickets, or questions")
    parser.add_argument("--people", type=int, default=90_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1)
    parser.add_argument("--only", default="", help="pages whose name contains this")
    parser.add_argument("--keep", default="", help="a folder where filled sites stay")
    parser.add_argument("--drop", action="store_true", help="drop kept databases at the end")
    options: Any = parser.parse_args()
    for kind in options.databases.split(","):
        compare(kind, options)


if __name__ == "__main__":
    main()
