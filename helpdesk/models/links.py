"""How two tickets have to do with each other, without one ending in the other."""

from typing import Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from helpdesk.models.tickets import Ticket
from people.models import Person


class TicketLinkQuerySet(models.QuerySet["TicketLink"]):
    def visible_to(self, person: Any) -> "TicketLinkQuerySet":
        """Return the links between tickets that a person works on, both of them."""
        worked = Ticket.objects.staffed_by(person)
        return self.filter(
            Exists(worked.filter(pk=OuterRef("ticket"))),
            Exists(worked.filter(pk=OuterRef("other"))),
        )


class TicketLink(models.Model):
    """Two tickets, and what one is to the other; agents alone read it.

    parent: `ticket` is the parent of `other`. duplicate, related: both ways, kept once with the
    smaller id first.
    """

    class Kind(models.TextChoices):
        DUPLICATE = "duplicate", _("says the same")
        RELATED = "related", _("has to do with it")
        PARENT = "parent", _("is part of it")

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="links")
    other = models.ForeignKey(Ticket, models.CASCADE, related_name="links_from")
    kind = models.CharField(max_length=10, choices=Kind)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = TicketLinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ticket", "other", "kind"], name="ticket_link_once"),
            models.UniqueConstraint(
                fields=["other"], condition=Q(kind="parent"), name="ticket_has_one_parent"
            ),
            models.CheckConstraint(
                condition=Q(kind="parent", ticket__lt=F("other"))
                | Q(kind="parent", ticket__gt=F("other"))
                | Q(kind__in=["duplicate", "related"], ticket__lt=F("other")),
                name="ticket_link_of_two",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.kind} {self.other_id}"
