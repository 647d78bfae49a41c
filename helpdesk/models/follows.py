"""Agents who want to hear of a ticket that is in somebody else's hands."""

from django.db import models
from django.utils import timezone

from helpdesk.models.relocations import Relocation
from helpdesk.models.tickets import Ticket
from people.models import Person


class Follow(models.Model):
    """An agent who is told of all that is said in a ticket; brought_by: by which merger."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="follows")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    brought_by = models.ForeignKey(Relocation, models.CASCADE, null=True, related_name="follows")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "person"], name="follow_once")]

    def __str__(self) -> str:
        return f"{self.person_id} follows {self.ticket_id}"
