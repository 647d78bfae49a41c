"""How far people have read: one row a person and question, one a person and list."""

from django.db import models

from forum.models.questions import Question
from people.models import Person


class QuestionMark(models.Model):
    """What of a question someone has seen: all that stood there at `seen_at`."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="question_marks")
    question = models.ForeignKey(Question, models.CASCADE, related_name="marks")
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "question"], name="question_mark_once")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} has read {self.question_id}"


class ListMark(models.Model):
    """Since when a list is unread to someone: all before counts as read.

    tag: folded, of the list of one tag, where this counts alone; empty for all questions.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="list_marks")
    tag = models.CharField(max_length=100, blank=True)
    read_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "tag"], name="list_mark_once")]

    def __str__(self) -> str:
        return f"{self.person_id} has read {self.tag or 'all questions'}"
