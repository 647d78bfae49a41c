"""Messages that were moved from ticket to ticket: by merging two, or splitting one."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from helpdesk.models.messages import Message
from helpdesk.models.tickets import Ticket
from people.models import Person


class TicketRelocationQuerySet(models.QuerySet["Relocation"]):
    def in_force(self) -> "TicketRelocationQuerySet":
        """Return those that nobody took back."""
        return self.filter(undone_at=None)


class Relocation(models.Model):
    """A merger (all of a ticket's messages went into another) or a split (some into a new one).

    Where a message stands follows from what is in force, in the order of ids: from its
    origin_ticket on, a split takes those it names, a merger whatever stands in its ticket. So
    taking one back, in any order, brings each message where it would be without it.
    messages: of a split. ticket_before, into_before, into_after: what a merger changed of its
    two tickets beside messages, as texts by field (see actions.relocating), to be brought back.
    """

    class Kind(models.TextChoices):
        MERGER = "merger"
        SPLIT = "split"

    kind = models.CharField(max_length=10, choices=Kind)
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="relocations")
    into = models.ForeignKey(Ticket, models.CASCADE, related_name="relocations_in")
    messages = models.ManyToManyField(Message, related_name="+")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True)
    ticket_before: Any = models.JSONField(default=dict)
    into_before: Any = models.JSONField(default=dict)
    into_after: Any = models.JSONField(default=dict)

    objects = TicketRelocationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["merger", "split"]), name="relocation_kind"
            ),
            models.UniqueConstraint(
                fields=["ticket"],
                condition=Q(kind="merger", undone_at=None),
                name="merger_in_force_once",
            ),
            models.UniqueConstraint(
                fields=["into"], condition=Q(kind="split"), name="split_makes_one_ticket"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.ticket_id} into {self.into_id}"
