"""A condition that is looked at row by row, while a list is walked in its own order.

SQLite would rather collect all rows that fulfil it by an index and sort them, where it has no
statistics, or where the condition stands beside an OR: nearly all of the table, for one page.
Use: `visibility__walked="visible"`.
"""

from typing import Any

from django.db.models import CharField
from django.db.models.lookups import Exact


@CharField.register_lookup
class Walked(Exact):  # type: ignore[type-arg]
    """Whether a value is equal; on SQLite no index is used for it."""

    lookup_name = "walked"

    def get_rhs_op(self, connection: Any, rhs: str) -> str:
        return str(connection.operators["exact"] % rhs)

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        sql, parameters = self.as_sql(compiler, connection)
        # A plus sign changes no value. Source: https://www.sqlite.org/optoverview.html, 2.
        return f"+{sql}", parameters
