"""What is asked of an engine, and what it finds. Plain data."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Query:
    """One search.

    audiences: what the reader belongs to, never empty. language: "" for all. unfinished: the last
    word is still being typed. enough: with fewer hits for all words together, a share of them will
    do. share: 0–1, of the words that say something; rounded up. meant: word of the text → tags it
    means: a document that bears one of them has the word.
    """

    text: str
    audiences: tuple[str, ...]
    language: str = ""
    tags: tuple[str, ...] = ()
    solved: bool | None = None
    page: int = 1
    size: int = 20
    unfinished: bool = False
    enough: int = 1
    share: float = 0.5
    most_words: int = 24
    meant: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Found:
    """One document as the index has it; score: higher is better, no fixed scale."""

    kind: str
    object_id: int
    language: str
    title: str
    body: str
    tags: tuple[str, ...]
    solved: bool
    url: str
    score: float
