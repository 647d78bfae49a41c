"""Query sets whose statement is made once a process: making one takes longer than asking it."""

import inspect
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import (
    AutoField,
    BigAutoField,
    BooleanField,
    CharField,
    DateTimeField,
    ForeignKey,
    IntegerField,
    Model,
    QuerySet,
    TextField,
)
from django.db.models.base import ModelState
from django.db.models.query import get_related_populators
from django.db.models.signals import post_init, pre_init

M = TypeVar("M", bound=Model)
# What stands for the arguments while a statement is made: no number and no text of ours, and one
# that Django believes of each column (a negative number of a positive one would find nothing).
FIRST_PLACE = 2**31 - 10_000
TEXT_PLACE = "\x00place {}"
MOMENT_PLACE = datetime(9998, 1, 1, tzinfo=UTC)
PLAIN = re.compile(r"[\w.]*", re.ASCII)
# Up to 50, psycopg keeps how it reads a statement; a page of 25 tickets has as many people.
SIZES = (4, 16, 50, 256)
PLAIN_VALUES = {str, bool, type(None)}
NOT_SAID = object()


class Prepared(Generic[M]):
    """A query set of whole numbers, such as ids: `Prepared(lambda room_id: Room.objects…)`.

    Called with the numbers it returns the rows: annotated, deferred and with related rows as
    built. Parameters that `build` annotates as `str` are texts, as `datetime` moments. Nothing in
    it may depend on the moment or on who asks. count: how many numbers a `build` with `*numbers`
    takes.
    """

    def __init__(self, build: Callable[..., QuerySet[M]], count: int | None = None) -> None:
        self._build = build
        kinds = [parameter.annotation for parameter in inspect.signature(build).parameters.values()]
        self._places = [
            _place_of(kind, place)
            for place, kind in enumerate(kinds if count is None else [int] * count)
        ]
        self._made: dict[str, _Statement | None] = {}

    def __call__(self, *arguments: Any) -> list[M]:
        if len(arguments) != len(self._places):
            raise TypeError(f"This query takes {len(self._places)} arguments.")
        database: Any = connections[DEFAULT_DB_ALIAS]  # itself: its proxy looks for it each time
        if database.vendor not in self._made:
            self._made[database.vendor] = self._statement()
        statement = self._made[database.vendor]
        return [] if statement is None else statement.ask(arguments, database)

    def _statement(self) -> "_Statement | None":
        """Return the statement; None for a query set that finds nothing whatever the numbers."""
        try:
            return _Statement(self._build(*self._places), self._places)
        except EmptyResultSet:
            return None


def _place_of(kind: Any, place: int) -> Any:
    """Return what stands for an argument of a kind while a statement is made."""
    if kind in (str, "str"):
        return TEXT_PLACE.format(place)
    if kind in (datetime, "datetime"):
        return MOMENT_PLACE + timedelta(days=place)
    return FIRST_PLACE + place


class _Statement:
    """A query set's statement, where it takes arguments, and how its rows become objects.

    What Django's ModelIterable works out at each call is worked out once.
    """

    def __init__(self, rows: QuerySet[Any], places: list[Any]) -> None:
        compiler: Any = rows.query.get_compiler(DEFAULT_DB_ALIAS)
        sql, parameters = compiler.as_sql()
        moment: Any = compiler.connection.ops.adapt_datetimefield_value
        # How this database wants each argument.
        ways = [moment if isinstance(place, datetime) else type(place) for place in places]
        position = {way(place): n for n, (way, place) in enumerate(zip(ways, places, strict=True))}
        self._sql, self._parameters = _written_in(sql, parameters, position)
        # (index in the parameters, which argument, in which way)
        self._fillings = [
            (index, position[value], ways[position[value]])
            for index, value in enumerate(self._parameters)
            if isinstance(value, int | str | datetime) and value in position
        ]
        selected, made = compiler.select, compiler.klass_info
        first, last = made["select_fields"][0], made["select_fields"][-1] + 1
        self._own = slice(first, last)
        self._fields = [column[0].target.attname for column in selected[first:last]]
        self._model = _quicker(made["model"])
        modes = [rows._fetch_mode] if hasattr(rows, "_fetch_mode") else []  # Django 6.1
        related = get_related_populators(made, selected, DEFAULT_DB_ALIAS, *modes)
        self._related = [_quick(populator) for populator in related]
        self._annotated = list((compiler.annotation_col_map or {}).items())
        self._converters = [
            (index, converters, expression)
            for index, (converters, expression) in compiler.get_converters(
                [column[0] for column in selected]
            ).items()
        ]

    def ask(self, arguments: tuple[Any, ...], database: Any) -> list[Any]:
        """Return the objects this statement finds for these arguments in this database."""
        parameters = list(self._parameters)
        for index, place, kind in self._fillings:
            parameters[index] = kind(arguments[place])
        with database.cursor() as cursor:
            cursor.execute(self._sql, parameters)
            return [self._made(row, database) for row in cursor.fetchall()]

    def _made(self, found: tuple[Any, ...], database: Any) -> Any:
        row = list(found)
        for index, converters, expression in self._converters:
            for converter in converters:
                row[index] = converter(row[index], expression, database)
        made = self._model.from_db(DEFAULT_DB_ALIAS, self._fields, row[self._own])
        for related in self._related:
            related.populate(row, made)
        for name, index in self._annotated:
            setattr(made, name, row[index])
        return made


def _written_in(
    sql: str, parameters: Sequence[Any], places: Collection[Any]
) -> tuple[str, list[Any]]:
    """Return a statement with the numbers and plain words that never change written into it.

    Half of what a page asks with is such: `SELECT 1`, states, kinds. None is handed over each time.
    """
    left, rest = [], iter(parameters)

    def mark(found: re.Match[str]) -> str:
        if found.group() == "%%":
            return "%%"
        value = next(rest)
        is_plain = isinstance(value, int | str) and not isinstance(value, bool)
        if is_plain and value not in places and PLAIN.fullmatch(str(value)):
            return f"'{value}'" if isinstance(value, str) else str(int(value))
        left.append(value)
        return "%s"

    return re.sub("%[%s]", mark, sql), left


class _Plain:
    """Makes a model's rows in a third of the time that its own `from_db` takes."""

    def __init__(self, model: Any) -> None:
        self._model = model

    def from_db(self, db: str, names: list[str], values: Any, **_modes: Any) -> Any:
        made = self._model.__new__(self._model)
        state = made._state = ModelState()
        state.adding, state.db = False, db
        made.__dict__.update(zip(names, values, strict=True))
        return made


def _quicker(model: Any) -> Any:
    return _Plain(model) if _is_plain(model) else model


class _Related:
    """Gives a row what its foreign key names, found by the same statement."""

    def __init__(self, populator: Any) -> None:
        self._name: str = populator.local_setter.__self__.name
        self._columns = slice(populator.cols_start, populator.cols_end)
        self._key = populator.cols_start + populator.pk_idx
        self._names = populator.init_list
        self._model = _quicker(populator.model_cls)
        self._related = [_quick(inner) for inner in populator.related_populators]

    def populate(self, row: list[Any], made: Any) -> None:
        """Make the row's related one, None where there is none."""
        related = None
        if row[self._key] is not None:
            related = self._model.from_db(DEFAULT_DB_ALIAS, self._names, row[self._columns])
            for inner in self._related:
                inner.populate(row, related)
        made._state.fields_cache[self._name] = related


def _quick(populator: Any) -> Any:
    """Return what populates as Django's own does, quicker where a plain foreign key is followed."""
    field = getattr(populator.local_setter, "__self__", None)
    is_plain = type(field) is ForeignKey and not field.unique and not populator.reorder_for_init
    return _Related(populator) if is_plain else populator


def _is_plain(model: Any) -> bool:
    """Whether a row is no more than its columns: nobody hears of its making, nothing is added."""
    djangos: Any = Model
    is_djangos = model.from_db.__func__ is djangos.from_db.__func__
    heard = pre_init.has_listeners(model) or post_init.has_listeners(model)
    return is_djangos and model.__init__ is djangos.__init__ and not heard


def give(row: Model, name: str, related: Model | None) -> None:
    """Give a row the row that its key names, read already: `row.name = related`, without the
    questions Django asks of rows it does not know. The key stays as it is."""
    row._state.fields_cache[name] = related


def new(model: type[M], **values: Any) -> M:
    """Make a row that is not written yet, as `model(**values)` does, in a third of the time.

    values: of fields, by their names or those of their keys; nothing else. A key that is given by
    its row is taken from it. Raises TypeError for another name.
    """
    making = _making_of(model)
    return model(**values) if making is None else making(values)


@cache
def _making_of(model: Any) -> "_Making | None":
    return _Making(model) if _is_plain(model) else None


class _Making:
    """A model's fields and what they are when nothing is said."""

    def __init__(self, model: Any) -> None:
        self._model = model
        fields: Sequence[Any] = model._meta.concrete_fields
        made = [f for f in fields if f.has_default() and callable(f.default)]
        self._made: dict[str, Callable[[], Any]] = {field.attname: field.default for field in made}
        self._columns = {
            field.attname: NOT_SAID if field in made else field.get_default() for field in fields
        }
        self._keys = {
            field.name: (field.attname, field.target_field.attname)
            for field in fields
            if isinstance(field, ForeignKey)
        }

    def __call__(self, values: dict[str, Any]) -> Any:
        made = self._model.__new__(self._model)
        state = made._state = ModelState()
        columns = made.__dict__
        columns.update(self._columns)
        for name, value in values.items():
            if name in columns:
                columns[name] = value
            elif name in self._keys:
                key, of_value = self._keys[name]
                state.fields_cache[name] = value
                columns[key] = None if value is None else getattr(value, of_value)
            else:
                raise TypeError(f"{self._model.__name__} has no {name}.")
        for name, make in self._made.items():
            if columns[name] is NOT_SAID:
                columns[name] = make()
        return made


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
        self._columns = [(field, field.attname, _kind_of(field)) for field in self._fields]
        self._key = None if is_given else key.attname
        columns = ", ".join(quote(field.column) for field in self._fields)
        marks = ", ".join(["%s"] * len(self._fields))
        self._back = f" RETURNING {quote(key.column)}"
        table = quote(model._meta.db_table)
        self._sql = f"INSERT INTO {table} ({columns}) VALUES ({marks})"  # noqa: S608

    def write(self, row: Any, or_else: str = "") -> bool:
        database = connections[DEFAULT_DB_ALIAS]
        values = [
            _value_of(row, field, name, kind, database) for field, name, kind in self._columns
        ]
        with database.cursor() as cursor:
            cursor.execute(self._sql + or_else + self._back, values)
            written = cursor.fetchone()
        if written is None:
            return False
        if self._key is not None:
            setattr(row, self._key, written[0])
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
        return True


def _kind_of(field: Any) -> str:
    """Return how a field's values are written: "text" as they are, "moment", "key", the name of
    a kind of whole numbers; empty: as the field itself says."""
    if isinstance(field, ForeignKey):
        field = field.target_field
    if type(field) in (CharField, TextField, BooleanField):
        return "text"
    if type(field) is DateTimeField and not (field.auto_now or field.auto_now_add):
        return "moment"
    if isinstance(field, AutoField | BigAutoField):
        return "key"
    internal: str = field.get_internal_type()
    return internal if isinstance(field, IntegerField) else ""


def _value_of(row: Any, field: Any, name: str, kind: str, database: Any) -> Any:
    """Return what goes into a statement for a field; what is unusual is the field's to say."""
    if kind:
        value = row.__dict__[name]
        own = type(value)
        if own in PLAIN_VALUES and (kind == "text" or value is None):
            return value
        if own is int and kind == "key":
            return value
        if own is int and kind not in ("text", "moment"):
            return database.ops.adapt_integerfield_value(value, kind)
        if own is datetime and kind == "moment" and value.tzinfo is not None:
            return database.ops.adapt_datetimefield_value(value)
    return field.get_db_prep_save(field.pre_save(row, True), database)


_inserts: dict[tuple[type[Model], str], _Insert] = {}


def update(row: Model, *, add: Mapping[str, int] | None = None, **values: Any) -> None:
    """Write some columns of a row as `row.save(update_fields=…)` does, by a kept statement.

    values: what they become, on the row too. add: what the database adds to numbers, which the row
    does not know. No signal is sent.
    """
    model: Any = type(row)
    database = connections[DEFAULT_DB_ALIAS]
    more = dict(add or {})
    parameters = [
        model._meta.get_field(name).get_db_prep_save(value, database)
        for name, value in [*more.items(), *values.items()]
    ]
    for name, value in values.items():
        setattr(row, name, value)
    with database.cursor() as cursor:
        cursor.execute(_update_of(model, tuple(more), tuple(values)), [*parameters, row.pk])


@cache
def _update_of(model: type[Model], added: tuple[str, ...], set_to: tuple[str, ...]) -> str:
    quote = connection.ops.quote_name
    fields: Any = model._meta
    columns = {name: quote(fields.get_field(name).column) for name in (*added, *set_to)}
    changes = [f"{columns[name]} = {columns[name]} + %s" for name in added]
    changes += [f"{columns[name]} = %s" for name in set_to]
    table, key = quote(fields.db_table), quote(fields.pk.column)
    return f"UPDATE {table} SET {', '.join(changes)} WHERE {key} = %s"  # noqa: S608


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
