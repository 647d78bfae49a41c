"""Query sets whose statement is made once a process: making one takes longer than asking it."""

import inspect
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Model, QuerySet
from django.db.models.base import ModelState
from django.db.models.query import get_related_populators
from django.db.models.signals import post_init, pre_init

M = TypeVar("M", bound=Model)
# What stands for the arguments while a statement is made: no number and no text of ours, and one
# that Django believes of each column (a negative number of a positive one would find nothing).
FIRST_PLACE = 2**31 - 10_000
TEXT_PLACE = "\x00place {}"
# Up to 50, psycopg keeps how it reads a statement; a page of 25 tickets has as many people.
SIZES = (4, 16, 50, 256)


class Prepared(Generic[M]):
    """A query set of whole numbers, such as ids: `Prepared(lambda room_id: Room.objects…)`.

    Called with the numbers it returns the rows: annotated, deferred and with related rows as
    built. Parameters that `build` annotates as `str` are texts. Nothing in it may depend on the
    moment or on who asks. count: how many numbers a `build` with `*numbers` takes.
    """

    def __init__(self, build: Callable[..., QuerySet[M]], count: int | None = None) -> None:
        self._build = build
        kinds = [parameter.annotation for parameter in inspect.signature(build).parameters.values()]
        self._places = [
            TEXT_PLACE.format(place) if kind in (str, "str") else FIRST_PLACE + place
            for place, kind in enumerate(kinds if count is None else [int] * count)
        ]
        self._made: dict[str, _Statement | None] = {}

    def __call__(self, *arguments: Any) -> list[M]:
        if len(arguments) != len(self._places):
            raise TypeError(f"This query takes {len(self._places)} arguments.")
        if connection.vendor not in self._made:
            self._made[connection.vendor] = self._statement()
        statement = self._made[connection.vendor]
        return [] if statement is None else statement.ask(arguments)

    def _statement(self) -> "_Statement | None":
        """Return the statement; None for a query set that finds nothing whatever the numbers."""
        try:
            return _Statement(self._build(*self._places), self._places)
        except EmptyResultSet:
            return None


class _Statement:
    """A query set's statement, where it takes arguments, and how its rows become objects.

    What Django's ModelIterable works out at each call is worked out once.
    """

    def __init__(self, rows: QuerySet[Any], places: list[Any]) -> None:
        compiler: Any = rows.query.get_compiler(DEFAULT_DB_ALIAS)
        self._sql, parameters = compiler.as_sql()
        self._parameters = list(parameters)
        position = {place: index for index, place in enumerate(places)}
        # (index in the parameters, which argument, how this database wants it)
        self._fillings = [
            (index, position[value], type(value))
            for index, value in enumerate(self._parameters)
            if isinstance(value, int | str) and value in position
        ]
        selected, made = compiler.select, compiler.klass_info
        self._model: Any = made["model"]
        first, last = made["select_fields"][0], made["select_fields"][-1] + 1
        self._own = slice(first, last)
        self._fields = [column[0].target.attname for column in selected[first:last]]
        self._new = self._plainly if _is_plain(self._model) else self._by_django
        modes = [rows._fetch_mode] if hasattr(rows, "_fetch_mode") else []  # Django 6.1
        self._related = get_related_populators(made, selected, DEFAULT_DB_ALIAS, *modes)
        self._annotated = list((compiler.annotation_col_map or {}).items())
        self._converters = [
            (index, converters, expression)
            for index, (converters, expression) in compiler.get_converters(
                [column[0] for column in selected]
            ).items()
        ]

    def ask(self, arguments: tuple[Any, ...]) -> list[Any]:
        """Return the objects this statement finds for these arguments."""
        parameters = list(self._parameters)
        for index, place, kind in self._fillings:
            parameters[index] = kind(arguments[place])
        with connection.cursor() as cursor:
            cursor.execute(self._sql, parameters)
            return [self._made(row) for row in cursor.fetchall()]

    def _plainly(self, values: list[Any]) -> Any:
        """Do what `from_db` does for a model that adds nothing to it, in a third of the time."""
        made = self._model.__new__(self._model)
        made._state = ModelState()
        made._state.adding, made._state.db = False, DEFAULT_DB_ALIAS
        made.__dict__.update(zip(self._fields, values, strict=True))
        return made

    def _by_django(self, values: list[Any]) -> Any:
        return self._model.from_db(DEFAULT_DB_ALIAS, self._fields, values)

    def _made(self, found: tuple[Any, ...]) -> Any:
        row = list(found)
        for index, converters, expression in self._converters:
            for converter in converters:
                row[index] = converter(row[index], expression, connection)
        made = self._new(row[self._own])
        for related in self._related:
            related.populate(row, made)
        for name, index in self._annotated:
            setattr(made, name, row[index])
        return made


def _is_plain(model: Any) -> bool:
    """Whether a row is no more than its columns: nobody hears of its making, nothing is added."""
    djangos: Any = Model
    is_djangos = model.from_db.__func__ is djangos.from_db.__func__
    heard = pre_init.has_listeners(model) or post_init.has_listeners(model)
    return is_djangos and model.__init__ is djangos.__init__ and not heard


def insert(row: M) -> M:
    """Write a new row as `row.save(force_insert=True)` does, by a statement made once a process.

    For rows that are written with most of what people do. No signal is sent, no file is stored.
    """
    _insert_of(row).write(row)
    return row


def insert_unless_there(row: Model) -> bool:
    """Write a new row like insert() unless a unique rule has one; return whether it was written."""
    return _insert_of(row).write(row, " ON CONFLICT DO NOTHING")


def _insert_of(row: Model) -> "_Insert":
    key = (type(row), connection.vendor)
    if key not in _inserts:
        _inserts[key] = _Insert(type(row))
    return _inserts[key]


class _Insert:
    """A model's INSERT, and how its fields go into it."""

    def __init__(self, model: type[Model]) -> None:
        quote = connection.ops.quote_name
        key: Any = model._meta.pk
        is_given = model._meta.auto_field is None
        fields: list[Any] = list(model._meta.local_concrete_fields)
        self._fields = [field for field in fields if is_given or field is not key]
        self._key = None if is_given else key.attname
        columns = ", ".join(quote(field.column) for field in self._fields)
        marks = ", ".join(["%s"] * len(self._fields))
        self._back = f" RETURNING {quote(key.column)}"
        table = quote(model._meta.db_table)
        self._sql = f"INSERT INTO {table} ({columns}) VALUES ({marks})"  # noqa: S608

    def write(self, row: Any, or_else: str = "") -> bool:
        values = [
            field.get_db_prep_save(field.pre_save(row, True), connection) for field in self._fields
        ]
        with connection.cursor() as cursor:
            cursor.execute(self._sql + or_else + self._back, values)
            written = cursor.fetchone()
        if written is None:
            return False
        if self._key is not None:
            setattr(row, self._key, written[0])
        row._state.adding, row._state.db = False, connection.alias
        return True


_inserts: dict[tuple[type[Model], str], _Insert] = {}


class PreparedByIds(Generic[M]):
    """Rows by any number of ids: `PreparedByIds(lambda ids: Person.objects.filter(pk__in=ids))`.

    One statement for each of a few sizes; the last id is repeated to fill one.
    """

    def __init__(self, build: Callable[[tuple[int, ...]], QuerySet[M]]) -> None:
        self._build = build
        self._of_size = {size: Prepared(lambda *ids: build(ids), size) for size in SIZES}

    def __call__(self, ids: set[int]) -> dict[int, M]:
        """Return the rows by id; more ids than the largest size are asked for as they are."""
        if not ids:
            return {}
        wanted = tuple(ids)
        size = next((size for size in SIZES if size >= len(wanted)), None)
        if size is None:
            return {row.pk: row for row in self._build(wanted)}
        filled = wanted + wanted[-1:] * (size - len(wanted))
        return {row.pk: row for row in self._of_size[size](*filled)}
