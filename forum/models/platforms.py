"""What the host runs, and who found which answer to work on what of it.

A fact is a platform's key with a version's value, as `HostedSite.platform` holds them:
`{"php": "8.4", "cms": "wordpress"}`.
"""

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from forum.models.answers import Answer
from forum.models.questions import Question
from people.models import Person


class Platform(models.Model):
    """A part of what sites stand on: PHP, MariaDB, the CMS. Its key and name never change."""

    key = models.SlugField(max_length=30, unique=True)
    name = models.CharField(max_length=60)

    class Meta:
        ordering = ["key"]

    def __str__(self) -> str:
        return self.name


class PlatformVersionQuerySet(models.QuerySet["PlatformVersion"]):
    def visible_to(self, person: Any) -> "PlatformVersionQuerySet":
        """Return all: what the host runs is no secret."""
        return self

    def offered(self, day: date) -> "PlatformVersionQuerySet":
        """Return what sites can run on a day."""
        return self.filter(Q(until=None) | Q(until__gt=day), since__lte=day)


class PlatformVersion(models.Model):
    """A version the host offers, from a day until a day; its value and name never change.

    until: the first day without it. default_since: from this day on new sites get it, unless
    another version became the default later.
    """

    platform = models.ForeignKey(Platform, models.PROTECT, related_name="versions")
    value = models.CharField(max_length=40)
    name = models.CharField(max_length=60, blank=True)
    since = models.DateField(default=timezone.localdate)
    until = models.DateField(null=True, blank=True)
    default_since = models.DateField(null=True, blank=True)

    objects = PlatformVersionQuerySet.as_manager()

    class Meta:
        ordering = ["platform__key", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["platform", "value"], name="platform_version_once"),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="platform_version_ends"
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """What people call it: "PHP 8.4", "WordPress"."""
        return self.name or f"{self.platform.name} {self.value}"

    @property
    def fact(self) -> str:
        return f"{self.platform.key}={self.value}"

    def is_offered(self, day: date) -> bool:
        return self.since <= day and (self.until is None or self.until > day)


class RecheckQuerySet(models.QuerySet["Recheck"]):
    def visible_to(self, person: Any) -> "RecheckQuerySet":
        """Return those of answers one may see."""
        answers = Answer.objects.visible_to(person).filter(pk=OuterRef("answer"))
        return self.filter(Exists(answers))

    def standing(self) -> "RecheckQuerySet":
        """Return what nobody has found to work yet."""
        return self.exclude(outcome=Recheck.Outcome.WORKS)


class AttestationQuerySet(models.QuerySet["Attestation"]):
    def visible_to(self, person: Any) -> "AttestationQuerySet":
        """Return those on answers one may see."""
        answers = Answer.objects.visible_to(person).filter(pk=OuterRef("answer"))
        return self.filter(Exists(answers))


class Attestation(models.Model):
    """ "This worked for me on PHP 8.4". Of the answer's own author it is a claim: confirmation
    comes from others."""

    answer = models.ForeignKey(Answer, models.CASCADE, related_name="attestations")
    person = models.ForeignKey(Person, models.CASCADE, related_name="attestations")
    version = models.ForeignKey(PlatformVersion, models.PROTECT, related_name="attestations")
    is_claim = models.BooleanField(default=False)
    at = models.DateTimeField(default=timezone.now)

    objects = AttestationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["answer", "person", "version"], name="attestation_once")
        ]

    def __str__(self) -> str:
        return f"answer {self.answer_id} on {self.version_id}"


class Recheck(models.Model):
    """An answer the platform moved away from: it waits to be confirmed on `version`.

    outcome: empty while it waits. What failed leaves the queue, and stands behind until someone
    finds that it works.
    """

    class Why(models.TextChoices):
        RETIRED = "retired"
        DEFAULT = "default"

    class Outcome(models.TextChoices):
        WORKS = "works", _("works")
        FAILS = "fails", _("does not work")

    answer = models.ForeignKey(Answer, models.CASCADE, related_name="recheck_rows")
    version = models.ForeignKey(PlatformVersion, models.PROTECT, related_name="rechecks")
    why = models.CharField(max_length=8, choices=Why)
    since = models.DateTimeField(default=timezone.now)
    outcome = models.CharField(max_length=8, choices=Outcome, blank=True)
    outcome_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    outcome_at = models.DateTimeField(null=True)

    may_settle: bool  # on rows of the page of the queue
    objects = RecheckQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["answer", "version"], name="recheck_once"),
        ]
        indexes = [models.Index(fields=["since"], name="recheck_waits", condition=Q(outcome=""))]

    def __str__(self) -> str:
        return f"answer {self.answer_id} for {self.version_id}"

    @property
    def outcome_path(self) -> str:
        return f"/rechecks/{self.pk}/outcome"


class Traffic(models.Model):
    """How much a question is read: `views` counts visits, and loses half of itself in a month."""

    question = models.OneToOneField(
        Question, models.CASCADE, primary_key=True, related_name="traffic"
    )
    views = models.FloatField(default=0)

    def __str__(self) -> str:
        return f"question {self.question_id}: {self.views:.0f}"
