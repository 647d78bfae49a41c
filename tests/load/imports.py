"""`make bench-imports`: how long the imports take, and how much memory at most.

A hosting panel's list of 90,000 sites (`import_sites`, budget 60 s), twice: everything is new, then
nothing is. And a Stack Exchange dump (`import_stackexchange`), the sample and one ten times as big,
each into a database of its own, twice: memory must not grow with the dump. Both on each database.
Always the same files: what is made up comes from one seed. Printed are the seconds from start to
end, and the command's own: of the processor, and memory at most, without mapped files (so, without
PostgreSQL's server).
Exit 1 when a budget does not hold; on a busy machine the seconds of the processor say more.
"""

import argparse
import csv
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.sax.saxutils import quoteattr

from people.imports import COLUMNS
from tests.load.bench import PYTHON, ROOT, database, environment, run
from tests.load.corpus import DUMP

SEED = 20_261_128
MOST_SECONDS = 60
LOOK_SECONDS = 0.05  # between two looks at the memory
MOST_GROWTH = 1.25  # of the memory, for a dump ten times as big
APART = 10_000_000  # between the numbers of one copy of a dump and the next
FILES = ("Users", "Posts", "Comments")
OF_POSTS = ("Id", "PostId", "ParentId", "AcceptedAnswerId")
NUMBERS = (*OF_POSTS, "UserId", "OwnerUserId", "LastEditorUserId", "AccountId")
LEVELS = """
from people.models import GuaranteeLevel
GuaranteeLevel.objects.create(slug="free", is_default=True)
GuaranteeLevel.objects.create(slug="guaranteed")
"""
CMS = ("wordpress", "spip", "drupal", "none")


@dataclass(frozen=True)
class Run:
    """What a command printed, and took."""

    said: dict[str, Any]
    seconds: float
    cpu_seconds: float
    megabytes: float


def write_sites(path: Path, count: int) -> None:
    """Write a panel's list: five sites of six have an owner of their own, half an organisation."""
    chance = random.Random(SEED)
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.DictWriter(file, COLUMNS)
        rows.writeheader()
        for number in range(count):
            owner = number if chance.random() < 5 / 6 else chance.randrange(number + 1)
            of_one = chance.random() < 0.5
            rows.writerow(
                {
                    "external_id": f"s{number}",
                    "domain": f"site{number}.example.org",
                    "owner_external_id": f"p{owner}",
                    "owner_email": f"p{owner}@people.example",
                    "owner_name": f"Élodie Née {owner}",
                    "owner_language": ("fr", "en", "es", "de", "ar")[owner % 5],
                    "organisation_external_id": f"o{owner // 3}" if of_one else "",
                    "organisation_name": f"Association {owner // 3}" if of_one else "",
                    "level": chance.choice(("free", "free", "guaranteed")),
                    "platform": f"php=8.{chance.randrange(5)};cms={chance.choice(CMS)}",
                }
            )


def write_dump(sample: Path, folder: Path, times: int) -> None:
    """Write a dump of so many times the sample's rows, under numbers of their own.

    Texts have the sample's words in another order, paragraph by paragraph.
    """
    chance = random.Random(SEED)
    for name in FILES:
        with (folder / f"{name}.xml").open("w", encoding="utf-8") as file:
            file.write(f'<?xml version="1.0" encoding="utf-8"?>\n<{name.lower()}>\n')
            for copy in range(times):
                for row in _rows(sample / f"{name}.xml"):
                    if copy and row["Id"] == "-1":  # there is one of them
                        continue
                    facts = dict(_copied(row, copy, chance))
                    words = " ".join(f"{key}={quoteattr(text)}" for key, text in facts.items())
                    file.write(f"  <row {words} />\n")
            file.write(f"</{name.lower()}>\n")


def _rows(path: Path) -> Iterator[dict[str, str]]:
    for _event, element in ElementTree.iterparse(path):
        if element.tag == "row":
            yield element.attrib
        element.clear()


def _copied(row: dict[str, str], copy: int, chance: random.Random) -> Iterator[tuple[str, str]]:
    for name, value in row.items():
        if name in NUMBERS and value != "-1":
            yield name, str(int(value) + copy * APART)
        elif name == "Body" and copy:
            parts = value.split("\n\n")
            yield name, "\n\n".join(chance.sample(parts, len(parts)))
        else:
            yield name, value


def measured(env: dict[str, str], *command: str) -> Run:
    """Run a command of manage.py; ends the program when it fails."""
    start, most = time.monotonic(), 0
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(
            [PYTHON, "manage.py", *command, "--json"], env=env, cwd=ROOT, stdout=said
        )
        ended = 0
        while not ended:
            most = max(most, own_kilobytes(process.pid))
            time.sleep(LOOK_SECONDS)
            ended, status, used = os.wait4(process.pid, os.WNOHANG)
        if status:
            sys.exit(f"{command[0]} failed.")
        said.seek(0)
        cpu = used.ru_utime + used.ru_stime
        return Run(json.loads(said.read()), time.monotonic() - start, cpu, most / 1024)


def own_kilobytes(pid: int) -> int:
    """Return the memory of a process without the files mapped into it; 0 of one that ended.

    SQLite maps up to 128 MB of its file (core/databases.py), which the system takes back at will.
    """
    found = re.search(r"RssAnon:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) if found else 0


def show(title: str, found: Run, *names: str) -> None:
    said = ", ".join(f"{found.said[name]:,} {name}" for name in names)
    took = f"{found.seconds:8.1f} s{found.cpu_seconds:8.1f} s CPU{found.megabytes:8.0f} MB"
    print(f"{title:36}{took}   {said}", flush=True)


def twice(kind: str, title: str, names: tuple[str, ...], *command: str) -> list[Run]:
    """Import the same into a fresh database of this kind, two times over."""
    with tempfile.TemporaryDirectory() as var, database(kind, Path(var)) as (url, _workers):
        env = environment(url, var)
        run("manage.py", "migrate", "-v0", env=env)
        run("manage.py", "shell", "-v0", "-c", LEVELS, env=env)
        runs = []
        for which in ("first", "again"):
            runs.append(measured(env, *command))
            show(f"{kind}, {title}, {which}", runs[-1], *names)
    return runs


def measure_sites(kind: str, folder: Path, options: argparse.Namespace) -> bool:
    """Measure the list of sites on a database of this kind; return whether the budget holds."""
    write_sites(folder / "sites.csv", options.sites)
    names, path = ("created", "unchanged", "skipped"), str(folder / "sites.csv")
    runs = twice(kind, f"{options.sites:,} sites", names, "import_sites", path)
    met = max(found.seconds for found in runs) <= MOST_SECONDS
    print(f"{'':4}budget {MOST_SECONDS} s: {'met' if met else 'MISSED'}", flush=True)
    return met


def measure_dumps(kind: str, folder: Path, options: argparse.Namespace) -> bool:
    """Measure the dump and the larger one in the same way."""
    if not (options.dump / "Posts.xml").is_file():
        sys.exit(f"There is no dump in {options.dump}: name one with --dump.")
    write_dump(options.dump, folder, options.times)
    names, command = ("questions", "answers", "comments"), "import_stackexchange"
    few = twice(kind, "the sample", names, command, str(options.dump))
    lot = twice(kind, f"{options.times} times it", names, command, str(folder))
    growth = max(there.megabytes / here.megabytes for here, there in zip(few, lot, strict=True))
    met = growth <= MOST_GROWTH
    verdict = "met" if met else "MISSED"
    print(f"{'':4}memory {growth:.2f} times (at most {MOST_GROWTH}): {verdict}", flush=True)
    return met


PARTS = {"sites": measure_sites, "dumps": measure_dumps}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--sites", type=int, default=90_000)
    parser.add_argument("--dump", type=Path, default=DUMP)
    parser.add_argument("--times", type=int, default=10, help="how much bigger the other dump is")
    parser.add_argument("--only", choices=list(PARTS), help="one of the two imports")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        met = [
            measure(kind, Path(made), options)
            for kind in options.databases.split(",")
            for name, measure in PARTS.items()
            if options.only in (None, name)
        ]
    sys.exit(not all(met))


if __name__ == "__main__":
    main()
