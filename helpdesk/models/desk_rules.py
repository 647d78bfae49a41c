"""What the desk does by itself: rules on what happens and on what waits, and what they did."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from helpdesk.models.queues import Queue
from helpdesk.models.tickets import Ticket
from people.models import Person


class DeskRuleQuerySet(models.QuerySet["DeskRule"]):
    def visible_to(self, person: Any) -> "DeskRuleQuerySet":
        """Return the rules that coordinators and agents of all of a queue's tickets may read."""
        if not person.is_authenticated:
            return self.none()
        kept = [
            grant
            for grant in person.grants
            if grant.role in ("agent", "coordinator") and grant.organisation_id is None
        ]
        if any(grant.queue_id is None for grant in kept):
            return self
        return self.filter(queue__in=[grant.queue_id for grant in kept])


class DeskRule(models.Model):
    """When this happens, or has waited so long, and these conditions hold, do these steps.

    queue: whose tickets it looks at; none: all. conditions, steps: helpdesk.conditions.Conditions
    and helpdesk.prepared.Steps as JSON. acts_as: the agent whose rights its steps have, since a
    rule may do nothing that an agent of the queue may not.
    """

    class When(models.TextChoices):
        OPENED = "opened", _("a ticket is opened")
        REPLIED = "replied", _("the requester answers")
        CHANGED = "changed", _("state, queue or tags change")
        TIMED = "timed", _("the conditions have come to hold")

    queue = models.ForeignKey(
        Queue, models.CASCADE, null=True, blank=True, related_name="desk_rules"
    )
    name = models.CharField(max_length=100)
    when = models.CharField(max_length=8, choices=When)
    conditions = models.JSONField(default=dict)
    steps = models.JSONField(default=dict)
    acts_as = models.ForeignKey(Person, models.PROTECT, related_name="+")
    is_on = models.BooleanField(default=False)
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()
    revision = models.PositiveIntegerField(default=1)
    retired = models.BooleanField(default=False)

    objects = DeskRuleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(is_on=False) | Q(retired=False), name="no_retired_rule_acts"
            )
        ]
        indexes = [models.Index(fields=["when"], name="rule_on", condition=Q(is_on=True))]

    def __str__(self) -> str:
        return self.name


class RuleRun(models.Model):
    """A rule that acted on a ticket, and how it went.

    line: the journal line that set it off; none for a timed rule. ended_at: since when a timed
    rule's conditions no longer hold; while it is open, the rule does not act again.
    refused: the code of the refusal, when its steps could not be done; then none of them was.
    """

    rule = models.ForeignKey(DeskRule, models.CASCADE, related_name="runs", db_index=False)
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="+")
    line_id = models.BigIntegerField(null=True)
    at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    refused = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "ticket"], condition=Q(ended_at=None), name="rule_run_open_once"
            ),
            models.UniqueConstraint(
                fields=["rule", "line_id"],
                condition=Q(line_id__isnull=False),
                name="rule_run_once_a_line",
            ),
        ]
        indexes = [models.Index(fields=["rule", "ticket", "at"], name="rule_runs")]

    def __str__(self) -> str:
        return f"{self.rule_id} on {self.ticket_id}"


class AutomaticMessage(models.Model):
    """A message that a rule sent: no agent's answer, and no promise kept by it."""

    message = models.OneToOneField("helpdesk.Message", models.CASCADE, related_name="automatic")
    rule = models.ForeignKey(DeskRule, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.message_id} by rule {self.rule_id}"
