"""What a room declares to be found: search documents and where they come from."""

import hashlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BooleanField, CharField, QuerySet, Value

PUBLIC = "public"
NEVER_CLOSED = Value(None, CharField())
NEVER_RECHECKED = Value(False, BooleanField())
SHOWN = 6000  # characters of a text that its snippets are cut from


@dataclass(frozen=True)
class Document:
    """One thing that can be found.

    language: BCP 47 or `und`; it chooses the stemmer. body: plain text; accepted: plain text of
    what solved it, weighted above the rest. audience: who may find it, `public` or
    `person:<id>`, several separated by spaces. created_at: aware UTC. score: votes, as a hint.
    """

    kind: str
    object_id: int
    language: str
    title: str
    body: str
    tags: tuple[str, ...]
    solved: bool
    accepted: str
    audience: str
    created_at: datetime
    score: int
    url: str

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.object_id}"

    @property
    def shown(self) -> str:
        """What snippets are cut from: what solved it, then the rest, as far as that goes."""
        return f"{self.accepted}\n{self.body}"[:SHOWN].strip()

    @property
    def digest(self) -> str:
        """A fingerprint of all facts but the score, by which check_index compares."""
        facts = (
            self.language,
            self.title,
            self.body,
            self.tags,
            self.solved,
            self.accepted,
            self.audience,
            self.url,
        )
        return hashlib.sha256(repr(facts).encode("utf-8", "replace")).hexdigest()[:32]


@dataclass(frozen=True)
class Source:
    """Where the documents of one kind come from.

    rows: every row that may have one, with all it needs prefetched. document: of one such row.
    closed_for, needs_recheck: the expressions for why a row takes no more answers, and whether what
    solved it waits to be confirmed anew: asked for when it is found; neither stands in the index.
    """

    kind: str
    rows: Callable[[], QuerySet[Any]]
    document: Callable[[Any], Document | None]
    closed_for: Any = NEVER_CLOSED
    needs_recheck: Any = NEVER_RECHECKED


# (words, language) → the tag that a word means, by the name documents bear; others are left out.
Meanings = Callable[[Collection[str], str], Mapping[str, str]]

# (names documents bear, language) → what readers of it see for each; others are left out.
Labels = Callable[[Collection[str], str], Mapping[str, str]]

_sources: dict[str, Source] = {}
_meanings: list[Meanings] = []
_labels: list[Labels] = []


def declare(source: Source) -> None:
    """Add a kind; called once, from the app's ready()."""
    _sources[source.kind] = source


def declare_meanings(meanings: Meanings) -> None:
    """Say which words mean which tags: looked up with each search, so what is renamed or merged is
    found at once, and no document is written anew. Called once, from the app's ready()."""
    _meanings.append(meanings)


def tags_meant(words: Collection[str], language: str) -> dict[str, str]:
    """Return the tag each of these words means, by word, where it means one."""
    return {word: tag for find in _meanings for word, tag in find(words, language).items()}


def declare_labels(labels: Labels) -> None:
    """Say what readers of a language see for tags. Called once, from the app's ready()."""
    _labels.append(labels)


def tag_labels(names: Collection[str], language: str) -> dict[str, str]:
    """Return what readers of this language see for tags, by the names that documents bear."""
    shown = dict.fromkeys(names, "")
    for find in _labels if names else ():
        shown.update(find(names, language))
    return {name: label or name for name, label in shown.items()}


def source_of(kind: str) -> Source:
    """Return where the documents of a kind come from."""
    return _sources[kind]


def sources() -> list[Source]:
    """Return every source, in the order of kinds."""
    return [_sources[kind] for kind in sorted(_sources)]


def document_of(kind: str, object_id: int) -> Document | None:
    """Return the document as the database has it now; None when there is none to be found."""
    return documents_of(kind, [object_id]).get(object_id) if kind in _sources else None


def documents_of(kind: str, object_ids: Collection[int]) -> dict[int, Document]:
    """Return the same of many things, by id; what is not to be found is left out."""
    source = _sources[kind]
    made = ((row.pk, source.document(row)) for row in source.rows().filter(pk__in=object_ids))
    return {pk: document for pk, document in made if document is not None}


def documents(source: Source, chunk: int = 200) -> Any:
    """Yield all documents of a source, in chunks of rows, so that memory stays constant."""
    last = 0
    while rows := list(source.rows().filter(pk__gt=last).order_by("pk")[:chunk]):
        for row in rows:
            document = source.document(row)
            if document is not None:
                yield document
        last = rows[-1].pk
