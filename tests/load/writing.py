"""Rows written past the ORM's INSERTs: COPY on PostgreSQL, one prepared INSERT on SQLite."""

from collections.abc import Iterable
from typing import Any, TypeVar

from django.db import connection, transaction
from django.db.models import Max, Model

M = TypeVar("M", bound=Model)


def write(model: type[M], rows: Iterable[M]) -> list[M]:
    """Write unsaved rows of a model, numbered on from the highest id; return them.

    Nobody else may write to the table meanwhile.
    """
    made = list(rows)
    auto = model._meta.auto_field
    if auto is not None:
        last = model._default_manager.aggregate(last=Max("pk"))["last"] or 0
        for number, row in enumerate(made, last + 1):
            row.pk = number
    fields: list[Any] = [field for field in model._meta.concrete_fields if not field.generated]
    values = (
        [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
        for row in made
    )
    quote = connection.ops.quote_name
    table = quote(model._meta.db_table)
    columns = ", ".join(quote(field.column) for field in fields)
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            _copy(cursor, f"COPY {table} ({columns}) FROM STDIN", values)
            _go_on_after(cursor, model)
        else:
            marks = ", ".join(["%s"] * len(fields))
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", list(values))
    return made


def _copy(cursor: Any, statement: str, values: Iterable[list[Any]]) -> None:
    with cursor.copy(statement) as copy:
        for row in values:
            copy.write_row(row)


def _go_on_after(cursor: Any, model: type[Model]) -> None:
    """Let the table's own numbers begin after those that were given."""
    from django.core.management.color import no_style

    for statement in connection.ops.sequence_reset_sql(no_style(), [model]):
        cursor.execute(statement)
