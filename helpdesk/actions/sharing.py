"""Showing a ticket to one more person."""

from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import InvalidInput, NotAllowed, NotSeen
from core.journal import record
from helpdesk import rules
from helpdesk.actions.steps import ticket_of
from helpdesk.models import Share, Ticket
from people.models import Person


@transaction.atomic
def share(*, actor: Person, ticket_id: int, person: Person) -> Share:
    """Let another person read and answer a ticket one opened; the same again is no change.

    Raises NotSeen, NotAllowed, InvalidInput (person).
    """
    ticket = ticket_of(actor, ticket_id)
    if not rules.can_share(actor, ticket):
        raise NotAllowed(_("Who opened the ticket says who sees it."))
    if person.pk == actor.pk or not person.may_act:
        raise InvalidInput.of("person", "not_possible", _("Name another member."))
    row, is_new = Share.objects.get_or_create(ticket=ticket, person=person)
    if is_new:
        record("helpdesk.ticket_shared", actor=actor, thing=ticket, changes={"person": person.pk})
    return row


@transaction.atomic
def unshare(*, actor: Person, ticket_id: int, person: Person) -> Ticket:
    """Stop showing a ticket to a person; they may also leave by themselves.

    Raises NotSeen (also when it is not shared with them), NotAllowed.
    """
    ticket = ticket_of(actor, ticket_id)
    row = Share.objects.filter(ticket=ticket, person=person).first()
    if row is None:
        raise NotSeen
    if not rules.can_end_share(actor, ticket, row):
        raise NotAllowed(_("Who opened the ticket says who sees it."))
    row.delete()
    record("helpdesk.share_ended", actor=actor, thing=ticket, changes={"person": person.pk})
    return ticket
