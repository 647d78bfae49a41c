"""How a question becomes a search document: one for the question with all its answers."""

from collections.abc import Collection
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Prefetch, QuerySet

from core.markup import plain_text
from core.models import Visibility
from forum.models import Answer, Guide, Question, Rendition, Tag, closed_for, needs_recheck
from forum.queries import tags_of
from forum.tags import folded, tags_understood
from search.documents import Document, Source, declare, declare_labels, declare_meanings


def rows() -> QuerySet[Any]:
    """Return every question that may be found, with what its document needs."""
    answers = Answer.objects.filter(visibility=Visibility.VISIBLE).order_by("pk")
    return (
        Question.objects.filter(visibility=Visibility.VISIBLE)
        .select_related("acceptance")
        .prefetch_related(tags_of(), Prefetch("answers", answers))
    )


def document(question: Question) -> Document:
    """Return the document of a question, from rows()."""
    acceptance = getattr(question, "acceptance", None)
    accepted_id = acceptance.answer_id if acceptance else None
    answers = list(question.answers.all())
    accepted = next((row for row in answers if row.pk == accepted_id), None)
    others = [plain_text(row.html) for row in answers if row.pk != accepted_id]
    return Document(
        kind="forum.question",
        object_id=question.pk,
        language=question.language,
        title=question.title,
        body="\n".join([plain_text(question.html), *others]),
        tags=tuple(row.tag.name for row in question.tag_rows),
        solved=accepted is not None,
        accepted=plain_text(accepted.html) if accepted else "",
        audience="public",
        created_at=question.created_at,
        score=question.score + sum(row.score for row in answers),
        url=question.path,
    )


def rendition_rows() -> QuerySet[Any]:
    """Return every translation that may be found."""
    seen = Rendition.objects.visible_to(AnonymousUser())
    return seen.select_related("question__acceptance__answer", "answer").prefetch_related(
        tags_of("question__tagged")
    )


def rendition_document(row: Rendition) -> Document:
    """Return the document of a translation, in its own language."""
    return Document(
        kind="forum.rendition",
        object_id=row.pk,
        language=row.language,
        title=row.title or row.question.title,
        body=plain_text(row.html),
        tags=tuple(one.tag.name for one in row.question.tag_rows),
        solved=row.question.solution is not None,
        accepted="",
        audience="public",
        created_at=row.created_at,
        score=row.post.score,
        url=row.path,
    )


def guide_rows() -> QuerySet[Any]:
    """Return every guide that may be found."""
    return Guide.objects.visible_to(AnonymousUser())


def guide_document(row: Guide) -> Document:
    """Return the document of a guide, in its language."""
    return Document(
        kind="forum.guide",
        object_id=row.pk,
        language=row.language,
        title=row.title,
        body=f"{row.summary}\n{plain_text(row.html)}",
        tags=(),
        solved=False,
        accepted="",
        audience="public",
        created_at=row.created_at,
        score=0,
        url=row.path,
    )


def tags_meant(words: Collection[str], language: str) -> dict[str, str]:
    """Return the tag that each of these words names, in any language, also without its accents or
    in the plural. Two queries."""
    known = tags_understood({folded(word) for word in words}, language or "und")
    return {word: known[folded(word)].name for word in words if folded(word) in known}


def tag_labels(names: Collection[str], language: str) -> dict[str, str]:
    """Return what readers of this language see for tags; one query."""
    return {tag.name: tag.name_in(language) for tag in Tag.objects.filter(name__in=names)}


def declare_all() -> None:
    """Declare what the forum lets people find, and by which other words."""
    declare_meanings(tags_meant)
    declare_labels(tag_labels)
    declare(Source(kind="forum.guide", rows=guide_rows, document=guide_document))
    declare(
        Source(
            kind="forum.rendition",
            rows=rendition_rows,
            document=rendition_document,
            closed_for=closed_for("question"),
            needs_recheck=needs_recheck("question"),
        )
    )
    declare(
        Source(
            kind="forum.question",
            rows=rows,
            document=document,
            closed_for=closed_for(),
            needs_recheck=needs_recheck(),
        )
    )
