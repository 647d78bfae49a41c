"""Keeping a look at the queue by name."""

from dataclasses import asdict

from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import InvalidInput, NotAllowed, locked
from helpdesk import rules
from helpdesk.models import Queue, SavedView
from helpdesk.queries.lists import QueueFilters
from people.models import Person

LONGEST_NAME, MOST_VIEWS = 60, 20


@transaction.atomic
def save_view(
    *, actor: Person, name: str, filters: QueueFilters, queue_slug: str = ""
) -> SavedView:
    """Keep filters of the queue under a name; the name again: with other filters.

    queue_slug: share it with the agents of one of one's queues. Raises NotAllowed, InvalidInput.
    """
    if not rules.is_agent(actor):
        raise NotAllowed(_("The queue is the agents' room."))
    name = " ".join(name.split())
    if not 1 <= len(name) <= LONGEST_NAME:
        raise InvalidInput.of("name", "length", _("Say it in 1 to 60 characters."))
    queue = None
    if queue_slug:
        queue = Queue.objects.worked_by(actor).filter(slug=queue_slug).first()
        if queue is None:
            raise InvalidInput.of("queue", "invalid_choice", _("Choose one of the queues."))
    locked(Person.objects.all(), pk=actor.pk)
    known = SavedView.objects.filter(owner=actor, name=name).first()
    if known is None and SavedView.objects.filter(owner=actor).count() >= MOST_VIEWS:
        raise InvalidInput.of("name", "too_many", _("Twenty views are kept. Remove one first."))
    view = known or SavedView(owner=actor, name=name)
    view.queue, view.filters = queue, asdict(filters)
    view.save()
    return view


@transaction.atomic
def remove_view(*, actor: Person, view_id: int) -> SavedView:
    """Forget a view of one's own. Raises NotSeen, NotAllowed (a colleague's)."""
    view = locked(SavedView.objects.visible_to(actor), pk=view_id)
    if view.owner_id != actor.pk or not rules.is_agent(actor):
        raise NotAllowed(_("Who made the view removes it."))
    SavedView.objects.filter(pk=view.pk).delete()
    return view
