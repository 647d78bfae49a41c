"""Finding past answers. Search never decides rights: rows are fetched through visible_to again."""

import time
from collections.abc import Collection, Iterable, Iterator, KeysView, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

from django.db.models import OuterRef

from core import walking
from core.pages import whole_number
from core.things import thing_of
from search.analysis import terms, words
from search.documents import PUBLIC, Document, documents_of, source_of, tags_meant
from search.engines import engine
from search.found import Found, Part, Query
from search.models import Pending
from search.snippets import marked, snippet

Key = tuple[str, int]  # kind and id

SIZE = 20
LAST_PAGE = 50
HALF = 0.5
CLOSE = 0.4  # of a title typed so far: two of three words, two of five
NEAR = 0.6  # of a thing's own title: what it takes to stop someone; figures at near()


@dataclass(frozen=True)
class Hit:
    """One thing found; the texts are safe HTML with the words found in <mark>."""

    kind: str
    object_id: int
    title_html: str
    snippet_html: str
    url: str
    language: str
    tags: tuple[str, ...]
    solved: bool
    score: float
    closed_for: str = ""  # the room's word for why it takes no more answers
    needs_recheck: bool = False  # what solved it waits to be confirmed anew
    parts: tuple[Part, ...] = ()  # what the score is the sum of, where that was asked for

    @property
    def key(self) -> Key:
        """What tells it from others, as keys_in() reads it from a form."""
        return self.kind, self.object_id


@dataclass(frozen=True)
class Results:
    """One page of hits; total counts all pages."""

    hits: list[Hit]
    total: int
    took_ms: int
    page: int
    has_next: bool


def search(
    person: Any,
    text: str,
    *,
    language: str = "",
    tags: Sequence[str] = (),
    solved: bool | None = None,
    page: int = 1,
    size: int = SIZE,
    unfinished: bool = False,
    explained: bool = False,
) -> Results:
    """Return what this person may find, best first; explained: with what each score is made of.

    All words first; where too little has them all, half of them, rounded up. Pages go up to 50.
    """
    began = time.perf_counter()
    known, meant = _meanings(text[:500], tags, language)
    asked = Query(
        text=text[:500],
        audiences=audiences_of(person),
        language=language,
        tags=tuple(known.get(tag, tag) for tag in tags),
        meant=meant,
        solved=solved,
        page=min(max(page, 1), LAST_PAGE),
        size=size,
        unfinished=unfinished,
        explained=explained,
        enough=3,
        share=HALF,
    )
    found, total = engine().find(asked)
    hits = _visible(person, found, text)
    return Results(
        hits=hits,
        total=total,
        took_ms=round((time.perf_counter() - began) * 1000),
        page=asked.page,
        has_next=total > asked.page * size and asked.page < LAST_PAGE,
    )


def similar(
    person: Any,
    title: str,
    body: str = "",
    *,
    language: str = "",
    limit: int = 5,
    near_only: bool = False,
) -> list[Hit]:
    """Return past things close to what someone is about to ask, best first.

    language: of the new text; things in it come first, others of the person's follow. Of a thing
    and its translations, which stand on one page, the first comes alone. near_only: what near()
    says alone, to stop someone for it.
    """
    text = f"{title} {body[:300]}" if body else title
    asked = Query(
        text=text[:500],
        audiences=audiences_of(person),
        size=limit * 2,
        enough=limit * 2,
        share=CLOSE,
        meant=_meanings(text[:500], (), language)[1],
    )
    found, _total = engine().find(asked)
    best = max((row.score for row in found), default=0.0)
    close = [row for row in found if row.score >= best * 0.35]
    if near_only:
        close = [row for row in close if near(row.title, text, row.language)]
    close.sort(key=lambda row: (bool(language) and row.language != language, -row.score))
    firsts: dict[str, Found] = {}
    for row in close:
        firsts.setdefault(urlsplit(row.url).path, row)
    return _visible(person, list(firsts.values())[:limit], title)


def near(title: str, asked: str, language: str) -> bool:
    """Return whether a thing may well be what is asked: of its title's words that say something,
    in its language, NEAR stand in the text that asks, by their stems.

    Source: the 556 questions of the Stack Exchange dump history-meta, each asked anew by its title
    and its first 300 characters, with the five best others as similar() finds them: every one of
    200 was stopped, now 55 %; of 3,000 random pairs 1.4 % are near. Of the 7 pairs that its readers
    called duplicates, 4 are among the five best, and all 4 are near. (At 0.5: 74 % and 5.2 %, at
    0.67: 29 % and 0.5 %, but 3 of the 4.)
    """
    said = set(terms(asked, language))
    wanted = [found for word in words(title) if (found := terms(word, language))]
    told = sum(not said.isdisjoint(found) for found in wanted)
    return bool(wanted) and told >= NEAR * len(wanted)


def _meanings(
    text: str, tags: Sequence[str], language: str
) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """Return the tags that tags asked for mean, and those that words of a text mean.

    Two words beside each other may be one (`web hosting` is `web-hosting`): both mean it.
    """
    typed = words(text)[: Query.most_words]
    pairs = {f"{one}-{other}": (one, other) for one, other in pairwise(typed)}
    known = tags_meant({*tags, *typed, *pairs}, language)
    found: dict[str, tuple[str, ...]] = {}
    for name, tag in known.items():
        for word in (name, *pairs.get(name, ())):
            found[word] = (*found.get(word, ()), tag)
    return known, found


def audiences_of(person: Any) -> tuple[str, ...]:
    """Return what a person belongs to, as documents name it."""
    if not person.is_authenticated:
        return (PUBLIC,)
    return (PUBLIC, f"person:{person.pk}")


def _visible(person: Any, found: Sequence[Found], text: str) -> list[Hit]:
    """Return the hits whose rows this person may see now; one query a kind."""
    allowed: dict[Key, dict[str, Any]] = {}
    waiting: set[Key] = set()
    for kind in {row.kind for row in found}:
        ids = [row.object_id for row in found if row.kind == kind]
        rows = thing_of(kind).visible_to(person).filter(pk__in=ids)
        waits = walking.Found(Pending.objects.filter(kind=kind, object_id=OuterRef("pk")))
        source = source_of(kind)
        rows = rows.annotate(
            closed_for=source.closed_for, needs_recheck=source.needs_recheck, waits=waits
        )
        facts = rows.values_list("pk", "closed_for", "needs_recheck", "waits")
        for pk, why, again, is_waiting in facts:
            allowed[kind, pk] = {"closed_for": why or "", "needs_recheck": again}
            if is_waiting:
                waiting.add((kind, pk))
    return [
        _hit(row, text, allowed[row.kind, row.object_id])
        for row in _as_they_stand(found, waiting)
        if (row.kind, row.object_id) in allowed
    ]


def _as_they_stand(found: Sequence[Found], waiting: Collection[Key]) -> Iterator[Found]:
    """Yield what was found; what waits to be written to the index, as the database has it now.

    Else words that were taken away would be read until the worker comes. What is to be found no
    more is left out.
    """
    fresh = {
        (kind, pk): document
        for kind in {kind for kind, _pk in waiting}
        for pk, document in documents_of(kind, [pk for one, pk in waiting if one == kind]).items()
    }
    for row in found:
        key = (row.kind, row.object_id)
        if key in fresh:
            yield _anew(row, fresh[key])
        elif key not in waiting:
            yield row


def _anew(row: Found, document: Document) -> Found:
    return replace(
        row,
        language=document.language,
        title=document.title,
        body=document.shown,
        tags=document.tags,
        solved=document.solved,
        url=document.url,
    )


def _hit(row: Found, text: str, facts: Mapping[str, Any]) -> Hit:
    return Hit(
        kind=row.kind,
        object_id=row.object_id,
        title_html=marked(row.title, text, row.language),
        snippet_html=snippet(row.body, text, row.language),
        url=row.url,
        language=row.language,
        tags=row.tags,
        solved=row.solved,
        score=row.score,
        parts=row.parts,
        **facts,
    )


def keys_in(values: Iterable[str]) -> KeysView[Key]:
    """Return the (kind, id) of each `kind:id` that a form carries, once and in order; what is
    malformed is left out."""
    found: dict[Key, None] = {}
    for value in values:
        kind, _colon, number = value.partition(":")
        if (object_id := whole_number(number)) is not None:
            found[kind, object_id] = None
    return found.keys()
