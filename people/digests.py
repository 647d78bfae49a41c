"""The one mail of many things: what rooms put into it, each when its hour has come."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from people.models import Person


@dataclass(frozen=True)
class Part:
    """What one room tells in a digest.

    title: the mail's subject where nothing else is in it. template: of templates/mail, which
    reads `part` (what `facts` holds). token: of core.replies, with which an answer to the mail
    answers it, where nothing else is in it; the template then reads `is_answered`. told: what it
    tells of (JSON-able), for the section to look at again while the mail waits.
    """

    title: str
    template: str
    facts: dict[str, Any]
    token: str = ""
    told: Any = None


@dataclass(frozen=True)
class Section:
    """What a room has for digests.

    due: the moment → by person, what the task is to look at (JSON-able); few queries, however many
    people. collect: the person, that, and the moment → what to tell, looked at again under locks
    and marked as told in the caller's transaction; None when there is nothing, any more. Called in
    the person's language. stands: the person, and a part's `told` → whether all of it may be told
    them still. give_back: the same → mark as not told what that part told of.
    """

    name: str
    due: Callable[[datetime], dict[int, Any]]
    collect: Callable[[Person, Any, datetime], Part | None]
    stands: Callable[[Person, Any], bool]
    give_back: Callable[[Person, Any], None]


_sections: dict[str, Section] = {}


def declare(section: Section) -> None:
    """Let a room tell something in digests; called once, from the app's ready()."""
    _sections[section.name] = section


def all_sections() -> list[Section]:
    """Return every section, in the order of their names."""
    return [_sections[name] for name in sorted(_sections)]
