"""Hearing of a ticket that somebody else has in hand."""

from django.db import transaction

from core.errors import NotAllowed
from core.journal import STAFF, record
from helpdesk import rules
from helpdesk.actions.steps import ticket_of
from helpdesk.models import Follow, Relocation, Ticket
from people.models import Person


@transaction.atomic
def follow(*, actor: Person, ticket_id: int) -> Follow:
    """Be told of all that is said in a ticket of one's queues; the same again is no change.

    Raises NotSeen, NotAllowed.
    """
    ticket = ticket_of(actor, ticket_id)
    if not rules.can_work(actor, ticket):
        raise NotAllowed
    row, is_new = Follow.objects.get_or_create(ticket=ticket, person=actor)
    if is_new:
        record("helpdesk.ticket_followed", actor=actor, thing=ticket, audience=STAFF)
    return row


@transaction.atomic
def unfollow(*, actor: Person, ticket_id: int) -> Ticket:
    """Be told no more; who does not follow is left alone. Raises NotSeen, NotAllowed."""
    ticket = ticket_of(actor, ticket_id)
    if not rules.can_work(actor, ticket):
        raise NotAllowed
    deleted, _rows = Follow.objects.filter(ticket=ticket, person=actor).delete()
    if deleted:
        record("helpdesk.follow_ended", actor=actor, thing=ticket, audience=STAFF)
    return ticket


def bring_follows(merger: Relocation) -> None:
    """Let who followed a merged ticket, and who opened it, follow the one in which it goes on."""
    ticket, into = merger.ticket, merger.into
    coming = set(Follow.objects.filter(ticket=ticket).values_list("person_id", flat=True))
    coming.add(ticket.requester_id)
    there = set(Follow.objects.filter(ticket=into).values_list("person_id", flat=True))
    Follow.objects.bulk_create(
        Follow(ticket=into, person_id=person_id, brought_by=merger)
        for person_id in sorted(coming - there - {into.requester_id})
    )
