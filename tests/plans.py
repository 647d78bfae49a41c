"""How SQLite goes about what a page asks, to tell what costs more on a larger site.

A statement is bounded when it reaches every row by a key of few (a row's id, a person, a question),
or walks an index in the order of its list and stops when a page is full. What goes through a whole
table, or through all that is visible to sort it, is not.
"""

import re
from collections.abc import Callable
from typing import Any

from django.db import connection

# Columns with few values: an index on these alone finds a large part of the table.
COARSE = {
    "answer_count",
    "internal",
    "kind",
    "language",
    "level_version_id",
    "queue_id",
    "state",
    "tag_id",
    "visibility",
    "waits_for",
}
# What an association has a few of, or a few hundred.
SMALL = {
    "ahead",  # the tickets that one was merged into
    "counted",  # a subquery of our own
    "forum_platform",
    "forum_platformversion",
    "forum_tag",
    "forum_tagname",
    "helpdesk_namedstate",
    "helpdesk_queue",
    "helpdesk_savedview",
    "helpdesk_ticketfield",
    "people_guaranteelevel",
    "people_guaranteelevelversion",
    "people_skill",
    "workshops_workshop",
}
STEP = re.compile(
    r"(SCAN|SEARCH) (\w+)(?: USING (?:COVERING )?(?:INTEGER PRIMARY KEY|INDEX \w+))?(?: \((.*)\))?"
)


def unbounded(do: Callable[[], Any]) -> list[str]:
    """Return the steps of what `do` asks that grow with the site."""
    asked: list[tuple[str, Any]] = []

    def keep(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(keep):
        do()
    return [
        line for sql, params in asked if sql.startswith("SELECT") for line in _grow(sql, params)
    ]


def _grow(sql: str, params: Any) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params)
        steps = [row[3] for row in cursor.fetchall()]
    if "LIMIT" in sql and not any("TEMP B-TREE FOR ORDER" in step for step in steps):
        return []
    names = {alias: table for table, alias in re.findall(r'"(\w+)" (\w\d+)\b', sql)}
    return [f"{step}: {sql}" for step in steps if _is_coarse(step, names)]


def _is_coarse(step: str, names: dict[str, str]) -> bool:
    if "VIRTUAL TABLE INDEX" in step:  # FTS5 says "=" where it looks for one row
        return "=" not in step and "json_each" not in step  # ids given as one parameter
    found = STEP.match(step)
    if found is None or names.get(found[2], found[2]) in SMALL:
        return False
    if any(f"INDEX {table}_" in step for table in SMALL):  # one alias may stand for several tables
        return False
    columns = re.findall(r"(\w+)=\?", found[3] or "")
    return found[1] == "SCAN" or (not set(columns) - COARSE)
