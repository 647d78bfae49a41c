"""What was moved between questions, so that each move can be taken back exactly."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from forum.models.answers import Answer, Comment
from forum.models.questions import Question
from people.models import Person


class RelocationQuerySet(models.QuerySet["Relocation"]):
    def in_force(self) -> "RelocationQuerySet":
        """Return those that nobody took back."""
        return self.filter(undone_at=None)


class Relocation(models.Model):
    """A merger (all answers of a question went to another) or a split (some posts to a new one).

    closed: a merger closed its question as well. reason: why; none where it was moved before that
    was asked. Who moved what, when; who took it back, when.
    """

    class Kind(models.TextChoices):
        MERGER = "merger"
        SPLIT = "split"

    class Reason(models.TextChoices):
        DUPLICATE = "duplicate", _("It was asked before")
        TOGETHER = "together", _("The answers belong together")
        SEVERAL = "several", _("It was several questions in one")
        STRAYED = "strayed", _("The talk went on to something else")

    kind = models.CharField(max_length=6, choices=Kind)
    question = models.ForeignKey(Question, models.CASCADE, related_name="relocations")
    into = models.ForeignKey(Question, models.CASCADE, related_name="relocations_in")
    reason = models.CharField(max_length=10, choices=Reason, blank=True)
    closed = models.BooleanField(default=False)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    undone_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)

    objects = RelocationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["question"],
                condition=Q(kind="merger", undone_at=None),
                name="question_merger_once",
            ),
            models.UniqueConstraint(
                fields=["into"], condition=Q(kind="split"), name="question_split_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.question_id} into {self.into_id}"

    @classmethod
    def reasons_for(cls, kind: str) -> list[tuple[str, Any]]:
        """Return the reasons that a merger or a split may have, with their words."""
        own = (cls.Reason.DUPLICATE, cls.Reason.TOGETHER)
        is_merger = kind == cls.Kind.MERGER
        return [(one.value, one.label) for one in cls.Reason if (one in own) == is_merger]


class MovedPost(models.Model):
    """A post that a relocation moved, and where it stood: comments of an answer go with it."""

    relocation = models.ForeignKey(Relocation, models.CASCADE, related_name="posts")
    answer = models.ForeignKey(Answer, models.CASCADE, null=True, related_name="moves")
    comment = models.ForeignKey(Comment, models.CASCADE, null=True, related_name="moves")
    from_question = models.ForeignKey(Question, models.CASCADE, related_name="+")
    from_answer = models.ForeignKey(Answer, models.CASCADE, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(answer=None, comment__isnull=False)
                | Q(answer__isnull=False, comment=None),
                name="moved_one_post",
            ),
            models.UniqueConstraint(
                fields=["relocation", "answer"],
                condition=~Q(answer=None),
                name="moved_answer_once",
            ),
            models.UniqueConstraint(
                fields=["relocation", "comment"],
                condition=~Q(comment=None),
                name="moved_comment_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.answer_id or self.comment_id} from {self.from_question_id}"
