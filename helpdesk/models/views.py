"""Looks at the queue that agents keep by name."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from helpdesk.models.queues import Queue
from people.models import Person


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def visible_to(self, person: Any) -> "SavedViewQuerySet":
        """Return one's own, and those shared with the agents of one's queues."""
        queues = Queue.objects.visible_to(person)
        if not person.is_authenticated:
            return self.none()
        return self.filter(Q(owner=person) | Q(queue__in=queues.values("pk")))


class SavedView(models.Model):
    """Filters of the queue under a name; with a queue, all of its agents have it.

    filters: as the queue's address takes them (queries.QueueFilters), only those that are set.
    """

    owner = models.ForeignKey(Person, models.CASCADE, related_name="+")
    queue = models.ForeignKey(Queue, models.CASCADE, null=True, related_name="saved_views")
    name = models.CharField(max_length=60)
    filters: Any = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="saved_view_name_once")
        ]

    def __str__(self) -> str:
        return self.name
