"""The running state of what a ticket was promised, and what was said when a promise broke."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from helpdesk.models.tickets import Ticket
from helpdesk.promises import Kind, Outcome


class ClockQuerySet(models.QuerySet["Clock"]):
    def due_by(self, moment: datetime) -> "ClockQuerySet":
        """Return the clocks that run and fall due until then, or did already."""
        return self.filter(ended_at=None, paused_at=None, due_at__lte=moment)

    def overdue(self, now: datetime) -> "ClockQuerySet":
        """Return the clocks that run, past their time; what waits for the requester does not."""
        return self.filter(ended_at=None, paused_at=None, due_at__lt=now)

    def ended_late(self, since: datetime) -> "ClockQuerySet":
        """Return the clocks that ended past their time, after a moment."""
        return self.filter(outcome=Outcome.MISSED, ended_at__gt=since)

    def stopped_late(self, since: datetime) -> "ClockQuerySet":
        """Return the clocks that stand still since they were past their time, after a moment."""
        return self.filter(ended_at=None, paused_at__gt=F("due_at")).filter(paused_at__gt=since)


class Clock(models.Model):
    """One clock of a ticket: always what helpdesk.promises makes of the ticket's history.

    turn: which of its kind. due_at: None where nothing is promised; as it was when last running.
    paused_at: since when it stands still. Seconds are of service, whole ones.
    """

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="clocks", db_index=False)
    kind = models.CharField(max_length=15, choices=Kind)
    turn = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    paused_seconds = models.PositiveIntegerField(default=0)
    spent_seconds = models.PositiveIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)

    objects = ClockQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ticket", "kind", "turn"], name="clock_once"),
            models.CheckConstraint(
                condition=Q(ended_at=None, outcome="")
                | (Q(ended_at__isnull=False) & ~Q(outcome="")),
                name="clock_ended_somehow",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(ended_at=None, paused_at=None),
                name="clock_running",
            ),
            models.Index(
                fields=["ended_at"],
                condition=Q(outcome=Outcome.MISSED),
                name="clock_ended_late",
            ),
            models.Index(
                fields=["paused_at"],
                condition=Q(ended_at=None, paused_at__gt=F("due_at")),
                name="clock_stopped_late",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.turn} of {self.ticket_id}"

    @property
    def ended_outcome(self) -> str | None:
        """How it ended; None while it has not."""
        return self.outcome or None


class Apology(models.Model):
    """We said sorry for a promise of a ticket that we missed; once each.

    turn: which of its kind, as the clock's: each further answer is a promise of its own.
    """

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="apologies", db_index=False)
    kind = models.CharField(max_length=15, choices=Kind)
    turn = models.PositiveIntegerField()
    due_at = models.DateTimeField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ticket", "kind", "turn"], name="apology_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.turn} of {self.ticket_id}"
