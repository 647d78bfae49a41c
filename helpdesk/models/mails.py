"""Mails that came in: kept as they came before anything else is done with them."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from helpdesk.models.messages import Message
from helpdesk.models.queues import Queue
from helpdesk.models.tickets import Ticket
from people.models import Person


class QueueAddress(models.Model):
    """An address whose mails open tickets in a queue; others open them in the default one."""

    queue = models.ForeignKey(Queue, models.CASCADE, related_name="addresses")
    address = models.EmailField(max_length=320, unique=True, help_text=_("In lower case."))

    class Meta:
        verbose_name_plural = "queue addresses"

    def __str__(self) -> str:
        return self.address


class InboundMailQuerySet(models.QuerySet["InboundMail"]):
    def visible_to(self, person: Any) -> "InboundMailQuerySet":
        """Return the mails of the queues on whose every ticket a person works as staff.

        Volunteers do not know who asks; a mail says it in every other line.
        """
        return self.filter(queue__in=Queue.objects.worked_by(person, paid=True).values("pk"))

    def waiting(self) -> "InboundMailQuerySet":
        """Return those an agent must decide on: what fits nowhere, and what failed for good.

        Two small lists by index, not one condition on every mail there is.
        """
        rows = InboundMail.objects.order_by()
        fits_nowhere = rows.filter(outcome=InboundMail.Outcome.QUARANTINED)
        return self.filter(pk__in=fits_nowhere.values("pk").union(rows.given_up().values("pk")))

    def given_up(self) -> "InboundMailQuerySet":
        """Return those that failed so often that agents were given them: they have a queue."""
        return self.filter(outcome=InboundMail.Outcome.FAILED, queue__isnull=False)


class InboundMail(models.Model):
    """A mail that came in, and what became of it.

    identity: a sum of what it says, so that the same mail twice makes one row, and two mails under
    one Message-ID make two. raw: as it came; None once purged. reason: a stable key beside the
    outcome. proof: by what its sender was believed: `token`, `reference`, `subject`, `agent`.
    folded_text: what a message of it quoted and signed, shown when asked for. ticket: where it
    landed or, while it waits for a decision, seems to belong. thing: what it became elsewhere.
    """

    class Outcome(models.TextChoices):
        RECEIVED = "received", _("received")
        FAILED = "failed", _("to be tried again")
        OPENED = "opened", _("opened a ticket")
        REPLIED = "replied", _("added to a ticket")
        KEPT = "kept", _("automatic, kept with its ticket")
        BOUNCED = "bounced", _("says that a mail did not arrive")
        QUARANTINED = "quarantined", _("waits for a decision")
        DISCARDED = "discarded", _("discarded")
        ANSWERED = "answered", _("went to another room")

    identity = models.CharField(max_length=64, unique=True, editable=False)
    mail_id = models.CharField(max_length=500, db_index=True)  # its Message-ID
    raw = models.BinaryField(null=True)
    received_at = models.DateTimeField(default=timezone.now)
    from_email = models.CharField(max_length=320, blank=True)
    from_name = models.CharField(max_length=300, blank=True)
    subject = models.CharField(max_length=300, blank=True)
    to = models.JSONField(default=list)
    cc = models.JSONField(default=list)
    folded_text = models.TextField(blank=True)
    is_automatic = models.BooleanField(default=False)
    is_bounce = models.BooleanField(default=False)
    outcome = models.CharField(max_length=12, choices=Outcome, default=Outcome.RECEIVED)
    reason = models.CharField(max_length=40, blank=True)
    proof = models.CharField(max_length=12, blank=True)
    error = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    queue = models.ForeignKey(Queue, models.PROTECT, null=True, related_name="mails")
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    ticket = models.ForeignKey(Ticket, models.SET_NULL, null=True, related_name="mails")
    message = models.OneToOneField(Message, models.SET_NULL, null=True, related_name="mail")
    thing_kind = models.CharField(max_length=40, blank=True)
    thing_id = models.BigIntegerField(null=True)
    decided_by = models.ForeignKey(
        Person, models.SET_NULL, null=True, related_name="+", db_index=False
    )
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.CharField(max_length=300, blank=True)

    objects = InboundMailQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["queue", "id"], name="mail_quarantined", condition=Q(outcome="quarantined")
            ),
            models.Index(
                fields=["received_at"],
                name="mail_unsettled",
                condition=Q(outcome__in=["received", "failed"]),
            ),
            models.Index(fields=["from_email", "received_at"], name="mail_from"),
            models.Index(fields=["-id"], name="mail_newest"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(outcome="quarantined") | Q(queue__isnull=False),
                name="quarantined_in_a_queue",
            )
        ]

    def __str__(self) -> str:
        return self.mail_id

    @property
    def path(self) -> str:
        """The path of its page."""
        return f"/mails/{self.pk}"
