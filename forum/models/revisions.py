"""Texts as they stood."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from forum.models.answers import Answer, Comment
from forum.models.questions import Question
from people.models import Person


class Revision(models.Model):
    """A text as it stood: number 1 is the first; the post carries the newest.

    why: what its author said of the change. written_on: the revision it was written on, where
    another came between and both were merged. reverts_to: the revision it brought back. wording:
    the revision that its wording began with (forum.wordings). is_rewritten: words were taken out of
    it for good, so that what was written on it, which may have them, is not merged.
    """

    question = models.ForeignKey(Question, models.CASCADE, null=True, related_name="revisions")
    answer = models.ForeignKey(Answer, models.CASCADE, null=True, related_name="revisions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200, blank=True)
    source = models.TextField()
    tags = models.JSONField(default=list)
    author = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    why = models.CharField(max_length=200, blank=True)
    written_on = models.PositiveIntegerField(null=True)
    reverts_to = models.PositiveIntegerField(null=True)
    wording = models.PositiveIntegerField(default=1)
    is_rewritten = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["question", "number"],
                condition=~Q(question=None),
                name="revision_question_once",
            ),
            models.UniqueConstraint(
                fields=["answer", "number"], condition=~Q(answer=None), name="revision_answer_once"
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="revision_number"),
        ]

    def __str__(self) -> str:
        return f"revision {self.number}"


class CommentRevision(models.Model):
    """A comment as it stood: kept from its first change on, the text before it too."""

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    source = models.TextField()
    author = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    is_rewritten = models.BooleanField(default=False, db_default=False)

    # What only revisions of questions and answers have.
    title = why = ""
    tags: tuple[str, ...] = ()
    written_on = reverts_to = None
    wording = 1

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["comment", "number"], name="comment_revision_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="comment_revision_number"),
        ]

    def __str__(self) -> str:
        return f"revision {self.number}"
