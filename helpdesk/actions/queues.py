"""Handing a ticket to another queue."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import InvalidInput, NotAllowed
from core.journal import STAFF, record
from helpdesk import rules
from helpdesk.actions.steps import MOVING, put_back_where_foreign, ticket_of
from helpdesk.models import Queue, Ticket
from helpdesk.queries.states import check_not_merged
from people.models import Person


@transaction.atomic
def change_queue(*, actor: Person, ticket_id: int, queue_slug: str) -> Ticket:
    """Hand a ticket to another queue, whoever works there; the same queue is no change.

    It keeps its turn. Who has it in hand keeps it if they work there too; else it waits for us.
    Raises NotSeen, NotAllowed, WrongMoment (merged), InvalidInput (queue).
    """
    ticket = ticket_of(actor, ticket_id)
    if not rules.can_work(actor, ticket):
        raise NotAllowed
    check_not_merged(ticket)
    queue = Queue.objects.filter(slug=queue_slug).first()
    if queue is None:
        raise InvalidInput.of("queue", "invalid_choice", _("Choose one of the queues."))
    if ticket.queue_id == queue.pk:
        return ticket
    old, ticket.queue = ticket.queue_id, queue
    changes = {"queue": [old, queue.pk]}
    record("helpdesk.queue_changed", actor=actor, thing=ticket, audience=STAFF, changes=changes)
    put_back_where_foreign(ticket, actor=actor, now=timezone.now())
    ticket.save(update_fields=[*MOVING, "queue"])
    return ticket
