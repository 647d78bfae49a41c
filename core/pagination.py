"""Pages of a list by key, not by offset: constant cost, and nothing skipped or seen twice.

Used by the API (KeysetPagination) and by pages (keyset_page).
"""

import base64
import json
import re
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from core.errors import InvalidInput

M = TypeVar("M", bound=Model)
R = TypeVar("R")
PAGE_SIZE = 25
MAX_PAGE_SIZE = 100
MAX_CURSOR = 400


@dataclass(frozen=True)
class Page(Generic[R]):
    """Some rows of a list; the cursors lead on and back, None at the ends."""

    results: list[R]
    next: str | None
    previous: str | None


def keyset_page(
    rows: QuerySet[M], order: Sequence[str], cursor: str | None = None, size: int = PAGE_SIZE
) -> Page[M]:
    """Return one page of rows.

    order: field names, `-` for descending, together unique (end with the key); fields must not
    be null and must be numbers or times, since texts sort differently between databases. A path
    over `__` is read from the row with `.`. One query; no counting.
    Raises InvalidInput for a cursor that is not ours.
    """
    backward, position = _decode(cursor) if cursor else (False, None)
    fields = [(name.lstrip("-"), name.startswith("-") != backward) for name in order]
    if position is not None:
        if len(position) != len(fields):
            raise _bad_cursor()
        try:
            rows = rows.filter(_beyond(fields, position))
        except (TypeError, ValueError, ValidationError):  # a time where a number belongs
            raise _bad_cursor() from None
    rows = rows.order_by(*(("-" if descending else "") + name for name, descending in fields))
    return _as_page(list(rows[: size + 1]), fields, size, backward, position is not None)


def first_page(found: list[M], order: Sequence[str], size: int = PAGE_SIZE) -> Page[M]:
    """Return the first page from its rows, read elsewhere in this order: one more than it shows."""
    fields = [(name.lstrip("-"), name.startswith("-")) for name in order]
    return _as_page(found, fields, size, False, False)


def places_page(
    read: Callable[[int, int], tuple[list[R], int]],
    cursor: str | None = None,
    size: int = PAGE_SIZE,
) -> Page[R]:
    """Return one page of a list that no statement puts in order, by the places of its rows.

    read: returns the rows from a place on (from 0), at most so many, and how many there are in all.
    Raises InvalidInput for a cursor that is not ours.
    """
    backward, position = _decode(cursor) if cursor else (False, [0])
    if len(position) != 1 or not isinstance(position[0], int) or position[0] < 0:
        raise _bad_cursor()
    place = position[0]
    start = max(0, place - size) if backward else place
    rows, total = read(start, min(size, place) if backward else size)
    end = start + len(rows)
    return Page(
        results=rows,
        next=cursor_at(end) if end < total else None,
        previous=_encoded(True, [start]) if rows and start else None,
    )


def cursor_at(place: int) -> str:
    """Return the cursor of places_page() that leads on from a place, from 0."""
    return _encoded(False, [place])


def _as_page(
    found: list[M], fields: list[tuple[str, bool]], size: int, backward: bool, is_later: bool
) -> Page[M]:
    more, found = len(found) > size, found[:size]
    if backward:
        found.reverse()
    names = [name for name, _descending in fields]
    has_next = bool(found) and (backward or more)
    has_previous = bool(found) and ((not backward and is_later) or (backward and more))
    return Page(
        results=found,
        next=_encode(False, found[-1], names) if has_next else None,
        previous=_encode(True, found[0], names) if has_previous else None,
    )


def _beyond(fields: list[tuple[str, bool]], position: list[Any]) -> Q:
    """Return the condition "after this position" in the lexical order of the fields."""
    condition = Q()
    for index in range(len(fields)):
        equal = {fields[i][0]: position[i] for i in range(index)}
        name, descending = fields[index]
        condition |= Q(**equal, **{f"{name}__{'lt' if descending else 'gt'}": position[index]})
    # The first field alone, once more, lets the database use its index for the whole.
    name, descending = fields[0]
    return Q(**{f"{name}__{'lte' if descending else 'gte'}": position[0]}) & condition


def _encode(backward: bool, row: Model, names: list[str]) -> str:
    values = []
    for name in names:
        value: Any = row
        for part in name.split("__"):
            value = getattr(value, part)
        values.append(value.isoformat() if isinstance(value, datetime) else value)
    return _encoded(backward, values)


def _encoded(backward: bool, values: list[Any]) -> str:
    text = json.dumps([int(backward), *values], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _decode(cursor: str) -> tuple[bool, list[Any]]:
    if len(cursor) > MAX_CURSOR:
        raise _bad_cursor()
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        backward, *values = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        position = [_value(value) for value in values]
    except (ValueError, TypeError, OverflowError):
        raise _bad_cursor() from None
    if backward not in (0, 1):
        raise _bad_cursor()
    return bool(backward), position


def _value(value: Any) -> Any:
    """Return a cursor's value as the field has it; only numbers and times are ours."""
    if isinstance(value, str):
        moment = parse_datetime(value)
        if moment is not None and moment.tzinfo is not None:
            return moment.astimezone(UTC)
    elif isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 2**62:
        return value
    raise ValueError


def _bad_cursor() -> InvalidInput:
    return InvalidInput.of("cursor", "invalid", _("This cursor is not valid here."))


class KeysetPagination(BasePagination):
    """The API's pages: `{results, next, previous}` with opaque cursors.

    The view says its order in `keyset`; `page_size` may be asked for, up to 100.
    """

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        self.request = request
        self.page = keyset_page(
            queryset,
            getattr(view, "keyset", ("-id",)),
            request.query_params.get("cursor") or None,
            self._size(request),
        )
        return self.page.results

    def paginate_places(
        self, read: Callable[[int, int], tuple[list[Any], int]], request: Request
    ) -> list[Any]:
        """Return one page of what places_page() pages."""
        self.request = request
        cursor = request.query_params.get("cursor") or None
        self.page = places_page(read, cursor, self._size(request))
        return self.page.results

    def _size(self, request: Request) -> int:
        asked = request.query_params.get("page_size", str(PAGE_SIZE))
        size = int(asked) if re.fullmatch("[0-9]{1,3}", asked) else 0
        if not 1 <= size <= MAX_PAGE_SIZE:
            raise InvalidInput.of("page_size", "invalid", _("A number from 1 to 100."))
        return size

    def get_paginated_response(self, data: Any) -> Response:
        return Response(
            OrderedDict(
                results=data,
                next=self._link(self.page.next),
                previous=self._link(self.page.previous),
            )
        )

    def _link(self, cursor: str | None) -> str | None:
        if cursor is None:
            return None
        return replace_query_param(self.request.build_absolute_uri(), "cursor", cursor)

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": "string", "format": "uri", "nullable": True}
        return {
            "type": "object",
            "required": ["results", "next", "previous"],
            "properties": {"results": schema, "next": link, "previous": link},
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return [
            {"name": "cursor", "in": "query", "required": False, "schema": {"type": "string"}},
            {
                "name": "page_size",
                "in": "query",
                "required": False,
                "schema": {"type": "integer", "minimum": 1, "maximum": MAX_PAGE_SIZE},
            },
        ]
