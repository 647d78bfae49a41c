"""Queues, and who works on them."""

from typing import Any

from django.db import models
from django.db.models import Q

from people.naming import NamedByLanguage


def agent_grants(person: Any, *, paid: bool = False) -> list[Any]:
    """Return the grants by which a person is an agent; paid: as staff, not as a volunteer."""
    if not person.is_authenticated:
        return []
    grants = [grant for grant in person.grants if grant.role == "agent"]
    return [grant for grant in grants if not grant.volunteer] if paid else grants


def staffed_by(person: Any, queue: str = "queue_id", *, paid: bool = False) -> Q | None:
    """Return the condition on what this person works on as an agent; None when on nothing.

    paid: as staff alone, not as a volunteer. queue: the field that holds the queue's id. Grants for
    one organisation hold for its tickets alone; an agent of all queues gets an empty condition,
    which costs nothing.
    """
    grants = agent_grants(person, paid=paid)
    if not grants:
        return None
    condition = Q()
    for grant in grants:
        limits = {}
        if grant.queue_id is not None:
            limits[queue] = grant.queue_id
        if grant.organisation_id is not None:
            limits["organisation_id"] = grant.organisation_id
        if not limits:
            return Q()
        condition |= Q(**limits)
    return condition


def queues_staffed_by(person: Any) -> set[int] | None:
    """Return the ids of the queues this person works on; None where that is not all there is to
    it: an agent of all queues, or of one organisation's tickets."""
    grants = agent_grants(person)
    if any(one.queue_id is None or one.organisation_id is not None for one in grants):
        return None
    return {one.queue_id for one in grants}


class QueueQuerySet(models.QuerySet["Queue"]):
    def visible_to(self, person: Any) -> "QueueQuerySet":
        """Return the queues a person works on; others never choose one."""
        grants = agent_grants(person)
        if any(grant.queue_id is None for grant in grants):
            return self
        return self.filter(pk__in=[grant.queue_id for grant in grants])

    def worked_by(self, person: Any, *, paid: bool = False) -> "QueueQuerySet":
        """Return the queues on whose every ticket a person works: no grant for one organisation.

        paid: as staff alone, not as a volunteer.
        """
        grants = agent_grants(person, paid=paid)
        ids = [grant.queue_id for grant in grants if grant.organisation_id is None]
        return self if None in ids else self.filter(pk__in=ids)


class Queue(NamedByLanguage):
    """Where tickets of one sort wait; the default one takes what nobody sorted."""

    slug = models.SlugField(max_length=40, unique=True)
    is_default = models.BooleanField(default=False)

    objects = QueueQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=Q(is_default=True), name="one_default_queue"
            )
        ]

    def __str__(self) -> str:
        return self.slug
