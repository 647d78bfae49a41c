"""Questions and answers in other languages, by members."""

from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from core.models import Visibility, WrittenText
from forum.models.answers import Answer
from forum.models.posts import seen_by
from forum.models.questions import Question
from people.models import Person


class RenditionQuerySet(models.QuerySet["Rendition"]):
    def visible_to(self, person: Any) -> "RenditionQuerySet":
        """Return what one may see of renditions; none of a post that one may not see."""
        questions = Question.objects.visible_to(person).filter(pk=OuterRef("question"))
        answers = Answer.objects.visible_to(person).filter(pk=OuterRef("answer"))
        return (
            self.filter(seen_by(person, is_post=False))
            .filter(Exists(questions))
            .filter(Q(answer=None) | Exists(answers))
        )


class Rendition(WrittenText):
    """A question or, with `answer`, one of its answers in another language: who, when, from which
    revision. Where several stand in one language, the newest counts.
    """

    question = models.ForeignKey(Question, models.CASCADE, related_name="renditions")
    answer = models.ForeignKey(Answer, models.CASCADE, null=True, related_name="renditions")
    title = models.CharField(max_length=200, blank=True)  # of a question
    author = models.ForeignKey(Person, models.PROTECT, null=True, related_name="renditions")
    created_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True)
    from_revision = models.PositiveIntegerField()
    visibility = models.CharField(
        max_length=8, choices=Visibility, default=Visibility.VISIBLE, db_index=True
    )

    can_edit: bool  # on rows of queries.reading_of()

    objects = RenditionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(from_revision__gte=1), name="rendition_from")
        ]
        indexes = [models.Index(fields=["question", "language"], name="rendition_language")]

    def __str__(self) -> str:
        return f"{self.post} in {self.language}"

    @property
    def post(self) -> Question | Answer:
        """What it renders."""
        return self.answer or self.question

    @property
    def is_stale(self) -> bool:
        """Whether its post has changed since; of a row with its question and answer."""
        return self.from_revision != self.post.revision

    @property
    def path(self) -> str:
        """Where it is read: its question's page, in this language."""
        query = f"?read={self.language}"
        if self.answer_id:
            return self.question.answer_path(self.answer_id, query)
        return f"{self.question.path}{query}"
