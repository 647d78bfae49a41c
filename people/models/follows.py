"""What people want to hear of, what they want to hear nothing of, and how it reaches them."""

from collections.abc import Iterable
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models.person import Person


class PointerQuerySet(models.QuerySet[Any]):
    """Rows of one person that point at things by (kind, object_id)."""

    def visible_to(self, person: Any) -> Self:
        """Return one's own."""
        return self.filter(person=person) if person.is_authenticated else self.none()

    def on(self, kind: str, ids: Iterable[int]) -> Self:
        """Return those that point at these things of one kind."""
        return self.filter(kind=kind, object_id__in=list(ids))


class FollowQuerySet(PointerQuerySet):
    def current(self) -> Self:
        """Return those that were not stopped."""
        return self.filter(stopped_at=None)


class Follow(models.Model):
    """Someone who is told of what happens to a thing; kinds: people.follows.

    reason: what made them follow. stopped_at: they said that they do not want to hear of it any
    more; the row stays, so that answering or commenting does not make them follow once again.
    """

    class Reason(models.TextChoices):
        CHOSEN = "chosen", _("you chose to follow it")
        ASKED = "asked", _("you asked it")
        ANSWERED = "answered", _("you answered it")
        COMMENTED = "commented", _("you commented on it")

    person = models.ForeignKey(Person, models.CASCADE, related_name="follows")
    kind = models.CharField(max_length=40)
    object_id = models.BigIntegerField()
    reason = models.CharField(max_length=9, choices=Reason, default=Reason.CHOSEN)
    at = models.DateTimeField(default=timezone.now)
    stopped_at = models.DateTimeField(null=True)

    objects = FollowQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind", "object_id"], name="follow_thing_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["kind", "object_id", "person"],
                name="follow_of_thing",
                condition=Q(stopped_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} follows {self.kind} {self.object_id}"


class Mute(models.Model):
    """Someone who is told nothing of a thing, whatever else they follow; kinds: people.follows.

    Of a person: nothing of what that person does.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="mutes")
    kind = models.CharField(max_length=40)
    object_id = models.BigIntegerField()
    at = models.DateTimeField(default=timezone.now)

    objects = PointerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "kind", "object_id"], name="mute_thing_once")
        ]
        indexes = [models.Index(fields=["kind", "object_id", "person"], name="mute_of_thing")]

    def __str__(self) -> str:
        return f"{self.person_id} hears nothing of {self.kind} {self.object_id}"


class MailChoice(models.Model):
    """How a person gets mail of what they follow of one kind; without a row, as declared."""

    class Way(models.TextChoices):
        AT_ONCE = "at_once", _("at once")
        DAILY = "daily", _("in a mail every morning")
        WEEKLY = "weekly", _("in a mail every Monday morning")
        NEVER = "never", _("never")

    person = models.ForeignKey(Person, models.CASCADE, related_name="mail_choices")
    kind = models.CharField(max_length=40)
    way = models.CharField(max_length=7, choices=Way)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "kind"], name="mail_choice_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.kind} {self.way}"
