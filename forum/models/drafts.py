"""What is being written and not posted."""

from datetime import timedelta
from typing import Any, Final

from django.db import models
from django.db.models import Q
from django.utils import timezone

from forum.models.renditions import Rendition
from people.models import Person

DRAFT_KEPT: Final = timedelta(days=90)


class DraftQuerySet(models.QuerySet["Draft"]):
    def visible_to(self, person: Any) -> "DraftQuerySet":
        """Return one's own that were not posted."""
        if not person.is_authenticated:
            return self.none()
        return self.filter(person=person, spent_at=None)

    def on_question(self, question_id: int, answer_ids: Any) -> "DraftQuerySet":
        """Return what is being written on a question, these answers of it, and translations."""
        renditions = Rendition.objects.filter(question=question_id)
        return self.filter(spent_at=None).filter(
            Q(kind__in=kinds_about("question"), thing_id=question_id)
            | Q(kind__in=kinds_about("answer"), thing_id__in=answer_ids)
            | Q(kind__in=kinds_about("rendition"), thing_id__in=renditions.values("pk"))
        )

    def on_guides(self, guide_ids: Any) -> "DraftQuerySet":
        """Return what is being written on these guides."""
        return self.filter(spent_at=None, kind__in=kinds_about("guide"), thing_id__in=guide_ids)


class Draft(models.Model):
    """A text that its writer alone sees: new, a change, a comment, or a translation (`…_into`).

    thing_id: of what it is about (ABOUT), 0 for a new question or guide. token: what the form
    carries; spent by posting, so that a form left open elsewhere cannot bring back what went.
    fields: what was typed, by the form's names; empty once it is spent.
    """

    class Kind(models.TextChoices):
        QUESTION = "question"
        ANSWER = "answer"
        QUESTION_COMMENT = "comment"
        ANSWER_COMMENT = "answer_comment"
        QUESTION_EDIT = "question_edit"
        ANSWER_EDIT = "answer_edit"
        QUESTION_INTO = "question_into"
        ANSWER_INTO = "answer_into"
        RENDITION_EDIT = "rendition_edit"
        GUIDE = "guide"
        GUIDE_EDIT = "guide_edit"
        GUIDE_INTO = "guide_into"

    person = models.ForeignKey(Person, models.CASCADE, related_name="drafts")
    kind = models.CharField(max_length=14, choices=Kind)
    thing_id = models.BigIntegerField(default=0)
    token = models.UUIDField(unique=True)
    fields: Any = models.JSONField(default=dict)
    saved_at = models.DateTimeField(default=timezone.now)
    spent_at = models.DateTimeField(null=True)

    objects = DraftQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["person", "kind", "thing_id"],
                name="draft_of",
                condition=Q(spent_at=None),
            ),
            models.Index(fields=["saved_at"], name="draft_saved"),
        ]

    def __str__(self) -> str:
        return f"draft {self.pk}"

    @property
    def is_translation(self) -> bool:
        return self.kind.endswith("_into") or self.kind == Draft.Kind.RENDITION_EDIT

    @property
    def is_of_guide(self) -> bool:
        """Whether it is of a guide, which may be longer and is of another Markdown."""
        return self.kind == Draft.Kind.GUIDE or self.about == "guide"

    @property
    def about(self) -> str:
        """What `thing_id` is of: see ABOUT; empty for what is new."""
        return ABOUT.get(self.kind, "")


_Kind = Draft.Kind
# What a draft of a kind is about; a new question and a new guide are about nothing yet.
ABOUT: Final[dict[str, str]] = {
    **dict.fromkeys((_Kind.ANSWER, _Kind.QUESTION_COMMENT), "question"),
    **dict.fromkeys((_Kind.QUESTION_EDIT, _Kind.QUESTION_INTO), "question"),
    **dict.fromkeys((_Kind.ANSWER_COMMENT, _Kind.ANSWER_EDIT, _Kind.ANSWER_INTO), "answer"),
    **dict.fromkeys((_Kind.GUIDE_EDIT, _Kind.GUIDE_INTO), "guide"),
    _Kind.RENDITION_EDIT: "rendition",
}


def kinds_about(what: str) -> list[str]:
    """Return the kinds of drafts that are about questions, answers, guides or renditions."""
    return [kind for kind, about in ABOUT.items() if about == what]
