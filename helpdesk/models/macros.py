"""Prepared answers and changes."""

from typing import Any

from django.db import models
from django.db.models import Q

from helpdesk.models.queues import Queue
from people.models import Person


class MacroQuerySet(models.QuerySet["Macro"]):
    def visible_to(self, person: Any) -> "MacroQuerySet":
        """Return the macros of the queues a person works on or coordinates, and those of all.

        Who works for one organisation answers its tickets in any queue; its coordinator keeps none.
        """
        if not person.is_authenticated:
            return self.none()
        kept = [
            grant
            for grant in person.grants
            if grant.role == "agent"
            or (grant.role == "coordinator" and grant.organisation_id is None)
        ]
        if not kept:
            return self.none()
        if any(grant.queue_id is None for grant in kept):
            return self
        ids = [grant.queue_id for grant in kept]
        return self.filter(Q(queue=None) | Q(queue__in=ids))


class Macro(models.Model):
    """Several changes and a text in one click.

    queue: whose tickets it is for; none: all. steps: helpdesk.prepared.Steps as JSON. language: the
    one its texts are translated from. retired: offered no more.
    """

    queue = models.ForeignKey(Queue, models.CASCADE, null=True, blank=True, related_name="macros")
    names = models.JSONField(default=dict)  # {BCP 47: name}
    steps = models.JSONField(default=dict)
    language = models.CharField(max_length=20)
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()
    revision = models.PositiveIntegerField(default=1)
    retired = models.BooleanField(default=False)

    objects = MacroQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name(self.language)

    def name(self, language: str) -> str:
        """Return the name in this language, else in the one it was written in."""
        names: dict[str, str] = self.names
        return names.get(language) or names.get(self.language) or f"{self.pk}"


class MacroText(models.Model):
    """What a macro says in one language.

    revision: counts this text's changes. made_from: for a translation, the revision of the
    source's text it says the same as; when that has a newer one, the translation is stale.
    """

    macro = models.ForeignKey(Macro, models.CASCADE, related_name="texts")
    language = models.CharField(max_length=20)
    source = models.TextField()
    revision = models.PositiveIntegerField(default=1)
    made_from = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["macro", "language"], name="macro_text_once")
        ]

    def __str__(self) -> str:
        return f"{self.macro_id} in {self.language}"
