"""Ids as one parameter, however many they are: the statement stays the same, and is soon made."""

import json
from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import F, Lookup

AMONG = {"sqlite": "IN (SELECT value FROM json_each(%s))", "postgresql": "= ANY(%s)"}


def parameter_of(ids: Iterable[int]) -> Any:
    """Return the ids as AMONG takes them."""
    found = list(ids)
    return json.dumps(found) if connection.vendor == "sqlite" else found


def among(field: str, ids: Iterable[int]) -> "Among":
    """Return the condition that a field is one of these ids: `filter(among("pk", ids))`."""
    return Among(F(field), list(ids))


class Among(Lookup[Any]):
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        column, parameters = self.process_lhs(compiler, connection)
        return f"{column} {AMONG[connection.vendor]}", [*parameters, parameter_of(self.rhs)]
