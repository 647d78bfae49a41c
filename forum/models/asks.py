"""Who was asked to help with a question, who wants to be asked, and how far it has climbed."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from forum.models.questions import Question
from forum.routing import MOST_ASKS
from people.models import Person


class AskQuerySet(models.QuerySet["Ask"]):
    def visible_to(self, person: Any) -> "AskQuerySet":
        """Return one's own."""
        return self.filter(helper=person) if person.is_authenticated else self.none()

    def waiting(self) -> "AskQuerySet":
        """Return those not answered, declined or put off."""
        return self.filter(outcome="")


class Ask(models.Model):
    """A question brought to one helper: when, on which rung, why, and what came of it.

    why: reasons of forum.routing.why; read by the helper alone.
    """

    class Outcome(models.TextChoices):
        ANSWERED = "answered", _("answered")
        DECLINED = "declined", _("not for me")
        SNOOZED = "snoozed", _("not now")

    question = models.ForeignKey(Question, models.CASCADE, related_name="asks")
    helper = models.ForeignKey(Person, models.CASCADE, related_name="asks")
    at = models.DateTimeField(default=timezone.now)
    rung = models.CharField(max_length=20)
    why = models.JSONField(default=list)
    outcome = models.CharField(max_length=8, choices=Outcome, blank=True)
    outcome_at = models.DateTimeField(null=True)

    objects = AskQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["helper", "question"], name="ask_once")]
        indexes = [models.Index(fields=["helper", "at"], name="ask_helper")]

    def __str__(self) -> str:
        return f"{self.helper_id} for {self.question_id}"

    @property
    def outcome_path(self) -> str:
        return f"/asks/{self.pk}/outcome"


class AskChoice(models.Model):
    """What a helper wants: at most so many asks a week (0: none), by mail too, none until a day."""

    person = models.OneToOneField(
        Person, models.CASCADE, primary_key=True, related_name="ask_choice"
    )
    most_asks = models.PositiveSmallIntegerField(default=MOST_ASKS)
    by_mail = models.BooleanField(default=True)
    quiet_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(most_asks__lte=MOST_ASKS), name="ask_choice_most")
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.most_asks} a week"


class Ladder(models.Model):
    """How far an unanswered question has climbed; without `next_at` it climbs no more.

    started_at: hours of the rungs count from here. rung: how many were taken.
    """

    question = models.OneToOneField(
        Question, models.CASCADE, primary_key=True, related_name="ladder"
    )
    started_at = models.DateTimeField(default=timezone.now)
    rung = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["next_at"], name="ladder_due", condition=~Q(next_at=None))]

    def __str__(self) -> str:
        return f"question {self.question_id} on rung {self.rung}"
