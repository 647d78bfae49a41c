"""Conditions that are looked at row by row, while a list is walked in its own order until a page
is full. Both databases would rather go through all there is first, for a page of twenty-five.
"""

from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import CharField, Exists, PositiveIntegerField, Subquery, Value
from django.db.models.lookups import Exact


@CharField.register_lookup
@PositiveIntegerField.register_lookup
class Walked(Exact):
    """Whether a value is equal, as in `visibility__walked="visible"`; on SQLite without an index.

    It would collect all that is visible by one and sort it: where it has no statistics, or where
    the condition stands in an OR.
    """

    lookup_name = "walked"

    def get_rhs_op(self, connection: Any, rhs: str) -> str:
        return str(connection.operators["exact"] % rhs)

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        sql, parameters = self.as_sql(compiler, connection)
        # A plus sign changes no value. Source: https://www.sqlite.org/optoverview.html, 2.
        return f"+{sql}", parameters


class Found(Exists):
    """Whether a query set that names the row (OuterRef) finds anything; as Exists, and with `~`.

    PostgreSQL answers an EXISTS among what is selected, or in an OR, from a table of all that could
    be asked for, since it counts on every row of the list: 2 s of 100,000 questions with their
    accepted answers. A subquery for one value it asks for each row it comes to.
    """

    template = "(%(subquery)s) IS NOT NULL"

    def __invert__(self) -> "NotFound":  # type: ignore[override]
        return NotFound(self.query)


class NotFound(Exists):
    """Whether it finds nothing. Of this form PostgreSQL believes that nearly all rows fulfil it,
    of IS NULL that hardly one does: then it would collect them all before it sorts.
    """

    template = "COALESCE((%(subquery)s), 0) <> 1"

    def as_sql(self, compiler: Any, *args: Any, **kwargs: Any) -> Any:
        """Hold for every row where the query set is none(); Exists would say that none is there."""
        try:
            return Subquery.as_sql(self, compiler, *args, **kwargs)
        except EmptyResultSet:
            return compiler.compile(Value(True))
