"""A question's page in another language: what members translated of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db.models import Q

from core.differences import Piece, word_diff
from forum import rules
from forum.models import Question, Rendition, Revision
from forum.queries.page import QuestionPage
from people.models import Person

BESIDE = 120  # characters of what stayed, beside a change
SPOKEN = dict(settings.SPOKEN_LANGUAGES)


@dataclass(frozen=True)
class Reading:
    """How a question's page is read. language: of the renditions there are for this reader, or
    empty. is_on: they stand in place of the texts they render. others: further languages.
    of_question: those the question itself is rendered in, where that was read too (to visitors).
    """

    language: str = ""
    is_on: bool = False
    translators: list[Person] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    of_question: frozenset[str] | None = None


def reading_of(person: Any, page: QuestionPage, *, asked: str, own: str) -> Reading:
    """Return how a page is read, and set `rendition` on each of its posts that is translated.

    asked: the language of the address; own: that of the reader. One query, where the question says
    that there is something in this language; else none.
    """
    languages = page.question.rendered_in.split()
    language = asked if asked in SPOKEN else own
    if language not in languages:
        return Reading(others=languages)
    rows = Rendition.objects.visible_to(person).filter(question=page.question, visibility="visible")
    is_visitor = not person.is_authenticated  # whose head of the page names them all: head_of
    wanted = Q(language=language) | Q(answer=None) if is_visitor else Q(language=language)
    here = list(rows.filter(wanted).select_related("author").order_by("pk"))
    newest = {row.answer_id: row for row in here if row.language == language}
    posts = [page.question, *(facts.post for facts in page.answers)]
    found = []
    for post in posts:
        row = newest.get(None if isinstance(post, Question) else post.pk)
        if row is not None and post.language != language:
            row.question, row.answer = page.question, None if row.answer_id is None else post
            post.rendition = row
            row.can_edit = rules.can_edit_rendition(person, row)
            found.append(row)
    people = {row.author_id: row.author for row in found if row.author is not None}
    return Reading(
        language=language if found else "",
        is_on=bool(found) and asked == language,
        translators=list(people.values()),
        others=[one for one in languages if one != language],
        of_question=frozenset(row.language for row in here if row.answer_id is None)
        if is_visitor
        else None,
    )


def around(pieces: Iterable[Piece]) -> list[Piece]:
    """Return pieces with what stayed cut down to a few words beside each change, for pages."""
    found = list(pieces)
    last = len(found) - 1
    return [
        _shortened(piece, before=place > 0, after=place < last) if piece.kind == "same" else piece
        for place, piece in enumerate(found)
    ]


def _shortened(piece: Piece, *, before: bool, after: bool) -> Piece:
    """Return what stayed with its edges alone: after a change before it, before one after it."""
    text = piece.text
    if len(text) <= 2 * BESIDE:
        return piece
    head = text[:BESIDE].rpartition(" ")[0] if before else ""
    tail = text[-BESIDE:].partition(" ")[2] if after else ""
    return Piece("same", f"{head} … {tail}")


def renditions_of(person: Any, question: Question) -> Any:
    """Return what one may see of a question's renditions and its answers'."""
    rows = Rendition.objects.visible_to(person).filter(question=question)
    return rows.select_related("author", "question", "answer")


def changes_since(post: Any, revision: int) -> list[Piece]:
    """Return what changed in the text of a question or answer since one of its revisions."""
    kind = "question" if isinstance(post, Question) else "answer"
    old = Revision.objects.filter(**{kind: post}, number=revision).first()
    if old is None or revision == post.revision:
        return []
    if isinstance(post, Question):
        return word_diff(f"{old.title}\n\n{old.source}", f"{post.title}\n\n{post.source}")
    return word_diff(old.source, post.source)
