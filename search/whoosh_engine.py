"""The embedded engine: a Whoosh index on disk, one writer (the worker), any number of readers.

The index lives in a folder of its own named in the file `current`, so that a rebuild is made
beside it and swapped in by one rename. A lock file makes the writer one.
"""

import fcntl
import math
import os
import shutil
import threading
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from whoosh import fields, index, query, scoring
from whoosh.analysis import SpaceSeparatedTokenizer
from whoosh.collectors import TopCollector
from whoosh.matching import ListMatcher, NullMatcher

from search.analysis import STEMMERS as LANGUAGES
from search.analysis import UNKNOWN, folded, query_terms, says_little, terms, words
from search.documents import Document
from search.found import SOLVED, WEIGHTS, Found, Part, Query

_terms: Any = SpaceSeparatedTokenizer()
_readers = threading.local()


def schema() -> fields.Schema:
    """Return the fields: title and all text apart, terms already stemmed (search.analysis)."""
    return fields.Schema(
        key=fields.ID(unique=True, stored=True),
        digest=fields.STORED,
        kind=fields.ID(stored=True),
        object_id=fields.STORED,
        language=fields.ID(stored=True),
        title=fields.TEXT(analyzer=_terms, phrase=False),
        accepted=fields.TEXT(analyzer=_terms, phrase=False),
        all=fields.TEXT(analyzer=_terms, phrase=False),
        tags=fields.KEYWORD(stored=True),
        solved=fields.ID(stored=True),
        audience=fields.KEYWORD,
        title_text=fields.STORED,
        body_text=fields.STORED,
        url=fields.STORED,
    )


class WhooshEngine:
    """An index in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    # Writing

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Hold the one writer's lock; another writer waits."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def update(self, changes: Iterable[Document | str]) -> int:
        """Write documents, and take out what a key alone is given of, in one commit.

        Each is asked for once the lock is held: what waited for another writer is as new as that
        one's. Returns the number of documents.
        """
        count = 0
        with self._writing():
            writer = index.open_dir(str(self._current())).writer(limitmb=64)
            try:
                for change in changes:
                    if isinstance(change, str):
                        writer.delete_by_term("key", change)
                    else:
                        writer.update_document(**_fields(change))
                        count += 1
            except BaseException:
                writer.cancel()
                raise
            writer.commit()
        return count

    def rebuild(self, documents: Iterable[Document]) -> int:
        """Make the index anew beside the old one, and swap; return the number of documents."""
        with self._writing():
            fresh = self.folder / f"index-{uuid.uuid4().hex[:12]}"
            fresh.mkdir()
            writer = index.create_in(str(fresh), schema()).writer(limitmb=128)
            count = 0
            for document in documents:
                writer.add_document(**_fields(document))
                count += 1
            writer.commit(optimize=True)
            self._swap(fresh)
        return count

    def _current(self) -> Path:
        """Return the folder of the index in force, made empty where there is none."""
        pointer = self.folder / "current"
        if not pointer.exists():
            fresh = self.folder / f"index-{uuid.uuid4().hex[:12]}"
            fresh.mkdir(parents=True)
            index.create_in(str(fresh), schema())
            self._swap(fresh)
        return self.folder / pointer.read_text(encoding="ascii")

    def _swap(self, fresh: Path) -> None:
        """Point to the new folder, then remove others (readers keep their open files)."""
        pointer = self.folder / "current"
        beside = self.folder / f"current-{uuid.uuid4().hex[:8]}"
        beside.write_text(fresh.name, encoding="ascii")
        os.replace(beside, pointer)
        for old in self.folder.glob("index-*"):
            if old != fresh:
                shutil.rmtree(old, ignore_errors=True)

    # Reading

    def _searcher(self) -> Any:
        """Return this thread's searcher on the newest commit; None while there is no index."""
        pointer = self.folder / "current"
        if not pointer.exists():
            return None
        path = str(self.folder / pointer.read_text(encoding="ascii"))
        known: dict[str, Any] = _readers.__dict__.setdefault("known", {})
        searcher = known.get(path)
        if searcher is None or not searcher.up_to_date():
            # Opened anew: refresh() of whoosh3 3.54 keeps the segments that were merged away, so
            # that texts taken out are found again, and fails on an index that was empty.
            for old in known.values():
                old.close()
            known.clear()
            weighting = scoring.BM25F(title_B=0.3, accepted_B=0.6, all_B=0.75)
            searcher = known[path] = index.open_dir(path).searcher(weighting=weighting)
        return searcher

    def find(self, asked: Query) -> tuple[list[Found], int]:
        """Return one page of what is found, best first, and how many there are in all."""
        searcher = self._searcher()
        if searcher is None:
            return [], 0
        typed = _words(asked, searcher.reader())
        if not typed.needed:
            return [], 0
        every, some = len(typed.needed), math.ceil(len(typed.needed) * asked.share)
        for least in dict.fromkeys((every, some)):
            best = _best(searcher, _query(asked, typed, least), asked.page * asked.size)
            if best.total >= asked.enough:
                break
        hits = best.results()[(asked.page - 1) * asked.size : asked.page * asked.size]
        if not asked.explained:
            return [_found(hit) for hit in hits], best.total
        return [_found(hit, _parts(searcher, hit.docnum, typed)) for hit in hits], best.total

    def digests(self) -> dict[str, str]:
        """Return the fingerprint of every document by key."""
        searcher = self._searcher()
        if searcher is None:
            return {}
        return {row["key"]: row["digest"] for row in searcher.reader().all_stored_fields()}


def _fields(document: Document) -> dict[str, Any]:
    language = document.language
    tag_words = " ".join(document.tags)
    everything = "\n".join((document.title, tag_words, document.accepted, document.body))
    return {
        "key": document.key,
        "digest": document.digest,
        "kind": document.kind,
        "object_id": document.object_id,
        "language": document.language,
        "title": " ".join(terms(document.title, language)),
        "accepted": " ".join(terms(document.accepted, language)),
        "all": " ".join(terms(everything, language)),
        "tags": tag_words,
        "solved": "yes" if document.solved else "no",
        "audience": document.audience,
        "title_text": document.title,
        "body_text": document.shown,
        "url": document.url,
        "_boost": SOLVED if document.solved else 1.0,
    }


def _best(searcher: Any, wanted: Any, limit: int) -> Any:
    """Return whoosh's collector of the best documents, which has counted all of them.

    Its short cuts stay off: they lost documents, the best ones too (in one of twelve searches for
    titles of the demo), and then counted wrong.
    """
    collector: Any = TopCollector(limit, usequality=False, replace=0)  # type: ignore[no-untyped-call]
    searcher.search_with_collector(wanted, collector)
    return collector


@dataclass(frozen=True)
class Word:
    """One word of a query: the index's terms for it in every language, and how it may go on.

    typed: as it was written. prefixes: of terms, while the word is still being typed. tags: what
    else says the same.
    """

    typed: str
    terms: tuple[str, ...]
    prefixes: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    def anywhere(self) -> Any:
        """Return the query of documents that have it: `all` holds what stands in any field."""
        options: list[Any] = [query.Term("all", term) for term in self.terms]
        options += [query.Term("tags", tag) for tag in self.tags]
        return query.Or(options + [query.Prefix("all", prefix) for prefix in self.prefixes])

    def weighted(self) -> list[Any]:
        """Return the queries that score it: more in a title, and in what solved it."""
        options: list[Any] = []
        for term in self.terms:
            options.append(query.Term("title", term, boost=WEIGHTS["title"]))
            options.append(query.Term("accepted", term, boost=WEIGHTS["accepted"]))
            options.append(query.Term("all", term))
        options += [query.Term("tags", tag, boost=WEIGHTS["tags"]) for tag in self.tags]
        for prefix in self.prefixes:
            options.append(query.Prefix("title", prefix, boost=WEIGHTS["title"]))
            options.append(query.Prefix("all", prefix))
        return options


@dataclass(frozen=True)
class Words:
    """What was typed: needed words say something in every language asked for, others add to it."""

    needed: list[Word]
    optional: list[Word]


class Candidates(query.Query):
    """Documents that have so many of some words, and are within every limit; all score alike.

    They are found as sets of numbers first, so that no others are scored.
    """

    def __init__(self, words: Sequence[Word], least: int, limits: Sequence[Any]) -> None:
        self.words = words
        self.least = least
        self.limits = limits

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        """Return the documents of one segment."""
        counts = Counter[int]()
        for word in self.words:
            counts.update(set(word.anywhere().matcher(searcher).all_ids()))
        found = {number for number, count in counts.items() if count >= self.least}
        for limit in self.limits:
            found.intersection_update(limit.matcher(searcher).all_ids())
        if not found:
            return NullMatcher()
        return ListMatcher(sorted(found))  # type: ignore[no-untyped-call]

    def estimate_size(self, ixreader: Any) -> int:
        """Return at most how many there are."""
        return int(ixreader.doc_count())


def _words(asked: Query, reader: Any) -> Words:
    """Return the words of a query, each once; terms the index does not have are left out."""
    languages = (asked.language,) if asked.language in LANGUAGES else (*LANGUAGES, UNKNOWN)
    typed = words(asked.text)[: asked.most_words]
    needed: dict[tuple[str, ...], Word] = {}
    optional: dict[tuple[str, ...], Word] = {}
    for position, word in enumerate(typed):
        found = tuple(query_terms(word, languages))
        is_last = asked.unfinished and position == len(typed) - 1
        if found or is_last:
            known = tuple(term for term in found if ("all", term) in reader)
            prefixes = tuple(f"{code}:{folded(word)}" for code in languages)
            (optional if says_little(word, languages) else needed)[known or found] = Word(
                word,
                known,
                prefixes if is_last and len(word) >= 3 else (),
                asked.meant.get(word, ()),
            )
    adding = [word for word in optional.values() if word.terms or word.prefixes or word.tags]
    return Words(list(needed.values()), adding) if needed else Words(adding, [])


def _query(asked: Query, typed: Words, least: int) -> Any:
    """Return the engine's query: documents with so many of the needed words, scored by all.

    The audience is a clause of the query, never `filter=`: an empty filter lets everything by.
    """
    every = [*typed.needed, *typed.optional]
    text: Any = query.Or([one for word in every for one in word.weighted()])
    text.matcher_type = query.Or.ARRAY_MATCHER  # adds up term by term: a third of the time
    limits: list[Any] = [query.Or([query.Term("audience", one) for one in asked.audiences])]
    if asked.language:
        limits.append(query.Term("language", asked.language))
    if asked.solved is not None:
        limits.append(query.Term("solved", "yes" if asked.solved else "no"))
    limits += [query.Term("tags", tag) for tag in asked.tags]
    return query.Require(text, Candidates(typed.needed, least, limits))


def _parts(searcher: Any, number: int, typed: Words) -> tuple[Part, ...]:
    """Return what the score of a document is the sum of, by field, the most first."""
    leaf, offset = next(
        (one, start)
        for one, start in searcher.leaf_searchers()
        if start <= number < start + one.doc_count_all()
    )
    points: dict[str, float] = {}
    words: dict[str, list[str]] = {}
    for word in (*typed.needed, *typed.optional):
        for one in word.weighted():
            matcher = one.matcher(leaf, searcher.context())
            if matcher.is_active():
                matcher.skip_to(number - offset)
            if matcher.is_active() and matcher.id() == number - offset:
                where = one.fieldname
                points[where] = points.get(where, 0.0) + matcher.score()
                words.setdefault(where, []).append(word.typed)
    found = [Part(one, tuple(dict.fromkeys(words[one])), points[one]) for one in points]
    return tuple(sorted(found, key=lambda part: -part.points))


def _found(hit: Any, parts: tuple[Part, ...] = ()) -> Found:
    row = hit.fields()
    return Found(
        kind=row["kind"],
        object_id=row["object_id"],
        language=row["language"],
        title=row["title_text"],
        body=row["body_text"],
        tags=tuple(row.get("tags", "").split()),
        solved=row["solved"] == "yes",
        url=row["url"],
        score=float(hit.score or 0.0),
        parts=parts,
    )
