"""Django's PostgreSQL, but for how moments are read, and that no statement is compiled.

Django's loader is Python over psycopg's Python, 4 µs a moment; a page of the queue has 200 of them.
PostgreSQL compiles a statement that it believes to be long, which takes longer than any of ours: to
be told a plan with words took 4 ms in place of 1. Nor does it share one out among processes: plans
are read whole (helpdesk.words).
"""

from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.backends.postgresql import base
from psycopg.adapt import AdaptersMap
from psycopg.pq import Format

PLAIN = (
    "SELECT set_config('jit', 'off', false), "
    "set_config('max_parallel_workers_per_gather', '0', false)"
)


class DatabaseWrapper(base.DatabaseWrapper):
    def get_connection_params(self) -> dict[str, Any]:
        parameters: dict[str, Any] = super().get_connection_params()
        return {**parameters, "context": _with_quick_moments(parameters["context"])}

    def _configure_connection(self, connection: Any) -> bool:
        # By a statement: what a connection is opened with, a pooler such as PgBouncer refuses.
        with connection.cursor() as cursor:
            cursor.execute(PLAIN)
        super()._configure_connection(connection)  # type: ignore[misc]  # the stubs lack it
        return True


@lru_cache(maxsize=4)
def _with_quick_moments(adapters: AdaptersMap) -> AdaptersMap:
    """Return Django's adapters with a loader beside which everything unusual goes its old way."""
    djangos: Any = adapters.get_loader(base.TIMESTAMPTZ_OID, Format.TEXT)

    class MomentLoader(djangos):  # type: ignore[misc]
        def load(self, data: Any) -> Any:
            try:
                moment = datetime.fromisoformat(str(data, "ascii"))
            except ValueError:  # beyond Python's years, or in another style
                return super().load(data)
            # As Django does: the session speaks the zone that is asked for.
            return moment.replace(tzinfo=self.timezone)

    quick = AdaptersMap(adapters)
    quick.register_loader("timestamptz", MomentLoader)
    return quick
