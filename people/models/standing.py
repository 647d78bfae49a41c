"""What every page asks of the person who reads it, in the one query that reads the person."""

from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import Count, IntegerField, OuterRef, Subquery, TextField

from people.models.notices import Notice
from people.models.person import GRANT_FIELDS, Person, RoleGrant

AS_JSON = {
    "sqlite": "(SELECT json_group_array(json_object(%(pairs)s)) FROM (%%(subquery)s))",
    "postgresql": "(SELECT coalesce(json_agg(t), '[]')::text FROM (%%(subquery)s) AS t)",
}


class RowsAsJson(Subquery):
    """The grants of a query set of GRANT_FIELDS as one JSON text."""

    output_field = TextField()

    def as_sql(self, compiler: Any, connection: Any, template: Any = None, **extra: Any) -> Any:
        pairs = ", ".join(f"'{name}', {name}" for name in GRANT_FIELDS)
        template = AS_JSON[connection.vendor] % {"pairs": pairs}
        return super().as_sql(compiler, connection, template, **extra)


def reader(person_id: int) -> Person | None:
    """Return a person with `grant_rows`, read by Person.grants, and `unread_notices`.

    The statement is made once a process: making it took longer than asking it.
    """
    rows = Person.objects.raw(_statement(connection.vendor), [person_id])
    return next(iter(rows), None)


@lru_cache
def _statement(vendor: str) -> str:
    grants = RoleGrant.objects.filter(person=OuterRef("pk")).order_by("pk").values(*GRANT_FIELDS)
    unread = Notice.objects.unread().filter(person=OuterRef("pk")).values("person")
    counted = unread.annotate(number=Count("pk")).values("number")
    rows: Any = Person.objects.filter(pk=0)
    rows = rows.annotate(
        grant_rows=RowsAsJson(grants),
        unread_notices=Subquery(counted, output_field=IntegerField()),
    )
    return str(rows.query.sql_with_params()[0])  # its one parameter is the key
