"""The agents' own work on a ticket: what is to be done, and the time it took."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from helpdesk.models.tickets import Ticket
from people.models import Person


class ChecklistItem(models.Model):
    """One thing to be done for a ticket; done by whom and when, or not yet."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="checklist")
    words = models.CharField(max_length=200)
    added_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)
    done_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(done_by=None, done_at=None)
                | Q(done_by__isnull=False, done_at__isnull=False),
                name="checked_by_someone",
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk} of {self.ticket_id}"


class TimeSpent(models.Model):
    """Minutes an agent spent on a ticket, on one day."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="times")
    agent = models.ForeignKey(Person, models.PROTECT, related_name="+")
    minutes = models.PositiveSmallIntegerField()
    day = models.DateField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(minutes__range=(1, 1440)), name="minutes_of_a_day")
        ]
        indexes = [models.Index(fields=["agent", "day"], name="time_of_agent")]

    def __str__(self) -> str:
        return f"{self.minutes} min on {self.ticket_id}"
