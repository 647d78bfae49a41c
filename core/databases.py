"""How the database of DATABASE_URL is spoken to."""

import os
from pathlib import Path
from typing import Any

SQLITE, POSTGRESQL = "django.db.backends.sqlite3", "django.db.backends.postgresql"
OURS = {SQLITE: "core.sqlite", POSTGRESQL: "core.postgresql"}
# The threads of a process that ask the database: of pages (core.threads), of sockets (core.lanes).
PAGE_THREADS = 8
LANE_THREADS = {"reader": 4, "keeper": 2, "apart": 2}
# A lane's thread keeps its connection, a page's has it for one request. With fewer than threads,
# pages would wait for each other at peak, and sockets for pages: with 12, four pages of eight.
MOST_CONNECTIONS = PAGE_THREADS + sum(LANE_THREADS.values())


def with_options(database: dict[str, Any], *, test_file: Path, test_name: str) -> dict[str, Any]:
    """Return an entry of settings.DATABASES with its options.

    test_file: of the tests on SQLite. test_name: of those elsewhere; empty: one a process.
    """
    if database["ENGINE"] == SQLITE:
        # A file, since a live server cannot share memory.
        test = {"NAME": str(test_file)}
        return {
            **database,
            "ENGINE": OURS[SQLITE],
            "OPTIONS": _of_sqlite(),
            "CONN_MAX_AGE": 60,  # a new one reads the whole schema: milliseconds a request
            "TEST": test,
        }
    return {
        **database,
        "ENGINE": OURS.get(database["ENGINE"], database["ENGINE"]),
        "OPTIONS": {
            **database.get("OPTIONS", {}),  # of DATABASE_URL, such as ?sslmode=verify-full
            "pool": {"min_size": 1, "max_size": MOST_CONNECTIONS, "timeout": 20},
            # Statements are planned once a connection, not each time.
            "server_side_binding": True,
            "prepare_threshold": 3,
        },
        "CONN_MAX_AGE": 0,
        "TEST": {"NAME": test_name or f"test_entraide_{os.getpid()}"},
    }


def _of_sqlite() -> dict[str, Any]:
    """Return the options of SQLite.

    Immediate transactions take the write lock at their start: no "database is locked" in mid-air.
    Who waits for it has their turn (core.sqlite).
    """
    return {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
            "PRAGMA cache_size=-32000; PRAGMA mmap_size=134217728;"
        ),
    }
