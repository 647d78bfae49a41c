"""What no longer takes answers, and what nobody may touch for a while."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from forum.models.questions import Question
from people.models import Person


class Closure(models.Model):
    """A question takes no more answers: why, who said so, when. One a question; undone: deleted.

    original: of a duplicate, the question that has the answers. by: none where it was the asker
    under a pseudonym. by_asker: the asker closed it, and may open it again.
    """

    class Reason(models.TextChoices):
        DUPLICATE = "duplicate", _("It was asked before")
        OFF_TOPIC = "off_topic", _("It is not about what we help with")
        UNCLEAR = "unclear", _("It cannot be answered as it stands")
        TOO_BROAD = "too_broad", _("It is several questions in one")
        OUTDATED = "outdated", _("It is no longer so")

    question = models.OneToOneField(Question, models.CASCADE, related_name="closure")
    reason = models.CharField(max_length=10, choices=Reason)
    original = models.ForeignKey(Question, models.CASCADE, null=True, related_name="duplicates")
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    by_asker = models.BooleanField(default=False)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(reason="duplicate", original__isnull=False)
                | (~Q(reason="duplicate") & Q(original=None)),
                name="closure_original",
            ),
            models.CheckConstraint(
                condition=Q(original=None) | ~Q(original=F("question")), name="closure_of_another"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.question_id}: {self.reason}"


class Lock(models.Model):
    """A question takes no answers, comments, votes or changes: why, who, when; undone: deleted."""

    class Reason(models.TextChoices):
        DISPUTE = "dispute", _("The talk became a dispute")
        SPAM = "spam", _("It draws advertising")
        HISTORY = "history", _("It is kept as it was")
        REVIEW = "review", _("Moderators are looking at it")

    question = models.OneToOneField(Question, models.CASCADE, related_name="lock")
    reason = models.CharField(max_length=10, choices=Reason)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.question_id}: {self.reason}"
