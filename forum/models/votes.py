"""Who found what helpful."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from forum.models.answers import Answer
from forum.models.questions import Question
from people.models import Person


class Vote(models.Model):
    """ "This helps" (1) or "this does not" (-1), one a person and post.

    revision: the text voted on, none where that was not noted yet; wording: the one it belongs to.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="votes")
    question = models.ForeignKey(Question, models.CASCADE, null=True, related_name="votes")
    answer = models.ForeignKey(Answer, models.CASCADE, null=True, related_name="votes")
    value = models.SmallIntegerField()
    at = models.DateTimeField(default=timezone.now)
    revision = models.PositiveIntegerField(null=True)
    wording = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(question=None, answer__isnull=False)
                | Q(question__isnull=False, answer=None),
                name="vote_one_post",
            ),
            models.CheckConstraint(condition=Q(value__in=(-1, 1)), name="vote_value"),
            models.UniqueConstraint(
                fields=["person", "question"],
                condition=~Q(question=None),
                name="vote_question_once",
            ),
            models.UniqueConstraint(
                fields=["person", "answer"], condition=~Q(answer=None), name="vote_answer_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.value:+d}"
