"""Flags, what was decided on them, and what was taken away."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from people.models.person import Person


class FlagQuerySet(models.QuerySet["Flag"]):
    def visible_to(self, person: Any) -> "FlagQuerySet":
        """Return one's own flags; moderators see all."""
        if not person.is_authenticated:
            return self.none()
        return self if "moderator" in person.roles else self.filter(person=person)


class Flag(models.Model):
    """ "Look at this", said by a person about a thing; decided once by a moderator.

    answer: what the moderator says to who raised it. to_author: what is said to `author`, who wrote
    the thing and never learns who raised it; both are written when it is decided.
    """

    class Reason(models.TextChoices):
        SPAM = "spam", _("Advertising or spam")
        UNKIND = "unkind", _("Unkind or against the code of conduct")
        PRIVATE = "private", _("Shows private facts")
        SECRET = "secret", _("Has a password or a key in it")
        WRONG = "wrong", _("Dangerous or badly wrong advice")
        OTHER = "other", _("Something else")

    class Decision(models.TextChoices):
        AGREED = "agreed", pgettext_lazy("flag", "agreed")
        DECLINED = "declined", pgettext_lazy("flag", "declined")

    person = models.ForeignKey(Person, models.CASCADE, related_name="flags")
    thing_kind = models.CharField(max_length=40)
    thing_id = models.BigIntegerField()
    reason = models.CharField(max_length=10, choices=Reason)
    text = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField(default=timezone.now)
    decision = models.CharField(max_length=8, choices=Decision, blank=True)
    decided_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=500, blank=True)
    author = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    to_author = models.CharField(max_length=500, blank=True)

    objects = FlagQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "thing_kind", "thing_id"], name="flag_once")
        ]
        indexes = [
            models.Index(fields=["at"], name="flag_open", condition=Q(decision="")),
            models.Index(fields=["thing_kind", "thing_id"], name="flag_thing"),
        ]

    def __str__(self) -> str:
        return f"{self.reason} {self.thing_kind}:{self.thing_id}"


class Removal(models.Model):
    """A post taken away: who, when, by which rule, why. One open removal a thing."""

    thing_kind = models.CharField(max_length=40)
    thing_id = models.BigIntegerField()
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    rule = models.CharField(max_length=20)  # a Flag.Reason, or "author"
    reason = models.CharField(max_length=500, blank=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["thing_kind", "thing_id"],
                condition=Q(undone_at=None),
                name="removal_open_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.thing_kind}:{self.thing_id}"

    @property
    def rule_name(self) -> Any:
        """The rule in words; empty where its author took it away."""
        return dict(Flag.Reason.choices).get(self.rule, "")

    @property
    def path(self) -> str:
        return f"/removals/{self.pk}"
