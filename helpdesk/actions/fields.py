"""Filling the fields of a ticket."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.confided import point_out_secrets
from core.errors import FieldError, InvalidInput, NotAllowed, WrongMoment
from core.journal import PARTICIPANTS, STAFF, record
from helpdesk import rules
from helpdesk.actions.steps import ticket_of
from helpdesk.field_values import NoValue, column_of, value_of
from helpdesk.masking import mask_for
from helpdesk.models import FieldValue, Ticket, TicketField
from helpdesk.models.fields import Value
from helpdesk.queries.fields import (
    fields_of,
    fields_of_new_tickets,
    masked_value,
    missing_fields,
)
from helpdesk.queries.states import check_not_merged
from people.models import Person

WORDS = (TicketField.Kind.TEXT, TicketField.Kind.URL)  # kinds that take what one types


@transaction.atomic
def fill_fields(
    *, actor: Person, ticket_id: int, values: Mapping[str, Any], send_secrets: bool = True
) -> Ticket:
    """Fill fields of a ticket, as an agent of its queue; nothing for one empties it.

    values: by the field's key, as a form or JSON sends them; fields left out stay as they are.
    send_secrets: False where the writer can be asked; of what stands there already nobody is.
    Raises NotSeen, NotAllowed, WrongMoment (merged), InvalidInput, SecretsFound (fields.KEY).
    """
    ticket = ticket_of(actor, ticket_id)
    if not rules.can_work(actor, ticket):
        raise NotAllowed
    check_not_merged(ticket)
    values = _without_masked(actor, ticket, values)
    new = _new_in(ticket, _checked(fields_of(ticket.queue_id), values))
    point_out_secrets(_texts(new, values), send_secrets=send_secrets)
    changed = _fill(ticket, new)
    for shown_to, audience in (("requester", PARTICIPANTS), ("agents", STAFF)):
        keys = [field.key for field in changed if field.shown_to == shown_to]
        if keys:
            record(
                "helpdesk.fields_changed",
                actor=actor,
                thing=ticket,
                audience=audience,
                changes={"fields": keys},
            )
    return ticket


def _without_masked(actor: Person, ticket: Ticket, values: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what comes back as it was shown through a mask: it is no new value."""
    mask = mask_for(actor, ticket)
    if mask is None:
        return dict(values)
    rows = FieldValue.objects.filter(ticket=ticket, field__queue=ticket.queue_id)
    shown = {row.field.key: masked_value(row, mask) for row in rows.select_related("field")}
    return {key: sent for key, sent in values.items() if sent != shown.get(key, ...)}


def fill_new(ticket: Ticket, values: Mapping[str, Any]) -> list[str]:
    """Fill the fields of a ticket that is being opened; return the keys of those that are filled.

    What opening needs must be there. Raises InvalidInput (fields.KEY).
    """
    fields = fields_of_new_tickets()
    found = _checked(fields, values)
    missing = [
        field
        for field in fields
        if field.required == TicketField.Required.OPEN and found.get(field) is None
    ]
    if missing:
        raise InvalidInput(
            errors=[
                FieldError(f"fields.{row.key}", "required", _("Please fill this in."))
                for row in missing
            ]
        )
    return [field.key for field in _fill(ticket, _new_in(ticket, found))]


def texts_for_new(values: Mapping[str, Any]) -> dict[str, str]:
    """Return the words typed into the fields of a ticket that is to be opened, by fields.KEY."""
    return _texts(fields_of_new_tickets(), values) if values else {}


def check_filled(ticket: Ticket, *, side: str) -> None:
    """Raise WrongMoment where an agent would solve a ticket whose needed fields are empty."""
    missing = missing_fields(ticket, side=side)
    if missing:
        language = get_language() or "en"
        names = ", ".join(field.label(language) for field in missing)
        raise WrongMoment(
            _("Before it can be solved, fill in: %(names)s") % {"names": names},
            code="fields_missing",
            fields=[field.key for field in missing],
        )


def _checked(
    fields: Iterable[TicketField], values: Mapping[str, Any]
) -> dict[TicketField, Value | None]:
    by_key = {field.key: field for field in fields}
    found: dict[TicketField, Value | None] = {}
    wrong = []
    for key, sent in values.items():
        try:
            found[by_key[key]] = value_of(by_key[key], sent)
        except KeyError:
            detail = _("There is no such field here.")
            wrong.append(FieldError(f"fields.{key}"[:60], "unknown", detail))
        except NoValue as refusal:
            wrong.append(FieldError(f"fields.{key}"[:60], "invalid", str(refusal)))
    if wrong:
        raise InvalidInput(errors=wrong)
    return found


def _texts(fields: Iterable[TicketField], values: Mapping[str, Any]) -> dict[str, str]:
    """Return what was typed into these fields, of those that take words."""
    typed = {row.key: values.get(row.key) for row in fields if row.kind in WORDS}
    return {f"fields.{key}": sent for key, sent in typed.items() if isinstance(sent, str)}


def _new_in(
    ticket: Ticket, values: Mapping[TicketField, Value | None]
) -> dict[TicketField, Value | None]:
    """Return what of these values is another than the ticket has."""
    had = {row.field_id: row.value for row in FieldValue.objects.filter(ticket=ticket)}
    return {field: value for field, value in values.items() if value != had.get(field.pk)}


def _fill(ticket: Ticket, values: Mapping[TicketField, Value | None]) -> list[TicketField]:
    """Write values that are new; return their fields."""
    FieldValue.objects.filter(ticket=ticket, field__in=list(values)).delete()
    FieldValue.objects.bulk_create(
        FieldValue(ticket=ticket, field=field, **{column_of(field): value})
        for field, value in values.items()
        if value is not None
    )
    return list(values)
