"""How far a person is trusted, by the help they gave."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from people.models.person import Person


class Trust(models.Model):
    """A person's level, 0 to 4, since when; no row is level 0. Reckoned by people.trust."""

    person = models.OneToOneField(Person, models.CASCADE, primary_key=True, related_name="trust")
    level = models.PositiveSmallIntegerField(default=0)
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(level__range=(0, 4)), name="trust_level")]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.level}"
