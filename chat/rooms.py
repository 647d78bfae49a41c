"""Which things have rooms: declared by the room of the house that owns the kind."""

from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import QuerySet

from core.errors import NotSeen
from core.things import thing_of

MayEnter = Callable[[Any, Any], bool]
Enterable = Callable[[Any], QuerySet[Any]]
_rules: dict[str, MayEnter] = {}
_enterable: dict[str, Enterable] = {}


def declare(kind: str, may_enter: MayEnter, enterable: Enterable | None = None) -> None:
    """Give a kind's things rooms. Who does not see the thing never enters, whatever the rule.

    enterable: the same rule as rows, where fewer people enter the room than see the thing: what
    is said there is then visible to nobody else either.
    """
    _rules[kind] = may_enter
    if enterable is not None:
        _enterable[kind] = enterable


def has_rooms(kind: str) -> bool:
    """Return whether things of this kind have rooms."""
    return kind in _rules


def may_enter(kind: str, person: Any, thing: Any) -> bool:
    """Return what the kind's own rule says; the caller has read the thing through visible_to."""
    rule = _rules.get(kind)
    return rule is not None and rule(person, thing)


def visible_things(person: Any) -> Iterator[tuple[str, QuerySet[Any]]]:
    """Yield (kind, things whose rooms this person may enter) of every kind with rooms."""
    for kind in sorted(_rules):
        try:
            seen = thing_of(kind).visible_to
            yield kind, _enterable.get(kind, seen)(person)
        except NotSeen:  # declared here, but its things are not: no room opens
            continue
