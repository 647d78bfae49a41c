"""What looks like a secret in what is and was written under a question, or in a guide."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from chat.models import ChatMessage
from core.leaks import FoundSecret, find_leaks, secrets_of
from core.purging import Clean
from forum import rules
from forum.models import (
    Answer,
    Comment,
    CommentRevision,
    Guide,
    GuideRevision,
    Question,
    Rendition,
    Revision,
    Suggestion,
    written_by,
)


@dataclass(frozen=True)
class Texts:
    """Rows with words that stand or stood in one place; present: those that stand there now."""

    present: list[QuerySet[Any]]
    past: list[QuerySet[Any]]

    def __iter__(self) -> Iterator[QuerySet[Any]]:
        return iter([*self.present, *self.past])

    def of(self, model: Any) -> QuerySet[Any]:
        """Return the rows of one sort."""
        return next(rows for rows in self if rows.model is model)


def texts_of(row: Question | Guide, whose: Any = None) -> Texts:
    """Return what is and was written under a question, or in all languages of a guide.

    whose: only what is this person's own, to rewrite or not: their posts as they stand and stood,
    with what others suggested for these and made of them in other languages; what they suggested
    and translated themselves; of guides, those that nobody else ever changed.
    """
    return _of_guide(row, whose) if isinstance(row, Guide) else _under(row, whose)


SAID = "chat.message"
MODELS: dict[str, Any] = {
    SAID: ChatMessage,
    **{
        f"forum.{model._meta.model_name}": model
        for model in (Question, Answer, Comment, Guide, Rendition, Suggestion)
    },
}


def of_text(row: Any) -> tuple[str, int]:
    """Return (kind, id) of what a row of texts_of() is, or was, a text of."""
    for name in ("answer", "question", "comment", "guide"):
        is_kept = isinstance(row, Revision | CommentRevision | GuideRevision)
        if is_kept and (of := getattr(row, f"{name}_id", None)):
            return f"forum.{name}", of
    return f"forum.{row._meta.model_name}", row.pk


def writer_id_of(kind: str, object_id: int) -> int | None:
    """Return who wrote something of texts_of(), with or without their name, or said it beside."""
    row: Any = MODELS[kind]._default_manager.filter(pk=object_id).first()
    return getattr(row, "writer_id", None) or getattr(row, "author_id", None)


def whose_texts(person: Any) -> Any:
    """Return whose texts this person may take words out of: None, anyone's, for moderators."""
    return None if rules.can_curate(person) else person


def leaked_secrets(person: Any, row: Question | Guide) -> list[FoundSecret]:
    """Return what this person may take out of a question, or of a guide, for good; each once.

    Moderators: what looks like a secret in anything that is and was written there. Others: of that,
    what is their own (texts_of), and no common word or sentence.
    """
    whose = whose_texts(person)
    texts = texts_of(row, whose)
    return find_leaks(_said(texts.present), _said(texts.past), only_rare=whose is not None)


def with_words(row: Question | Guide, clean: Clean) -> list[Any]:
    """Return what has words, of all that is and was written there; clean: as of purge_words()."""
    return [
        one
        for rows in texts_of(row)
        for one in rows.order_by("pk")
        if any(clean(text) != text for text in _texts(one))
    ]


def is_secret_left(post: Any) -> bool:
    """Whether what looks like a secret was just edited out, and stands in the text before."""
    before = post.revisions.filter(number=post.revision - 1).first()
    if before is None:
        return False
    return bool(secrets_of(_texts(before)).keys() - secrets_of(_texts(post)).keys())


NAMES = ("title", "summary", "source", "why", "reason")


def _texts(row: Any) -> list[str]:
    return [text for name in NAMES if (text := getattr(row, name, ""))]


def _said(rows: Iterable[Any]) -> list[str]:
    return [text for some in rows for row in some.order_by("pk") for text in _texts(row)]


def _under(question: Question, whose: Any) -> Texts:
    mine = Q() if whose is None else written_by(whose)
    questions = Question.objects.filter(mine, pk=question.pk)
    answers = Answer.objects.filter(mine, question=question)
    parts = Q(question__in=questions.values("pk"), answer=None)
    parts |= Q(answer__in=answers.values("pk"))
    made = parts
    if whose is not None:
        here = Q(question=question)
        here |= Q(answer__in=Answer.objects.filter(question=question).values("pk"))
        made = parts | (here & Q(author=whose))
    comments = Comment.objects.filter(mine, question=question)
    present = [questions, answers, comments, Rendition.objects.filter(made)]
    past = [
        Revision.objects.filter(parts),
        CommentRevision.objects.filter(comment__in=comments.values("pk")),
        Suggestion.objects.filter(made),
    ]
    return Texts(present, past)


def _of_guide(guide: Guide, whose: Any) -> Texts:
    versions = Guide.objects.filter(Q(pk=guide.home_id) | Q(original=guide.home_id))
    if whose is not None:
        of_others = GuideRevision.objects.filter(guide=OuterRef("pk"), author__isnull=False)
        versions = versions.filter(~Exists(of_others.exclude(author=whose)), author=whose)
    return Texts([versions], [GuideRevision.objects.filter(guide__in=versions.values("pk"))])
