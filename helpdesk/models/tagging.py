"""Tags of tickets: the skills everyone knows, and free words of the agents."""

from django.db import models
from django.utils import timezone

from helpdesk.models.tickets import Ticket
from people.models import Person, Skill


class TicketTag(models.Model):
    """A word that agents put on tickets; with a skill, it is that one, in every language.

    name: as first written; name_folded: compared by people.queries.plain (no case, no accents).
    """

    name = models.CharField(max_length=40)
    name_folded = models.CharField(max_length=80, unique=True, editable=False)
    skill = models.OneToOneField(Skill, models.CASCADE, null=True, blank=True, related_name="+")

    def __str__(self) -> str:
        return self.name


class Tagging(models.Model):
    """A tag on a ticket: who put it there, and when."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="taggings")
    tag = models.ForeignKey(TicketTag, models.CASCADE, related_name="taggings")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "tag"], name="ticket_tag_once")]

    def __str__(self) -> str:
        return f"{self.tag_id} on {self.ticket_id}"
