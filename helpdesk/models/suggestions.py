"""Past answers shown to who was about to open a ticket."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from helpdesk.models.tickets import Ticket
from people.models import Person


class Suggestion(models.Model):
    """A past answer that stood beside someone's new ticket, and how it ended.

    With a ticket: it was shown, and the ticket opened all the same. Without: "this solved it",
    counted once a person and answer.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    thing_kind = models.CharField(max_length=40)
    thing_id = models.BigIntegerField()
    ticket = models.ForeignKey(Ticket, models.CASCADE, null=True, related_name="suggestions")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "thing_kind", "thing_id"],
                condition=Q(ticket=None),
                name="suggestion_solved_once",
            ),
            models.UniqueConstraint(
                fields=["ticket", "thing_kind", "thing_id"],
                condition=Q(ticket__isnull=False),
                name="suggestion_shown_once",
            ),
        ]
        indexes = [models.Index(fields=["thing_kind", "thing_id"], name="suggestion_thing")]

    def __str__(self) -> str:
        return f"{self.thing_kind}:{self.thing_id} for {self.person_id}"
