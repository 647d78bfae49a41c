"""Who looked for help and was shown past answers, or was not, and what came of it."""

from typing import Any

from django.db import models
from django.db.models import F
from django.utils import timezone

from helpdesk.models.tickets import Ticket
from people.models import Person


class VisitQuerySet(models.QuerySet["Visit"]):
    def visible_to(self, person: Any) -> "VisitQuerySet":
        """Return one's own."""
        return self.filter(person=person) if person.is_authenticated else self.none()


class Visit(models.Model):
    """Someone was about to open a ticket, and past answers fitted what they typed.

    held_out: they were not shown them, so that their effect is known; all else is the same.
    ticket: the one opened all the same. No word of what was typed is kept.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="+", db_index=False)
    held_out = models.BooleanField()
    began_at = models.DateTimeField(default=timezone.now)
    last_at = models.DateTimeField(default=timezone.now)
    ticket = models.OneToOneField(Ticket, models.SET_NULL, null=True, related_name="visit")

    objects = VisitQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(last_at__gte=F("began_at")), name="visit_order"
            )
        ]
        indexes = [
            models.Index(fields=["person", "-began_at"], name="visit_person"),
            models.Index(fields=["began_at"], name="visit_time"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} at {self.began_at:%Y-%m-%d}"


class Exposure(models.Model):
    """A past answer shown in a visit: when it was opened, when it was said to have solved it."""

    visit = models.ForeignKey(Visit, models.CASCADE, related_name="exposures")
    thing_kind = models.CharField(max_length=40)
    thing_id = models.BigIntegerField()
    shown_at = models.DateTimeField(default=timezone.now)
    opened_at = models.DateTimeField(null=True)
    solved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["visit", "thing_kind", "thing_id"], name="exposure_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.thing_kind}:{self.thing_id} in {self.visit_id}"
