"""Query sets whose statement is made once a process: making one takes longer than asking it."""

import inspect
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)
FIRST_PLACE = -(2**31)  # what stands for the first number while a statement is made: no id of ours


class Prepared(Generic[M]):
    """A query set of whole numbers, such as ids: `Prepared(lambda room_id: Room.objects…)`.

    Called with the numbers it returns the rows, annotated and deferred as built. No
    select_related, and nothing in it may depend on the moment or on who asks.
    """

    def __init__(self, build: Callable[..., QuerySet[M]]) -> None:
        self._build = build
        self._count = len(inspect.signature(build).parameters)
        self._made: dict[str, tuple[type[M], str, tuple[Any, ...]]] = {}

    def __call__(self, *numbers: int) -> list[M]:
        if connection.vendor not in self._made:
            self._made[connection.vendor] = self._make()
        model, statement, parameters = self._made[connection.vendor]
        if len(numbers) != self._count:
            raise TypeError(f"This query takes {self._count} numbers.")
        # A place knows how this database wants its number.
        filled = [
            type(value)(numbers[value - FIRST_PLACE]) if self._is_place(value) else value
            for value in parameters
        ]
        return list(model._default_manager.raw(statement, filled))

    def _make(self) -> tuple[type[M], str, tuple[Any, ...]]:
        rows = self._build(*(FIRST_PLACE + place for place in range(self._count)))
        statement, parameters = rows.query.sql_with_params()
        return rows.model, statement, parameters

    def _is_place(self, value: Any) -> bool:
        return isinstance(value, int) and FIRST_PLACE <= value < FIRST_PLACE + self._count
