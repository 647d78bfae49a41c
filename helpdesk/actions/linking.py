"""Tickets that have to do with each other."""

from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import InvalidInput, NotSeen
from core.journal import STAFF, record
from helpdesk.actions.relocating import worked_tickets
from helpdesk.models import Ticket, TicketLink
from people.models import Person

PARENT = TicketLink.Kind.PARENT
CHILD = "child"  # as one ticket calls what the other one calls parent
KINDS = (*TicketLink.Kind.values, CHILD)
DEEPEST = 20


@transaction.atomic
def link(*, actor: Person, ticket_id: int, other_id: int, kind: str) -> TicketLink:
    """Say what another ticket is to this one; agents of both read it. The same again is no change.

    kind: `duplicate`, `related`, `parent` (the other one is its parent) or `child`.
    Raises NotSeen, NotAllowed, InvalidInput (kind, other).
    """
    if kind not in KINDS:
        raise InvalidInput.of("kind", "invalid_choice", _("Choose what the other ticket is."))
    tickets = worked_tickets(actor, (ticket_id, other_id))
    if ticket_id == other_id:
        raise InvalidInput.of("other", "same", _("Name another ticket."))
    first, second, kept_kind = _kept(ticket_id, other_id, kind)
    known = TicketLink.objects.filter(ticket=first, other=second, kind=kept_kind).first()
    if known is not None:
        return known
    if kept_kind == PARENT:
        _check_family(first, second)
    return keep_link(tickets[ticket_id], tickets[other_id], kind, actor=actor)


def keep_link(ticket: Ticket, other: Ticket, kind: str, *, actor: Person) -> TicketLink:
    """Write down what another ticket is to this one; rights, and that it is new, are the caller's
    to check."""
    first, second, kept_kind = _kept(ticket.pk, other.pk, kind)
    row = TicketLink.objects.create(ticket_id=first, other_id=second, kind=kept_kind, by=actor)
    _record("helpdesk.ticket_linked", actor, ticket, other.pk, kind)
    return row


@transaction.atomic
def unlink(*, actor: Person, ticket_id: int, other_id: int, kind: str) -> Ticket:
    """Take a link back; one that is not there is no change. Raises NotSeen, NotAllowed."""
    tickets = worked_tickets(actor, (ticket_id, other_id))
    if kind not in KINDS:
        raise NotSeen
    first, second, kept_kind = _kept(ticket_id, other_id, kind)
    rows = TicketLink.objects.filter(ticket=first, other=second, kind=kept_kind)
    if rows.delete()[0]:
        _record("helpdesk.link_ended", actor, tickets[ticket_id], other_id, kind)
    return tickets[ticket_id]


def _kept(ticket_id: int, other_id: int, kind: str) -> tuple[int, int, str]:
    """Return how a link is kept: the parent first, else the smaller id."""
    if kind == CHILD:
        return ticket_id, other_id, PARENT
    if kind == PARENT:
        return other_id, ticket_id, PARENT
    return min(ticket_id, other_id), max(ticket_id, other_id), kind


def _check_family(parent_id: int, child_id: int) -> None:
    """Refuse a second parent, and a ticket that would be its own forebear."""
    rows = TicketLink.objects.filter(kind=PARENT)
    if rows.filter(other=child_id).exists():
        raise InvalidInput.of("other", "has_parent", _("The ticket is part of another already."))
    forebear: int | None = parent_id
    for _generation in range(DEEPEST):
        forebear = rows.filter(other=forebear).values_list("ticket_id", flat=True).first()
        if forebear is None:
            return
        if forebear == child_id:
            break
    raise InvalidInput.of("other", "circle", _("That ticket is itself a part of this one."))


def _record(verb: str, actor: Person, ticket: Ticket, other_id: int, kind: str) -> None:
    changes = {"other": other_id, "kind": kind}
    record(verb, actor=actor, thing=ticket, audience=STAFF, changes=changes)
