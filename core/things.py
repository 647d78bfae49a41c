"""The registry of things: what a low room must know of a high room's rows.

Low rooms point at things by (kind, id); the room that owns a kind declares it in its things.py.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model, QuerySet

from core.errors import NotSeen


@dataclass(frozen=True)
class Thing:
    """A kind of row that low rooms may point at.

    kind: a stable string such as `forum.question`. visible_to: the rows a person may see.
    url and label: of one row, for people. participants: who is told when something
    happens to it. named_for: (reader, row, who did it) → who and what a notice names, for kinds
    of which some readers may know less; file_name_for: (reader, row, name) → what a file of it is
    called, for the same.
    participant_ids: the same of many rows at once, (row id, person id) for row ids; a kind without
    it is asked row by row.
    held_by: of a row's id, the rows that are locked before it, by whoever changes both.
    author_ids: who wrote it (they never decide flags on it), for rules. names_author: whether who
    sees a row may know them; a pseudonym is not told to moderators either. text: what they wrote,
    as its source. text_before: of a row, what `text` was before its text of this number; empty
    where that is not kept.
    export: the rows a person wrote, as JSON-able dicts. erase: takes what identifies the person
    out of their rows of this kind and keeps the rest.
    purge_url: of a row, where its words are taken out for good; "" where nowhere.
    shown_as: what else changes with a row's visibility, in the same transaction, after the row;
    was: its visibility before.
    """

    kind: str
    model: type[Model]
    visible_to: Callable[[Any], QuerySet[Any]]
    url: Callable[[Any], str]
    label: Callable[[Any], str]
    participants: Callable[[Any], Iterable[Any]] = field(default=lambda row: ())
    participant_ids: Callable[[Collection[int]], Iterable[tuple[int, int]]] | None = None
    named_for: Callable[[Any, Any, Any], tuple[Any, str]] | None = None
    file_name_for: Callable[[Any, Any, str], str] | None = None
    held_by: Callable[[int], QuerySet[Any]] | None = None
    author_ids: Callable[[Any], set[int]] = field(default=lambda row: set())
    names_author: Callable[[Any], bool] = field(default=lambda row: True)
    text: Callable[[Any], str] = field(default=lambda row: "")
    text_before: Callable[[Any, int], str] = field(default=lambda row, number: "")
    export: Callable[[Any], list[dict[str, Any]]] = field(default=lambda person: [])
    erase: Callable[[Any], None] = field(default=lambda person: None)
    purge_url: Callable[[Any], str] = field(default=lambda row: "")
    shown_as: Callable[[Any, str], None] = field(default=lambda row, was: None)


_things: dict[str, Thing] = {}
_kinds: dict[type[Model], str] = {}


def declare(thing: Thing) -> None:
    """Add a kind to the registry; called once, from the app's ready()."""
    _things[thing.kind] = thing
    _kinds[thing.model] = thing.kind


def thing_of(kind: str) -> Thing:
    """Return the declaration of a kind. Raises NotSeen for one nobody declared."""
    try:
        return _things[kind]
    except KeyError:
        raise NotSeen from None


def kind_of(row: Model) -> str:
    """Return the kind of a row; request.user is a lazy stand-in, and knows its true class."""
    return _kinds[row.__class__]


def all_things() -> list[Thing]:
    """Return every declaration, in the order of their kinds."""
    return [_things[kind] for kind in sorted(_things)]


def find(kind: str, object_id: int, person: Any) -> Any:
    """Return the row, if this person may see it. Raises NotSeen."""
    row = thing_of(kind).visible_to(person).filter(pk=object_id).first()
    if row is None:
        raise NotSeen
    return row


def lock(kind: str, object_id: int) -> None:
    """Lock a row after those it stands under, in the one order in which all do so.

    What is not there is no fault. Raises NotSeen for a kind nobody declared.
    """
    thing = thing_of(kind)
    own = thing.model._base_manager.filter(pk=object_id)
    for rows in (thing.held_by(object_id), own) if thing.held_by else (own,):
        list(rows.order_by("pk").select_for_update(of=("self",)).values_list("pk"))


def url_of(row: Model) -> str:
    """Return the path of a row's page."""
    return thing_of(kind_of(row)).url(row)


def purge_url_of(row: Model) -> str:
    """Return the path where words are taken out of a row for good; empty where nowhere."""
    return thing_of(kind_of(row)).purge_url(row)


def text_before(kind: str, object_id: int, number: int) -> str:
    """Return what a thing said before its text of this number; empty where that is not kept."""
    thing = thing_of(kind)
    row = thing.model._default_manager.filter(pk=object_id).first()
    return thing.text_before(row, number) if row is not None else ""


def label_of(row: Model) -> str:
    """Return a row's name for people."""
    return thing_of(kind_of(row)).label(row)


def named_for(person: Any, row: Model, actor: Any) -> tuple[Any, str]:
    """Return who did something to a row, and its name, as this person may know them."""
    thing = thing_of(kind_of(row))
    return thing.named_for(person, row, actor) if thing.named_for else (actor, thing.label(row))


def label_for(person: Any, row: Model) -> str:
    """Return a row's name, as this person may know it."""
    _actor, label = named_for(person, row, None)
    return label


def file_name_for(person: Any, row: Model, name: str) -> str:
    """Return what a file of a row is called, as this person may know it."""
    thing = thing_of(kind_of(row))
    return thing.file_name_for(person, row, name) if thing.file_name_for else name


def names_author(row: Model) -> bool:
    """Whether who sees a row may know who wrote it."""
    return thing_of(kind_of(row)).names_author(row)


def participants_of(kind: str, ids: Collection[int]) -> list[tuple[int, int]]:
    """Return (row id, person id) of who belongs to each of these rows.

    Raises NotSeen for a kind nobody declared.
    """
    thing = thing_of(kind)
    if thing.participant_ids is not None:
        return list(thing.participant_ids(ids))
    rows = thing.model._default_manager.filter(pk__in=ids)
    return [(row.pk, person.pk) for row in rows for person in thing.participants(row)]
