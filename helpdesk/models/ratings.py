"""What those who asked say of how they were helped."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from helpdesk.models.tickets import Ticket
from people.models import Person


class Rating(models.Model):
    """One person's word on one solution of a ticket.

    solution: the id of the journal line that says it was solved; solved again is rated anew.
    """

    class Grade(models.TextChoices):
        GOOD = "good", _("I was helped well")
        FAIR = "fair", _("It was all right")
        BAD = "bad", _("I was not helped")

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="ratings")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    solution = models.BigIntegerField()
    grade = models.CharField(max_length=10, choices=Grade)
    comment = models.CharField(max_length=1000, blank=True)
    at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "solution", "person"], name="rating_once_a_solution"
            ),
            models.CheckConstraint(
                condition=models.Q(grade__in=["good", "fair", "bad"]), name="rating_grade"
            ),
        ]
        indexes = [models.Index(fields=["at"], name="rating_at")]

    def __str__(self) -> str:
        return f"{self.grade} for {self.ticket_id}"
