"""What is asked of an engine, and what it finds. Plain data."""

from collections.abc import Mapping
from dataclasses import dataclass, field

# What a word counts for by where it stands; `all` holds what stands in any field.
WEIGHTS = {"title": 3.0, "tags": 2.0, "accepted": 1.5, "all": 1.0}
SOLVED = 1.25  # by which every word of what is solved counts as more often there


@dataclass(frozen=True)
class Query:
    """One search.

    audiences: what the reader belongs to, never empty. language: "" for all. unfinished: the last
    word is still being typed. enough: with fewer hits for all words together, a share of them will
    do. share: 0–1, of the words that say something; rounded up. meant: word of the text → tags it
    means: a document that bears one of them has the word. explained: say of each hit why it stands
    where it stands.
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
    explained: bool = False


@dataclass(frozen=True)
class Part:
    """What the words in one field add to a score: where is one of WEIGHTS, words as typed."""

    where: str
    words: tuple[str, ...]
    points: float


@dataclass(frozen=True)
class Found:
    """One document as the index has it; score: higher is better, no fixed scale. parts: what it
    is the sum of, where that was asked for."""

    kind: str
    object_id: int
    language: str
    title: str
    body: str
    tags: tuple[str, ...]
    solved: bool
    url: str
    score: float
    parts: tuple[Part, ...] = ()
