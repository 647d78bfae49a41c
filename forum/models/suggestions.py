"""Changes that others suggest to a post."""

from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from forum.models.answers import Answer
from forum.models.pseudonyms import Pseudonym
from forum.models.questions import Question
from people.models import Person
from people.rules import has_right, has_role
from people.trust import Right


class SuggestionQuerySet(models.QuerySet["Suggestion"]):
    def visible_to(self, person: Any) -> "SuggestionQuerySet":
        """Return one's own, and those one may decide on; none on a post one may not see."""
        if not person.is_authenticated:
            return self.none()
        questions = Question.objects.visible_to(person).filter(pk=OuterRef("question"))
        answers = Answer.objects.visible_to(person).filter(pk=OuterRef("answer"))
        rows = self.filter(Exists(questions) | Exists(answers))
        if decides_on_all(person):
            return rows
        own = Pseudonym.objects.filter(person=person)
        mine = Q(author=person) | Q(question__author=person) | Q(answer__author=person)
        mine |= Q(question__pseudonym__in=own) | Q(answer__pseudonym__in=own)
        return rows.filter(mine)

    def held(self) -> "SuggestionQuerySet":
        """Return what waits since it looks like spam."""
        return self.filter(state=Suggestion.State.WAITING).exclude(score=None)

    def waiting_for(self, person: Any) -> "SuggestionQuerySet":
        """Return what this person is to decide on."""
        waiting = self.visible_to(person).filter(state=Suggestion.State.WAITING)
        return waiting.exclude(author=person)


def decides_on_all(person: Any) -> bool:
    """Whether this person decides on changes to what anyone wrote (see rules.can_decide)."""
    return has_role(person, "moderator") or has_right(person, Right.REVIEW)


class Suggestion(models.Model):
    """A change to a post, by someone who may not edit it; nothing of it shows before it is taken.

    revision: the text it was written on. became: the revision it was taken as. score, reasons: as
    in people.models.Hold, of a change that waits since it looks like spam; None of a suggestion.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn")

    question = models.ForeignKey(Question, models.CASCADE, null=True, related_name="suggestions")
    answer = models.ForeignKey(Answer, models.CASCADE, null=True, related_name="suggestions")
    revision = models.PositiveIntegerField()
    title = models.CharField(max_length=200, blank=True)
    source = models.TextField()
    tags = models.JSONField(default=list)
    why = models.CharField(max_length=200)
    author = models.ForeignKey(Person, models.PROTECT, related_name="suggestions")
    at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    became = models.PositiveIntegerField(null=True)
    score = models.FloatField(null=True)
    reasons = models.JSONField(default=list)

    objects = SuggestionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(question=None, answer__isnull=False)
                | Q(question__isnull=False, answer=None),
                name="suggestion_one_post",
            ),
            models.UniqueConstraint(
                fields=["author", "question"],
                condition=Q(state="waiting") & ~Q(question=None),
                name="suggestion_question_once",
            ),
            models.UniqueConstraint(
                fields=["author", "answer"],
                condition=Q(state="waiting") & ~Q(answer=None),
                name="suggestion_answer_once",
            ),
        ]
        indexes = [
            models.Index(fields=["-id"], name="suggestion_waiting", condition=Q(state="waiting")),
            models.Index(fields=["author", "-id"], name="suggestion_author"),
        ]

    def __str__(self) -> str:
        return f"suggestion {self.pk}"

    @property
    def post(self) -> Question | Answer:
        post = self.question or self.answer
        assert post is not None  # noqa: S101  (held by the constraint)
        return post

    @property
    def path(self) -> str:
        return f"/suggestions/{self.pk}"
