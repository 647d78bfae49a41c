"""What waits for a moderator besides flags: held posts and appeals; and the public log."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from people.models.person import Person


class OwnQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: Any) -> "OwnQuerySet":
        """Return what concerns oneself; moderators see all."""
        if not person.is_authenticated:
            return self.none()
        return self if "moderator" in person.roles else self.filter(person=person)

    def waiting(self) -> "OwnQuerySet":
        """Return what is not decided."""
        return self.filter(decision="")


class AppealQuerySet(OwnQuerySet):
    def visible_to(self, person: Any) -> "OwnQuerySet":
        """Return one's own; moderators see all, and superusers, who judge moderators."""
        if person.is_authenticated and person.is_superuser and person.may_act:
            return self
        return super().visible_to(person)


class OfAPost(models.Model):
    """What a moderator decides on about someone's post. is_named: whether they may know whose."""

    person: Any
    is_named = models.BooleanField(default=True, editable=False)

    class Meta:
        abstract = True

    @property
    def named(self) -> Person | None:
        """Who stands with it on pages and in the API; None under a pseudonym."""
        return self.person if self.is_named else None


class Hold(OfAPost):
    """A post that waits for a moderator's look: how likely it is spam, and what speaks for it.

    score: 0 to 1, 1 is spam. reasons: of people.spam.judge. told: the journal line that announces
    the post, written when it is published: {verb, parent_kind, parent_id, changes}.
    """

    class Decision(models.TextChoices):
        PUBLISHED = "published", _("published")
        REMOVED = "removed", _("taken away")

    thing_kind = models.CharField(max_length=40)
    thing_id = models.BigIntegerField()
    person = models.ForeignKey(Person, models.CASCADE, related_name="holds")  # who wrote it
    at = models.DateTimeField(default=timezone.now)
    score = models.FloatField()
    reasons = models.JSONField(default=list)
    told = models.JSONField(default=dict)
    decision = models.CharField(max_length=9, choices=Decision, blank=True)
    decided_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["thing_kind", "thing_id"], name="hold_once"),
        ]
        indexes = [models.Index(fields=["at"], name="hold_open", condition=Q(decision=""))]

    def __str__(self) -> str:
        return f"{self.thing_kind}:{self.thing_id} waits"


class Appeal(OfAPost):
    """ "Look at it again", said by whom a decision concerns; once a decision.

    subject: what is decided anew, a Removal or a Sanction, by its id.
    """

    class Subject(models.TextChoices):
        REMOVAL = "removal", _("a post taken away")
        SANCTION = "sanction", _("a silence or suspension")

    class Decision(models.TextChoices):
        UPHELD = "upheld", pgettext_lazy("appeal", "the decision stands")
        REVERSED = "reversed", pgettext_lazy("appeal", "the decision is taken back")

    person = models.ForeignKey(Person, models.CASCADE, related_name="appeals")
    subject = models.CharField(max_length=8, choices=Subject)
    subject_id = models.BigIntegerField()
    text = models.CharField(max_length=1000)
    at = models.DateTimeField(default=timezone.now)
    decision = models.CharField(max_length=8, choices=Decision, blank=True)
    decided_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=500, blank=True)

    objects = AppealQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject", "subject_id"], name="appeal_once")
        ]
        indexes = [models.Index(fields=["at"], name="appeal_open", condition=Q(decision=""))]

    def __str__(self) -> str:
        return f"appeal of {self.subject} {self.subject_id}"


class LogLine(models.Model):
    """One line of the public moderation log, made from one line of the journal.

    act: a verb that people.public_log knows. rule: a key of what that verb declares. days: of a
    sanction, None for one without an end. Says nothing of who and whose.
    """

    line = models.OneToOneField("core.JournalLine", models.CASCADE, related_name="+")
    at = models.DateTimeField()
    act = models.CharField(max_length=60)
    thing_kind = models.CharField(max_length=40, blank=True)
    rule = models.CharField(max_length=20, blank=True)
    is_automatic = models.BooleanField(default=False)
    days = models.PositiveSmallIntegerField(null=True)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d} {self.act}"
