"""An empty database gets its tables at once: they are those the migrations leave, one by one."""

import os
import sqlite3
import subprocess
import sys
import urllib.parse
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

ON_POSTGRESQL = {
    "columns": """
        select table_name, column_name, data_type, character_maximum_length, is_nullable,
               column_default, is_identity, generation_expression
        from information_schema.columns where table_schema = 'public'""",
    "constraints": """
        select conrelid::regclass::text, conname, pg_get_constraintdef(oid)
        from pg_constraint where connamespace = 'public'::regnamespace""",
    "indexes": "select tablename, indexname, indexdef from pg_indexes where schemaname = 'public'",
    "triggers": """
        select tgrelid::regclass::text, tgname, pg_get_triggerdef(oid)
        from pg_trigger where not tgisinternal""",
    "extensions": "select extname from pg_extension",
}


@pytest.mark.django_db
def test_tables_made_at_once_are_those_that_all_migrations_leave(tmp_path):
    with database(tmp_path, "at_once") as at_once, database(tmp_path, "step_by_step") as steps:
        migrate(at_once)
        migrate(steps, "--steps")

        made, grown = tables_of(at_once), tables_of(steps)

    assert len(made) > 500
    assert sorted(map(str, made - grown)) == sorted(map(str, grown - made)) == []


@pytest.mark.django_db
def test_tables_are_made_wholly_or_not_at_all(tmp_path):
    """An extension that may not be made, a full disk: what is begun again begins from nothing."""
    with database(tmp_path, "broken") as url:
        migrate(url, breaking=True)
        assert tables_of(url, but_for="extensions") == set()

        migrate(url)
        assert len(tables_of(url)) > 500


@contextmanager
def database(folder: Path, name: str) -> Iterator[str]:
    """Return the address of a new database of this run's vendor, which goes again."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{folder / name}.sqlite3"
        return
    name = f"{connection.settings_dict['NAME']}_{name}"
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name}")
        cursor.execute(f"CREATE DATABASE {name}")
        yield urllib.parse.urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


BREAKING = """
import sys
from unittest import mock
from django.core.management import execute_from_command_line
from django.db.migrations.recorder import MigrationRecorder
record = MigrationRecorder.record_applied

def broken(self, app, name):
    if (app, name) == ("workshops", "0001_first"):
        raise SystemExit(3)
    record(self, app, name)

with mock.patch.object(MigrationRecorder, "record_applied", broken):
    execute_from_command_line(["manage.py", "migrate"])
"""


def migrate(url: str, *options: str, breaking: bool = False) -> None:
    """Migrate a database in a process of its own, as it is done to a site."""
    command = ["-c", BREAKING] if breaking else ["manage.py", "migrate", "-v0", *options]
    done = subprocess.run(
        [sys.executable, *command],
        cwd=settings.BASE_DIR,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "core.settings",
            "DATABASE_URL": url,
            "ENTRAIDE_VAR": str(settings.VAR),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == (3 if breaking else 0), done.stderr


def tables_of(url: str, but_for: str = "") -> set[tuple[Any, ...]]:
    """Return all that a database holds of columns, constraints, indexes, triggers and rows."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as held:
            return set(_of_sqlite(held))
    import psycopg

    with psycopg.connect(url) as held:
        facts = {
            (kind, *row)
            for kind, statement in ON_POSTGRESQL.items()
            if kind != but_for
            for row in held.execute(statement)
        }
        names = {row[1] for row in facts if row[0] == "columns"}
        counted = {(name, *_count(held, name)) for name in names}
    return facts | counted


def _of_sqlite(held: sqlite3.Connection) -> Iterator[tuple[Any, ...]]:
    """Columns may come in another order: nothing here asks for them by number."""
    for name, statement in held.execute("select name, sql from sqlite_master"):
        if name == "sqlite_sequence":  # SQLite's own, a row each table that ever had one
            continue
        if statement and statement.startswith("CREATE TABLE"):
            begin = statement.index("(")
            yield name, statement[:begin]
            yield from ((name, part.strip()) for part in _parts(statement[begin + 1 : -1]))
            yield name, *_count(held, name)
        else:
            yield name, statement


def _parts(columns: str) -> Iterator[str]:
    """Return what stands between the commas outside all brackets."""
    depth, begin = 0, 0
    for at, letter in enumerate(columns):
        depth += (letter == "(") - (letter == ")")
        if letter == "," and not depth:
            yield columns[begin:at]
            begin = at + 1
    yield columns[begin:]


def _count(held: Any, table: str) -> tuple[int]:
    found: tuple[int] = held.execute(f'select count(*) from "{table}"').fetchone()
    return found
