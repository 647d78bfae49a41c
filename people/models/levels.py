"""Who holds a guarantee level for themselves: a person or an organisation, beside their sites."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from people.models.person import Person
from people.models.sites import GuaranteeLevel, Organisation


class LevelGrantQuerySet(models.QuerySet["LevelGrant"]):
    def current(self) -> "LevelGrantQuerySet":
        """Return what is held now."""
        now = timezone.now()
        return self.filter(Q(until=None) | Q(until__gt=now), since__lte=now)


class LevelGrant(models.Model):
    """A level that a person or an organisation holds, from when to when."""

    level = models.ForeignKey(GuaranteeLevel, models.PROTECT, related_name="grants")
    person = models.ForeignKey(
        Person, models.CASCADE, null=True, blank=True, related_name="level_grants"
    )
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, null=True, blank=True, related_name="level_grants"
    )
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True, blank=True)

    objects = LevelGrantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(person=None, organisation__isnull=False)
                | Q(person__isnull=False, organisation=None),
                name="level_grant_one_holder",
            )
        ]

    def __str__(self) -> str:
        return f"{self.level} of {self.organisation or self.person}"
