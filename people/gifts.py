"""What people gave, shown on their profiles; higher rooms declare what they know of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from people.models import Person


@dataclass(frozen=True)
class Gift:
    """A line of a profile, such as "12 answers, 5 of them accepted"; `url` may be empty."""

    text: str
    url: str = ""


Source = Callable[[Any, Person], Iterable[Gift]]
_sources: list[Source] = []


def declare(source: Source) -> None:
    """Add a source of gifts: (viewer, person) → lines in the active language, few queries.

    Called once, from the app's ready(). Only what the viewer may know.
    """
    _sources.append(source)


def gifts_of(viewer: Any, person: Person) -> list[Gift]:
    """Return everything a person gave that the viewer may know."""
    return [gift for source in _sources for gift in source(viewer, person)]
