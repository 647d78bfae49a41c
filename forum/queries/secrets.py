"""What looks like a secret in what is and was written under a question, or in a guide."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from core.confided import KINDS
from core.purging import WHOLE
from core.redaction import find_secrets
from forum import rules
from forum.models import (
    Answer,
    Comment,
    Guide,
    GuideRevision,
    Question,
    Rendition,
    Revision,
    Suggestion,
    written_by,
)


@dataclass(frozen=True)
class LeakedSecret:
    """Words that look like a secret; what: which sort, in the reader's language. is_past: no text
    that stands there now has them, only earlier ones.
    """

    text: str
    what: str
    is_past: bool


def leaked_secrets(person: Any, row: Question | Guide) -> list[LeakedSecret]:
    """Return what this person may take out of a question, or of a guide, for good; each once.

    Moderators: what looks like a secret in anything that is and was written there. Others: of that,
    what they wrote themselves, and no common word, which would leave what others wrote as well.
    """
    is_moderator = rules.can_curate(person)
    rows = _of_guide(row) if isinstance(row, Guide) else _under(row)
    present, past = (_said(some if is_moderator else _own(some, person)) for some in rows)
    now = _secrets(present)
    found = {**_secrets(past), **now}
    return [
        LeakedSecret(text, str(KINDS[kind]), text not in now)
        for text, kind in found.items()
        if is_moderator or is_rare(text)
    ]


def is_secret_left(post: Any) -> bool:
    """Whether what looks like a secret was just edited out, and stands in the text before."""
    before = post.revisions.filter(number=post.revision - 1).first()
    if before is None:
        return False
    return bool(_secrets(_texts(before)).keys() - _secrets(_texts(post)).keys())


def is_rare(text: str) -> bool:
    """Whether words can be taken out of what others wrote without harm: no plain word."""
    return len(text) >= WHOLE and not text.isalpha()


def _secrets(texts: Iterable[str]) -> dict[str, str]:
    """Return what looks like a secret in texts, with its kind."""
    return {text[span.start : span.end]: span.kind for text in texts for span in find_secrets(text)}


NAMES = ("title", "summary", "source", "why", "reason")


def _texts(row: Any) -> list[str]:
    return [text for name in NAMES if (text := getattr(row, name, ""))]


def _said(rows: Iterable[Any]) -> list[str]:
    return [text for some in rows for row in some.order_by("pk") for text in _texts(row)]


def _under(question: Question) -> tuple[list[Any], list[Any]]:
    """Return what stands under a question, and what stood there or was to."""
    answers = Answer.objects.filter(question=question).values("pk")
    parts = Q(question=question) | Q(answer__in=answers)
    present = [
        Question.objects.filter(pk=question.pk),
        Answer.objects.filter(question=question),
        Comment.objects.filter(question=question),
        Rendition.objects.filter(question=question),
    ]
    return present, [Revision.objects.filter(parts), Suggestion.objects.filter(parts)]


def _of_guide(guide: Guide) -> tuple[list[Any], list[Any]]:
    versions = Guide.objects.filter(Q(pk=guide.home_id) | Q(original=guide.home_id))
    return [versions], [GuideRevision.objects.filter(guide__in=versions.values("pk"))]


def _own(rows: Iterable[Any], person: Any) -> list[Any]:
    """Return of rows what someone wrote, with or without their name."""
    return [some.filter(_wrote(some.model, person)) for some in rows]


def _wrote(model: Any, person: Any) -> Q:
    if model in (Question, Answer, Comment):
        return written_by(person)
    if model is Revision:
        own = {
            "question__in": Question.objects.filter(written_by(person)),
            "answer__in": Answer.objects.filter(written_by(person)),
        }
        return Q(author=person) | Q(**own, _connector=Q.OR)
    return Q(author=person)
