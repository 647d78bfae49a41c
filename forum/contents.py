"""What a revision of a post says: title, text and tags, apart from where they are stored. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Self

from core.differences import Piece, word_diff


@dataclass(frozen=True)
class Content:
    """Title and tags are empty for an answer; tags are names, sorted, and `typed` as they came."""

    title: str
    source: str
    tags: tuple[str, ...] = ()
    typed: tuple[str, ...] = field(default=(), compare=False)

    @classmethod
    def of(cls, title: str, source: str, tags: Iterable[str]) -> Self:
        typed = tuple(tags)
        return cls(title, with_plain_ends(source), tuple(sorted(typed)), typed)

    @classmethod
    def kept(cls, row: Any) -> Self:
        """Return what a stored revision or suggestion says."""
        return cls.of(row.title, row.source, row.tags)


@dataclass(frozen=True)
class Difference:
    """How a content became another; a part that stayed as it was has no pieces."""

    title: list[Piece]
    source: list[Piece]
    tags: list[Piece]

    def __bool__(self) -> bool:
        return bool(self.title or self.source or self.tags)


def difference(old: Content, new: Content) -> Difference:
    """Return how `old` became `new`; tags are compared one by one."""
    return Difference(
        title=word_diff(old.title, new.title) if old.title != new.title else [],
        source=word_diff(old.source, new.source) if old.source != new.source else [],
        tags=_tags(old.tags, new.tags) if old.tags != new.tags else [],
    )


def _tags(old: tuple[str, ...], new: tuple[str, ...]) -> list[Piece]:
    removed = [Piece("removed", tag) for tag in old if tag not in new]
    kept = [Piece("same", tag) for tag in old if tag in new]
    return kept + removed + [Piece("added", tag) for tag in new if tag not in old]


def with_plain_ends(text: str) -> str:
    """Return a text as it is stored: lines end with \\n alone."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
