"""Making more of everything: every row of the world again, beside what it belongs to.

A copy belongs where its row does, so that every list grows in its place. Where that may stand only
once (one vote of a person on an answer), the copy is of another copied person, and of another
copied answer. What may not be there twice in any way is left as it is.
"""

from collections.abc import Iterable, Iterator
from copy import copy
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import uuid4

from django.apps import apps
from django.db import DatabaseError, models, transaction

from core.things import all_things

ROOMS = ("core", "people", "aid", "chat", "forum", "mentoring", "workshops", "helpdesk")
# Where a row names its thing by kind and id.
NAMED = {
    "thing_id": "thing_kind",
    "parent_id": "parent_kind",
    "source_id": "source_kind",
    "origin_id": "origin_kind",
    "object_id": "kind",
}
KEPT = {"people.Session"}  # who is signed in
PARTS = {"aid.AidLine"}  # of an entry, whose lines sum to zero: never one more beside them
BOTH = {"helpdesk.Clock"}  # beside them and of the copied ticket: figures are of five tickets
_number = count(1)
Place = tuple[str, Any]  # the field that points at a thing, and one of its copies


def grow(copies: int) -> None:
    """Add so many copies of every row there is."""
    rows = {model: list(model._default_manager.order_by("pk")) for model in _in_order()}
    for _time in range(copies):
        number = next(_number)
        made: dict[tuple[type[models.Model], Any], Any] = {}
        for naming in (False, True, False):  # what is named by kind and id may come later
            for model, originals in rows.items():
                for row in originals if naming == _names_things(model) else ():
                    if (model, row.pk) not in made and (found := list(_added(row, made, number))):
                        made[model, row.pk] = found[0].pk


def _in_order() -> list[type[models.Model]]:
    """Return what is copied, each after what it points at."""
    waiting = [
        model
        for room in ROOMS
        for model in apps.get_app_config(room).get_models()
        if model._meta.label not in KEPT
    ]
    found: list[type[models.Model]] = []
    while waiting:
        ready = [one for one in waiting if not _pointed_at(one) & (set(waiting) - {one})]
        found += ready or waiting[:1]
        waiting = [one for one in waiting if one not in found]
    return found


def _names_things(model: type[models.Model]) -> bool:
    return any(hasattr(model, name) and hasattr(model, kind) for name, kind in NAMED.items())


def _pointed_at(model: type[models.Model]) -> set[Any]:
    return {field.related_model for field in model._meta.concrete_fields if field.is_relation}


def _added(row: Any, made: dict[Any, Any], number: int) -> Iterator[Any]:
    """Yield the copies of a row: one beside it, else one for each copied thing it points at."""
    beside = None if row._meta.label in PARTS else _copied(row, (), number)
    if beside:
        yield beside
        if row._meta.label not in BOTH:
            return
    places = list(_places(row, made))
    apart = [one for place in places if (one := _copied(row, (place,), number))]
    if not apart and len(places) > 1:
        apart = [one for one in [_copied(row, places, number)] if one]
    yield from apart


def _places(row: Any, made: dict[Any, Any]) -> Iterator[Place]:
    models_of = {thing.kind: thing.model for thing in all_things()}
    for field in row._meta.concrete_fields:
        target = field.related_model
        if field.name in NAMED and hasattr(row, NAMED[field.name]):
            target = models_of.get(getattr(row, NAMED[field.name]))
        pk = made.get((target, getattr(row, field.attname))) if target else None
        if pk is not None:
            yield field.attname, pk


def _copied(row: Any, places: Iterable[Place], number: int) -> Any:
    """Return a new row like this one, in these places; None where the database refuses it."""
    new = copy(row)
    new._state = copy(row._state)
    new._state.adding = True
    for field in _unique(type(row)):
        setattr(new, field.attname, _another(field, getattr(row, field.attname), number))
    if isinstance(row._meta.pk, models.AutoField):
        new.pk = None
    for name, pk in places:
        setattr(new, name, pk)
    try:
        with transaction.atomic():
            models.Model.save_base(new, force_insert=True, raw=True)
    except DatabaseError:
        return None
    return new


def _unique(model: type[models.Model]) -> list[Any]:
    """Return the fields of a model that two rows may not share, but for what they point at."""
    meta = model._meta
    names = {field.name for field in meta.concrete_fields if field.unique}
    for constraint in meta.constraints:
        names |= set(getattr(constraint, "fields", ()))
    given = {*NAMED, *NAMED.values(), "kind", "language", "emoji"}
    return [
        field
        for field in meta.concrete_fields
        if field.name in names - given and not (field.is_relation or field.choices)
    ]


def _another(field: Any, value: Any, number: int) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(field, models.UUIDField):
        return uuid4()
    if isinstance(field, models.DateField):
        return value + timedelta(days=number)
    if isinstance(field, models.BinaryField):
        return bytes(value) + bytes([number])
    if isinstance(field, models.IntegerField):
        return value + 1000 * number
    text = f"{value}{number}"
    return text[-field.max_length :] if field.max_length else text
