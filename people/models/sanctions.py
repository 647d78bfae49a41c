"""Silence and suspension: what someone may not do for a while, why, until when."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models.moderation import Flag
from people.models.person import Person


class SanctionQuerySet(models.QuerySet["Sanction"]):
    def open(self) -> "SanctionQuerySet":
        """Return those whose ending is not written down; a person has one at most."""
        return self.filter(lifted_at=None)

    def over(self) -> "SanctionQuerySet":
        """Return those of the open ones whose end has passed."""
        return self.open().filter(until__lte=timezone.now())

    def in_force(self) -> "SanctionQuerySet":
        """Return those that hold now."""
        return self.open().filter(Q(until=None) | Q(until__gt=timezone.now()))


class Sanction(models.Model):
    """A person is silenced or suspended: by which rule, why, until when.

    Silenced people read everything, and write to the help desk alone; suspended people write
    nowhere. until: when it is over by itself; None when a moderator is to lift it.
    """

    class Kind(models.TextChoices):
        SILENCE = "silence", _("silenced: reads, and writes to the help desk alone")
        SUSPENSION = "suspension", _("suspended: reads, and writes nothing")

    person = models.ForeignKey(Person, models.CASCADE, related_name="sanctions")
    kind = models.CharField(max_length=10, choices=Kind)
    rule = models.CharField(max_length=10, choices=Flag.Reason, default=Flag.Reason.OTHER)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500)
    lifted_at = models.DateTimeField(null=True)

    objects = SanctionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(lifted_at=None), name="sanction_open_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.person_id}"
