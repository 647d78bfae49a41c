"""`make bench-scale`: what pages cost on a small and on a large site, of one room at a time.

The help desk with 1,000 tickets and with 100,000; with `--room forum`, the forum with 1,000
questions and with 100,000 (400,000 answers, a million comments and votes).

Two sites of one seed are filled and served side by side on core 0, as tests/load/bench.py serves
one; each round asks both for the same page, one after the other, and the median of the ratios of
their CPU (server and database) is printed. "next" takes a ticket and puts it back.
"""

import argparse
import os
import re
import secrets
import statistics
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.load.bench import database, environment, prepared, served
from tests.load.measuring import Client, Measured, cpu_per_request

BUDGET = 1.3
Sizes = dict[str, int]


def desk_sizes(tickets: int, people: int) -> Sizes:
    """The forum is the same: what grows is the help desk."""
    return {"topics": 500, "posts": 2_500, "people": people, "tickets": tickets}


def forum_sizes(questions: int, people: int) -> Sizes:
    """Four answers a question, four comments and six votes; fifty tickets."""
    said = {"topics": questions, "posts": 5 * questions, "comments": 4 * questions}
    return {**said, "votes": 6 * questions, "people": people, "tickets": 50}


# How large a site is, and what else is said to who fills it: the forum's pages do not search.
ROOMS: dict[str, tuple[Callable[[int, int], Sizes], list[str]]] = {
    "desk": (desk_sizes, []),
    "forum": (forum_sizes, ["--unsearched"]),
}
SMALL = 1_000  # tickets or questions, and people
Sender = Callable[[], tuple[int, bytes]]


@dataclass(frozen=True)
class Site:
    """A served site: what asks it for each page, and how many statements each takes."""

    pages: dict[str, Measured]
    queries: dict[str, int]


def open_site(
    stack: ExitStack, kind: str, count: int, people: int, options: argparse.Namespace
) -> Site:
    """Fill and serve a site until the stack is closed."""
    var = stack.enter_context(tempfile.TemporaryDirectory())
    url, workers = stack.enter_context(database(kind, Path(var)))
    env = environment(url, var)
    sizes, more = ROOMS[options.room]
    facts = prepared(env, sizes(count, people), *more)
    port, ours = stack.enter_context(served("core.wsgi", env, Path(var, "ours.log")))
    asks = {"Accept-Language": "en", "Accept-Encoding": "gzip"}
    known = {"Cookie": facts["cookie"], "X-CSRFToken": facts["csrf"]}
    clients = {"visitor": Client(port, asks), "agent": Client(port, {**asks, **known})}
    return Site(
        pages={
            name: Measured(sender(clients[page[0]], page), lambda: [ours, *workers()])
            for name, page in facts[options.room].items()
            if options.only in name
        },
        queries=facts["queries"],
    )


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
    with ExitStack() as stack:
        small_site = open_site(stack, kind, SMALL, SMALL, options)
        large_site = open_site(stack, kind, options.count, options.people, options)
        rows: dict[str, list[tuple[float, float]]] = {name: [] for name in small_site.pages}
        for _round in range(options.rounds):
            for name, pairs in rows.items():
                costs = [
                    cpu_per_request(site.pages[name].send, site.pages[name].pids, options.seconds)
                    for site in (small_site, large_site)
                ]
                pairs.append((costs[0], costs[1]))
    show(kind, rows, small_site, large_site)


def show(kind: str, rows: dict[str, list[tuple[float, float]]], small: Site, large: Site) -> None:
    """Print a table: milliseconds and statements of both, and the ratio with its budget."""
    print(f"\n{kind}: CPU of server and database a request, milliseconds")
    print(f"{'page':20}{'1,000':>10}{'large':>10}{'ratio':>8}{'budget':>8}{'queries':>10}")
    for name, pairs in rows.items():
        few = statistics.median(cost for cost, _other in pairs)
        many = statistics.median(cost for _other, cost in pairs)
        ratio = statistics.median(there / here for here, there in pairs)
        queries = f"{small.queries[name]}, {large.queries[name]}"
        verdict = "" if ratio <= BUDGET else "  MISSED"
        print(
            f"{name:20}{few:10.2f}{many:10.2f}{ratio:8.2f}{BUDGET:8.1f}{queries:>10}{verdict}",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--databases", default="postgresql,sqlite")
    parser.add_argument("--room", choices=list(ROOMS), default="desk")
    parser.add_argument("--count", type=int, default=100_000, help="tickets, or questions")
    parser.add_argument("--people", type=int, default=90_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--only", default="", help="pages whose name contains this")
    options: Any = parser.parse_args()
    os.sched_setaffinity(0, {1})
    for kind in options.databases.split(","):
        compare(kind, options)


if __name__ == "__main__":
    main()
