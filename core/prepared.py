"""Query sets whose statement is made once a process: making one takes longer than asking it."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)


class Prepared(Generic[M]):
    """A query set of whole numbers, such as ids: `Prepared(lambda room_id: Room.objects…)`.

    Called with the numbers it returns the rows, annotated and deferred as built. No
    select_related, and nothing in it may depend on the moment or on who asks.
    """

    def __init__(self, build: Callable[..., QuerySet[M]]) -> None:
        self._build = build
        self._made: dict[str, tuple[type[M], str, tuple[Any, ...]]] = {}

    def __call__(self, *numbers: int) -> list[M]:
        if connection.vendor not in self._made:
            self._made[connection.vendor] = self._make(len(numbers))
        model, statement, parameters = self._made[connection.vendor]
        # A negative parameter stands for a number, and knows how this database wants it.
        filled = [
            type(value)(numbers[-value - 1]) if _is_place(value) else value for value in parameters
        ]
        return list(model._default_manager.raw(statement, filled))

    def _make(self, count: int) -> tuple[type[M], str, tuple[Any, ...]]:
        rows = self._build(*(-place for place in range(1, count + 1)))
        statement, parameters = rows.query.sql_with_params()
        return rows.model, statement, parameters


def _is_place(value: Any) -> bool:
    return isinstance(value, int) and value < 0
