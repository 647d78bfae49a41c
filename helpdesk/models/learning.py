"""What someone could learn to solve it themselves next time."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from helpdesk.models.tickets import Ticket
from people.models import Person, Skill


class LearningNeed(models.Model):
    """An agent saw in a ticket that its requester could learn something; one a ticket.

    A suggestion that its requester confirms with their hours: then it is a mentoring request, which
    points back at the ticket by its origin.
    """

    class Level(models.IntegerChoices):
        BEGINNER = 1, _("I begin with it")
        SOME = 2, _("I know a part of it")
        GOOD = 3, _("I know it well, and want more")

    ticket = models.OneToOneField(Ticket, models.CASCADE, related_name="learning_need")
    noted_by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    skills = models.ManyToManyField(Skill, related_name="+")
    language = models.CharField(max_length=20)  # BCP 47
    level = models.PositiveSmallIntegerField(choices=Level, default=Level.BEGINNER)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(level__range=(1, 3)), name="learning_need_level")
        ]

    def __str__(self) -> str:
        return f"learning need of {self.ticket_id}"
