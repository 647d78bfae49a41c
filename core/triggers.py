"""Rules that the database itself keeps, by triggers made for each vendor.

An app declares its triggers in its triggers.py, imported by ready(). They are made after every
migrate and, on SQLite, dropped before it: SQLite remakes a table when a column or constraint
changes, which loses its triggers without a word, and fails where a trigger reads that table.
This is the project's one use of signals.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connections, transaction


@dataclass(frozen=True)
class Trigger:
    """One rule on one table; the texts are the whole CREATE statements of each vendor.

    needs: a (table, column) without which it is not made, as when a migration was taken back.
    """

    name: str
    table: str
    sqlite: Sequence[str]
    postgresql: Sequence[str]
    needs: tuple[str, str] | None = None


_triggers: list[Trigger] = []


def declare(*triggers: Trigger) -> None:
    """Add rules to be kept; called once each."""
    _triggers.extend(triggers)


def append_only(table: str) -> Trigger:
    """Return the rule that rows of a table are never changed nor deleted."""
    name = f"{table}_append_only"
    return Trigger(
        name=name,
        table=table,
        sqlite=[
            f"CREATE TRIGGER {name}_{verb.lower()} BEFORE {verb} ON {table} BEGIN "
            f"SELECT RAISE(ABORT, '{table} is append-only'); END"
            for verb in ("UPDATE", "DELETE")
        ],
        postgresql=[
            refusing_function(name, f"{table} is append-only"),
            f"CREATE TRIGGER {name} BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {name}()",
        ],
    )


def refusing_function(name: str, message: str, condition: str = "TRUE") -> str:
    """Return a PostgreSQL trigger function that refuses the row when the condition holds."""
    return (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {condition} THEN RAISE EXCEPTION '{message}' USING ERRCODE = 'check_violation'; "
        f"END IF; RETURN COALESCE(NEW, OLD); END $$"  # NEW alone would cancel every DELETE
    )


def create(using: str) -> None:
    """Make every trigger whose table is there, anew.

    Each in one transaction: there is no moment without it, in which what it keeps would be lost,
    and none in which two tables are locked.
    """
    connection = connections[using]
    with connection.cursor() as cursor:
        for trigger in _there(cursor, connection):
            with transaction.atomic(using=using):
                _drop(cursor, trigger, connection.vendor)
                for statement in getattr(trigger, connection.vendor):
                    cursor.execute(statement)


def drop(using: str) -> None:
    """Take every trigger of ours away."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for trigger in _there(cursor, connection):
            _drop(cursor, trigger, connection.vendor)


def _there(cursor: Any, connection: Any) -> list[Trigger]:
    """Return the triggers of this vendor whose table is there, and what else they need."""
    tables = set(connection.introspection.table_names(cursor))

    def has(table: str, column: str) -> bool:
        rows = connection.introspection.get_table_description(cursor, table)
        return column in {row.name for row in rows}

    return [
        trigger
        for trigger in _triggers
        if trigger.table in tables
        and getattr(trigger, connection.vendor)
        and (trigger.needs is None or has(*trigger.needs))
    ]


def _drop(cursor: Any, trigger: Trigger, vendor: str) -> None:
    on = f" ON {trigger.table}" if vendor == "postgresql" else ""
    for name in _names(trigger, vendor):
        cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")


def _names(trigger: Trigger, vendor: str) -> list[str]:
    """Return the names that the vendor's statements create."""
    names = []
    for statement in getattr(trigger, vendor):
        words = statement.split()
        if "TRIGGER" in words[:3]:
            names.append(words[words.index("TRIGGER") + 1])
    return names


def before_migrate(*, using: str, **_facts: Any) -> None:
    """Take the triggers away while SQLite may remake their tables."""
    if connections[using].vendor == "sqlite":
        drop(using)


def after_migrate(*, using: str, **_facts: Any) -> None:
    """Make the triggers."""
    create(using)
