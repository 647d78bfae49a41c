"""Which things have rooms: declared by the room of the house that owns the kind."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from core.errors import NotSeen
from core.things import thing_of
from people.queries import seen_things

MayEnter = Callable[[Any, Any], bool]
Enterable = Callable[[Any], QuerySet[Any]]
_rules: dict[str, MayEnter | None] = {}
_enterable: dict[str, Enterable] = {}
_moderators: dict[str, MayEnter] = {}


@dataclass(frozen=True)
class Ending:
    """When a kind's things are over, and their talk with them: it is read, not continued.

    things: those that are over; as in `declare`, nothing in it may depend on the moment. words:
    why nothing more can be said, lazy, to those who read it. goes_on: gives, by id of several of
    them, that of the thing in which each goes on, and which whoever may enter sees.
    """

    things: Callable[[], QuerySet[Any]]
    words: Any
    goes_on: Callable[[Collection[int]], dict[int, int]]


_endings: dict[str, Ending] = {}


def declare(
    kind: str,
    may_enter: MayEnter | None = None,
    enterable: Enterable | None = None,
    may_moderate: MayEnter | None = None,
    ending: Ending | None = None,
) -> None:
    """Give a kind's things rooms. Who does not see the thing never enters, whatever the rule;
    but for `enterable`, which may let in who sees the thing in which it goes on.

    may_enter: the rule for one thing; left out, whoever sees the thing enters. enterable: the same
    rule as rows, where fewer people enter the room than see the thing: what is said there is then
    visible to nobody else either. A rule without it is asked for every listener at every message,
    and must not ask the database for each. The statement of these rows (of visible_to, where it is
    left out) is kept for as long as the process lives, for all who hold the same roles
    (chat.entrants): as in core.prepared, nothing in it may depend on the moment (Now() may stand in
    it, timezone.now() may not), nor on ids or anything else read from the database before it,
    other than the person's id and roles. may_moderate: who closes and slows the room down beside
    moderators; asked of those who enter it. ending: when the talk is over by itself.
    """
    _rules[kind] = may_enter
    if enterable is not None:
        _enterable[kind] = enterable
    if may_moderate is not None:
        _moderators[kind] = may_moderate
    if ending is not None:
        _endings[kind] = ending


def has_rooms(kind: str) -> bool:
    """Return whether things of this kind have rooms."""
    return kind in _rules


def may_enter(kind: str, person: Any, thing: Any) -> bool:
    """Return what the kind's own rule says; the caller has read the thing through visible_to."""
    rule = _rules.get(kind)
    return kind in _rules if rule is None else rule(person, thing)


def may_moderate(kind: str, person: Any, thing: Any) -> bool:
    """Return whether the kind lets this person, who has entered, moderate its thing's room."""
    rule = _moderators.get(kind)
    return rule is not None and rule(person, thing)


def has_moderators(kind: str) -> bool:
    """Return whether a kind names people who moderate its rooms."""
    return kind in _moderators


def visible_things(person: Any, only: str | None = None) -> Iterator[tuple[str, QuerySet[Any]]]:
    """Yield (kind, things whose rooms this person may enter) of every kind with rooms, or one."""
    for kind in sorted(_rules) if only is None else _rules.keys() & {only}:
        try:
            yield kind, enterable(kind, person)
        except NotSeen:  # declared here, but its things are not: no room opens
            continue


def enterable(kind: str, person: Any) -> QuerySet[Any]:
    """Return the things of a kind whose rooms a person may enter. Raises NotSeen."""
    if kind not in _rules:
        raise NotSeen
    return _enterable.get(kind, thing_of(kind).visible_to)(person)


def is_enterable(kind: str) -> bool:
    """Return whether `enterable` alone decides, and no rule for one thing adds anything."""
    return kind in _enterable or (kind in _rules and _rules[kind] is None)


def is_over() -> Q:
    """Return the condition on rooms whose thing is over."""
    condition = Q(pk__in=[])
    for kind, ending in sorted(_endings.items()):
        there = ending.things().filter(pk=OuterRef("thing_id"))
        condition |= Q(Exists(there), thing_kind=kind)
    return condition


def is_thing_over(kind: str, object_id: int) -> bool:
    """Return whether a thing is over."""
    ending = _endings.get(kind)
    return ending is not None and ending.things().filter(pk=object_id).exists()


def words_of_endings() -> list[tuple[str, str]]:
    """Return (kind, why nothing more can be said in the room of one that is over)."""
    return [(kind, str(ending.words)) for kind, ending in sorted(_endings.items())]


def words_of_ending(kind: str) -> str:
    """Return the same for one kind that ends."""
    return str(_endings[kind].words)


def place_of(kind: str, object_id: int, person: Any) -> Any:
    """Return what a room one may enter belongs to: its thing, or unseen, the one it goes on in.

    Raises NotSeen.
    """
    found = places_of([(kind, object_id)], person)
    if not found:
        raise NotSeen
    return found[kind, object_id]


def places_of(pairs: Iterable[tuple[str, int]], person: Any) -> dict[tuple[str, int], Any]:
    """Return the same of many rooms, by (kind, id) of their things; without what one does not see.

    One query for each kind, and for each that ends and is not seen a few more, however many.
    """
    wanted = set(pairs)
    found = seen_things(person, wanted)
    for kind, ending in _endings.items():
        if unseen := {key for of_kind, key in wanted - found.keys() if of_kind == kind}:
            ends = ending.goes_on(unseen)
            last = seen_things(person, ((kind, key) for key in ends.values()))
            found |= {
                (kind, key): last[kind, end] for key, end in ends.items() if (kind, end) in last
            }
    return found
