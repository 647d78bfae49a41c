"""Showing a ticket to one more person, who then takes part in it."""

from collections.abc import Collection

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import InvalidInput, NotAllowed, NotSeen
from core.journal import record
from helpdesk import rules
from helpdesk.actions.steps import ticket_of
from helpdesk.models import Share, Ticket
from helpdesk.queries.copied import MOST_SHARES, copied_in, invited_at
from people.actions import person_at
from people.models import Person

NOT_YOURS = gettext_lazy("Who opened the ticket, and its agents, say who sees it.")


@transaction.atomic
def share(*, actor: Person, ticket_id: int, person: Person) -> Share:
    """Let another person read and answer a ticket; the same again is no change.

    When an agent does it, who opened the ticket is told. Raises NotSeen, NotAllowed,
    InvalidInput (person).
    """
    ticket = _shared_ticket(actor, ticket_id)
    if person.pk in (actor.pk, ticket.requester_id) or not person.may_act:
        raise InvalidInput.of("person", "not_possible", _("Name another member."))
    return _added(ticket, person, actor=actor, field="person")


@transaction.atomic
def invite(*, actor: Person, ticket_id: int, address: str) -> Share:
    """Let whoever reads this address take part in a ticket by mail; the same again is no change.

    An address nobody here has makes a stub. Raises NotSeen, NotAllowed, InvalidInput (person).
    """
    ticket = _shared_ticket(actor, ticket_id)
    address = address.strip().lower()
    try:
        validate_email(address)
    except ValidationError:
        raise InvalidInput.of("person", "invalid", _("This is not a mail address.")) from None
    known = Share.objects.filter(ticket=ticket, address=address).first()
    if known is not None:
        return known
    person = _person_at(ticket, address, actor=actor)
    return _added(ticket, person, actor=actor, field="person", address=address)


@transaction.atomic
def invite_copied(*, actor: Person, ticket_id: int, addresses: Collection[str]) -> list[Share]:
    """Let people who were in copy of a mail take part; all of these or none.

    Those who do already are no change, and whoever has two of the addresses is invited at the
    first. Raises NotSeen, NotAllowed (also where who asked is masked), InvalidInput (addresses).
    """
    ticket = _shared_ticket(actor, ticket_id)
    if rules.is_masked(actor, ticket):
        raise NotAllowed(NOT_YOURS)
    wanted = dict.fromkeys(address.strip().lower() for address in addresses)
    if not wanted or not wanted.keys() <= {*invited_at(actor, ticket), *copied_in(actor, ticket)}:
        raise InvalidInput.of("addresses", "invalid_choice", _("Choose from who was in copy."))
    rows = [_copied_share(ticket, address, actor=actor) for address in wanted]
    return list(dict.fromkeys(rows))


@transaction.atomic
def unshare(*, actor: Person, ticket_id: int, person: Person) -> Ticket:
    """Stop showing a ticket to a person; they may also leave by themselves.

    Raises NotSeen (also when it is not shared with them), NotAllowed.
    """
    ticket = ticket_of(actor, ticket_id)
    row = Share.objects.filter(ticket=ticket, person=person).first()
    return _ended(ticket, row, actor=actor)


@transaction.atomic
def uninvite(*, actor: Person, ticket_id: int, address: str) -> Ticket:
    """Stop sending a ticket to an address. Raises NotSeen, NotAllowed."""
    ticket = ticket_of(actor, ticket_id)
    row = Share.objects.filter(ticket=ticket, address=address.strip().lower() or "-").first()
    return _ended(ticket, row, actor=actor)


@transaction.atomic
def leave(*, share_id: int) -> None:
    """End a share for who got its link by mail: the link, signed, is the proof.

    One that has ended is left alone.
    """
    row = Share.objects.filter(pk=share_id).select_related("ticket", "person").first()
    if row is not None:
        _end(row, actor=row.person)


def _shared_ticket(actor: Person, ticket_id: int) -> Ticket:
    ticket = ticket_of(actor, ticket_id)
    if not rules.can_share(actor, ticket):
        raise NotAllowed(NOT_YOURS)
    return ticket


def _person_at(ticket: Ticket, address: str, *, actor: Person) -> Person:
    """Return whom an address invites. Raises InvalidInput (person)."""
    language = ticket.language if ticket.language in dict(settings.LANGUAGES) else "en"
    person = person_at(address=address, language=language)
    if person.pk in (actor.pk, ticket.requester_id):
        raise InvalidInput.of("person", "not_possible", _("Name another member."))
    return person


def _copied_share(ticket: Ticket, address: str, *, actor: Person) -> Share:
    """Return the share of who was invited at this address, or another of theirs; else make it."""
    invited = ticket.shares.exclude(address="")
    if (row := invited.filter(address=address).first()) is not None:
        return row
    person = _person_at(ticket, address, actor=actor)
    row = invited.filter(person=person).first()
    return row or _added(ticket, person, actor=actor, field="person", address=address)


def _added(
    ticket: Ticket, person: Person, *, actor: Person, field: str, address: str = ""
) -> Share:
    known = Share.objects.filter(ticket=ticket, person=person).first()
    if known is not None and address:
        raise InvalidInput.of(field, "not_possible", _("They take part in this ticket already."))
    if known is not None:
        return known
    if ticket.shares.count() >= MOST_SHARES:
        raise InvalidInput.of(field, "too_many", _("Twenty people see this ticket already."))
    row = Share.objects.create(ticket=ticket, person=person, address=address)
    changes = _changes(row)
    record("helpdesk.ticket_shared", actor=actor, thing=ticket, changes=changes)
    if actor.pk != ticket.requester_id:
        record("helpdesk.participant_added", actor=actor, thing=ticket, changes=changes)
    return row


def _ended(ticket: Ticket, row: Share | None, *, actor: Person) -> Ticket:
    if row is None:
        raise NotSeen
    if not rules.can_end_share(actor, ticket, row):
        raise NotAllowed(NOT_YOURS)
    _end(row, actor=actor)
    return ticket


def _end(row: Share, *, actor: Person) -> None:
    ticket, changes = row.ticket, _changes(row)
    row.delete()
    record("helpdesk.share_ended", actor=actor, thing=ticket, changes=changes)


def _changes(row: Share) -> dict[str, int]:
    """Return what the journal says of a share; whose an address is, is told to nobody."""
    changes = {"person": row.person_id, "share": row.pk}
    return {**changes, "invited": 1} if row.address else changes
