"""Who is writing an answer right now."""

from django.db import models

from forum.models.questions import Question
from people.models import Person


class Lease(models.Model):
    """ "I am on it": one person has a question to themselves until a moment; others wait or not."""

    question = models.OneToOneField(
        Question, models.CASCADE, primary_key=True, related_name="lease"
    )
    person = models.ForeignKey(Person, models.CASCADE, related_name="leases")
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.person_id} on {self.question_id}"
