"""What decides who gets which ticket next: the free ones' share, picks, and what agents offer."""

from datetime import timedelta

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from helpdesk.fairness import FLOOR_PERCENT, PATIENCE, Policy
from helpdesk.models.tickets import Ticket
from people.models import Person, Skill


class Fairness(models.Model):
    """The installation's floor, one row; its lock stands for the count of picks.

    credit: how far free tickets are ahead of the floor (helpdesk.fairness.credit_after).
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    floor_percent = models.PositiveSmallIntegerField(
        _("share of picks that goes to free tickets while both wait, in percent"),
        default=FLOOR_PERCENT,
        validators=[MaxValueValidator(100)],
    )
    patience_hours = models.PositiveIntegerField(
        _("hours after which a free ticket that waits is urgent"),
        default=int(PATIENCE.total_seconds()) // 3600,
    )
    credit = models.IntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("fairness floor")
        verbose_name_plural = _("fairness floor")
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="fairness_one_row"),
            models.CheckConstraint(condition=Q(floor_percent__lte=100), name="fairness_percent"),
        ]

    def __str__(self) -> str:
        return f"{self.floor_percent} %"

    @property
    def policy(self) -> Policy:
        """The same for the decision."""
        return Policy(self.floor_percent, timedelta(hours=self.patience_hours))


class PickQuerySet(models.QuerySet["Pick"]):
    def counted(self) -> "PickQuerySet":
        """Return those the floor counts: made while both kinds waited, and not given back."""
        return self.filter(both_waiting=True, given_back=None)


class Pick(models.Model):
    """A ticket given out as the next one: to whom, of which kind, and why this one.

    both_waiting: whether tickets of both kinds waited, for this agent. credit: what it gave to the
    floor's (Fairness.credit), and takes back when the ticket is given back.
    """

    class Kind(models.TextChoices):
        PAID = "paid", _("paid")
        FREE = "free", _("free")

    class Why(models.TextChoices):
        ALONE = "alone", _("the only kind that waited")
        FLOOR = "floor", _("the share of free tickets")
        AGED = "aged", _("it has waited long")
        AHEAD = "ahead", _("the nearest promise is far off")
        NEAREST = "nearest", _("its deadline is the nearest")

    person = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="picks")
    kind = models.CharField(max_length=4, choices=Kind)
    why = models.CharField(max_length=8, choices=Why)
    both_waiting = models.BooleanField()
    credit = models.IntegerField(default=0, editable=False)
    at = models.DateTimeField(default=timezone.now)

    objects = PickQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["-id"], name="pick_counted", condition=Q(both_waiting=True)),
            models.Index(fields=["person", "at"], name="pick_person"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.ticket_id} by {self.person_id}"


class Skip(models.Model):
    """A ticket given back by who had it in hand, and until when it is not given to them again.

    pick: by which it was given to them as the next one, if it was; the floor counts it no more.
    """

    class Reason(models.TextChoices):
        SKILL = "skill", _("It needs a skill I do not have")
        LANGUAGE = "language", _("I do not know its language well enough")
        TOO_CLOSE = "too_close", _("I am too close to this person or site")
        NO_TIME = "no_time", _("I have to leave")
        OTHER = "other", _("Another reason")

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="skips")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    pick = models.OneToOneField(Pick, models.CASCADE, null=True, related_name="given_back")
    reason = models.CharField(max_length=10, choices=Reason)
    at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["person", "until"], name="skip_person")]

    def __str__(self) -> str:
        return f"{self.ticket_id} by {self.person_id}"


class AgentOffer(models.Model):
    """What an agent offers to give: minutes a week, tickets in hand at once; None: no limit."""

    person = models.OneToOneField(
        Person, models.CASCADE, primary_key=True, related_name="agent_offer"
    )
    weekly_minutes = models.PositiveIntegerField(null=True)
    most_tickets = models.PositiveSmallIntegerField(null=True)

    def __str__(self) -> str:
        return f"{self.person_id}: {self.weekly_minutes} minutes, {self.most_tickets} tickets"


class NeededSkill(models.Model):
    """A skill that a ticket asks of who answers it."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="needed_skills")
    skill = models.ForeignKey(Skill, models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ticket", "skill"], name="needed_skill_once")
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} needs {self.skill_id}"
