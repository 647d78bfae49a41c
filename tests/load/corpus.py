"""`make bench-weight`: how heavy the pages of a real corpus are for who comes first.

Imports a Stack Exchange dump into a database of its own, serves it in production mode, and loads
every question's page with all it names. Figures are bytes as they travel, as our server sends them
and (what a proxy before it may do) with Brotli; and those of a workshop's pack of the same
questions. Exit 1 when a budget of issue "The forum where an answer can be trusted" does not hold.
"""

import argparse
import json
import statistics
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.load.bench import ROOT, environment, run, served
from tests.load.measuring import Client
from tests.load.weight import as_brotli, linked, unpacked

DUMP = ROOT.parent / "shared" / "data" / "stackexchange-history-meta"
ASKS = {"Accept-Language": "en", "Accept-Encoding": "gzip, deflate, br"}
LIST_ROWS, LIST_WANTED = 25, 30
# In bytes, of what is sent; requests besides images.
BUDGET = {
    "question, 95th percentile": 14_000,
    "question, 99th percentile": 25_000,
    "list of 30": 10_000,
    "JavaScript, Brotli": 15_000,
    "requests besides images": 3,
    "question signed in, everything": 40_000,
    "pack, left out for want of room": 0,
    "pack, everything": 5_000_000,
}


@dataclass
class Loaded:
    """What a page took, by kind: as sent and with Brotli; requests besides images."""

    sent: dict[str, int] = field(default_factory=dict)
    brotli: dict[str, int] = field(default_factory=dict)
    requests: int = 0

    def of(self, *kinds: str) -> int:
        return sum(self.sent.get(kind, 0) for kind in kinds)


class Visitor:
    """Loads pages as a first visit does; what many name is fetched once, counted always."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._kept: dict[str, tuple[bytes, str]] = {}

    def load(self, path: str) -> Loaded:
        todo, seen, found = [path], {path}, Loaded()
        while todo:
            at = todo.pop()
            body, encoding = self._fetch(at)
            kind = kind_of(at)
            found.requests += kind != "image"
            found.sent[kind] = found.sent.get(kind, 0) + len(body)
            found.brotli[kind] = found.brotli.get(kind, 0) + as_brotli(body, encoding)
            for other in linked(at, unpacked(body, encoding)):
                if "//" not in other and other not in seen:
                    seen.add(other)
                    todo.append(other)
        return found

    def _fetch(self, path: str) -> tuple[bytes, str]:
        if "/static/" not in path:
            return self._client.fetch(path)
        if path not in self._kept:
            self._kept[path] = self._client.fetch(path)
        return self._kept[path]


def kind_of(path: str) -> str:
    """Return what a path holds, by its ending."""
    ending = path.partition("?")[0].rpartition(".")[2]
    kinds = {"css": "css", "js": "js"}
    images = dict.fromkeys(("svg", "png", "jpg", "webp", "ico"), "image")
    return {**kinds, **images}.get(ending, "html" if "/static/" not in path else "other")


def percentile(numbers: list[int], share: float) -> int:
    """Return the smallest number that so large a share does not exceed (nearest rank)."""
    ordered = sorted(numbers)
    return ordered[max(0, -(-len(ordered) * int(share * 100) // 100) - 1)]


def measured(port: int, paths: list[str], cookie: str) -> dict[str, int]:
    """Return the figures of the budget."""
    visitor = Visitor(Client(port, ASKS))
    pages = [visitor.load(path) for path in paths]
    text = [page.of("html", "css") for page in pages]
    full, empty = (visitor.load(f"/questions{query}") for query in ("", "?language=ar"))
    rows = full.of("html") - empty.of("html")
    known = Visitor(Client(port, {**ASKS, "Cookie": cookie}))
    heaviest = paths[text.index(percentile(text, 0.95))]
    return {
        "question, median": int(statistics.median(text)),
        "question, 95th percentile": percentile(text, 0.95),
        "question, 99th percentile": percentile(text, 0.99),
        "question, heaviest": max(text),
        "list of 30": full.of("html", "css") + rows * (LIST_WANTED - LIST_ROWS) // LIST_ROWS,
        "CSS": full.of("css"),
        "JavaScript, Brotli": max(page.brotli.get("js", 0) for page in pages),
        "requests besides images": max(page.requests for page in pages),
        "question signed in, everything": sum(known.load(heaviest).sent.values()),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dump", type=Path, default=DUMP)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    if not (options.dump / "Posts.xml").is_file():
        sys.exit(f"There is no dump in {options.dump}: name one with --dump.")
    with tempfile.TemporaryDirectory() as var:
        env = environment(f"sqlite:///{var}/corpus.sqlite3", var)
        run("manage.py", "migrate", "-v0", env=env)
        run("manage.py", "collectstatic", "--noinput", "-v0", env=env)
        run("manage.py", "import_stackexchange", str(options.dump), env=env)
        facts: dict[str, Any] = json.loads(run("-m", "tests.load.corpus_facts", env=env))
        with served("core.wsgi", env, Path(var, "ours.log")) as (port, _process):
            found = measured(port, facts["paths"], facts["cookie"]) | facts["pack"]
    show(found, len(facts["paths"]), as_json=options.json)
    sys.exit(any(found[name] > most for name, most in BUDGET.items()))


def show(found: dict[str, int], pages: int, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"questions": pages, **found}))
        return
    print(f"{pages} questions, HTML and CSS in bytes as sent (first visit):")
    for name, value in found.items():
        budget = f"(at most {BUDGET[name]:,})" if name in BUDGET else ""
        print(f"{name:32}{value:>9,} {budget}")


if __name__ == "__main__":
    main()
