"""Who looked behind the mask of a requester, why, and until when."""

from django.db import models
from django.utils import timezone

from helpdesk.models.tickets import Ticket
from people.models import Person


class Unmasking(models.Model):
    """A volunteer sees who asked, on one ticket, for a while; the requester reads of it."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="unmaskings")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    reason = models.CharField(max_length=300)
    at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["person", "ticket", "until"], name="unmasking_current")]

    def __str__(self) -> str:
        return f"{self.ticket_id} to {self.person_id} until {self.until:%H:%M}"
