"""The kinds of things that can be followed; the room that has them declares them.

What follows and mutes of a kind mean is said by the room that tells of it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from core.errors import NotSeen
from people.models import MailChoice, Person


@dataclass(frozen=True)
class Followable:
    """A kind that can be followed and muted.

    title: lazy; what one is told of, on the page of choices. way: how mail of it comes to who has
    not chosen (MailChoice.Way). is_own: whether a row is the person themselves, whom they do not
    follow.
    """

    kind: str
    title: Any
    way: str
    is_own: Callable[[Person, int], bool] = lambda _person, _object_id: False


_kinds: dict[str, Followable] = {}


def declare(followable: Followable) -> None:
    """Let things of this kind be followed; called once, from the app's ready()."""
    _kinds[followable.kind] = followable


def followable(kind: str) -> Followable:
    """Return the declaration of a kind. Raises NotSeen for what nobody can follow."""
    try:
        return _kinds[kind]
    except KeyError:
        raise NotSeen from None


def all_followable() -> list[Followable]:
    """Return every kind that can be followed, in the order of declaration."""
    return list(_kinds.values())


def is_followable(kind: str) -> bool:
    """Whether things of this kind can be followed."""
    return kind in _kinds


def default_way(kind: str) -> str:
    """Return how mail of a kind comes to who has not chosen."""
    return _kinds[kind].way if kind in _kinds else MailChoice.Way.AT_ONCE
