"""What every page asks of the person who reads it, in the one query that reads the person."""

from typing import Any

from django.db.models import IntegerField, OuterRef, Subquery, TextField

from core.prepared import Prepared
from people.models.notices import Notice
from people.models.person import GRANT_FIELDS, Person, RoleGrant

MOST_UNREAD = 99  # more are not told apart
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


class Counted(Subquery):
    """How many rows a query set has, which may be a slice."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


def _with_standing(person_id: int) -> Any:
    grants = RoleGrant.objects.filter(person=OuterRef("pk")).order_by("pk").values(*GRANT_FIELDS)
    unread = Notice.objects.unread().filter(person=OuterRef("pk"))[:MOST_UNREAD]
    rows: Any = Person.objects.filter(pk=person_id)
    return rows.annotate(
        grant_rows=RowsAsJson(grants),
        unread_notices=Counted(unread.values("pk")),
    )


_readers: Prepared[Person] = Prepared(_with_standing)


def reader(person_id: int) -> Person | None:
    """Return a person with `grant_rows`, read by Person.grants, and `unread_notices`."""
    return next(iter(_readers(person_id)), None)
