"""What is being written and not posted."""

from datetime import timedelta
from typing import Any, Final

from django.db import models
from django.db.models import Q
from django.utils import timezone

from people.models import Person

DRAFT_KEPT: Final = timedelta(days=90)


class DraftQuerySet(models.QuerySet["Draft"]):
    def visible_to(self, person: Any) -> "DraftQuerySet":
        """Return one's own that were not posted."""
        if not person.is_authenticated:
            return self.none()
        return self.filter(person=person, spent_at=None)


class Draft(models.Model):
    """A text that its writer alone sees: for a new question, an answer, a comment or a change.

    thing_id: of the question or answer it is about, 0 for a new question. token: what the form
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
    def is_on_answer(self) -> bool:
        """Whether `thing_id` is of an answer; else it is of a question, or of nothing."""
        return self.kind in (Draft.Kind.ANSWER_COMMENT, Draft.Kind.ANSWER_EDIT)
