"""From what is sent for a ticket's field to a value of its kind, and to words. Pure."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _

from helpdesk.models.fields import TicketField, Value

Kind = TicketField.Kind
LONGEST_TEXT: Final = 500
DAY_LETTERS: Final = len("2026-11-30")  # fromisoformat() takes weeks and 20261130 too
MOST_WHOLE_DIGITS, MOST_PLACES = 15, 4
COLUMNS: Final = {Kind.NUMBER: "number", Kind.DATE: "day", Kind.YES_NO: "yes"}
MEANINGS: Final = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_is_url = URLValidator(schemes=["http", "https"])


class NoValue(ValueError):  # noqa: N818  (an answer, as in core.errors)
    """What was sent is no value of this field; says what one is."""


def column_of(field: TicketField) -> str:
    """Return the column that holds values of this field's kind."""
    return COLUMNS.get(Kind(field.kind), "text")


def value_of(field: TicketField, sent: Any) -> Value | None:
    """Return what was sent as a value of the field's kind; None for nothing.

    sent: a text of a form, or a value of JSON. Raises NoValue.
    """
    if sent is None or (isinstance(sent, str) and not sent.strip()):
        return None
    if isinstance(sent, bool) and field.kind != Kind.YES_NO:
        raise NoValue(_("This is not what is asked here."))
    if not isinstance(sent, str | int | float | bool | date | Decimal):
        raise NoValue(_("This is not what is asked here."))
    return _READ[Kind(field.kind)](field, str(sent).strip())


def words_of(field: TicketField, value: Value, language: str) -> str:
    """Return a value as people read it; dates and numbers are for the template to write."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if field.kind == Kind.CHOICE:
        return dict(field.options(language)).get(str(value), str(value))
    return as_sent(value)


def as_sent(value: Value | None) -> str:
    """Return a value as a form sends it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.isoformat() if isinstance(value, date) else value


def _text(_field: TicketField, sent: str) -> Value:
    if len(sent) > LONGEST_TEXT or "\x00" in sent:
        raise NoValue(_("At most 500 characters."))
    return sent


def _number(_field: TicketField, sent: str) -> Value:
    try:
        number = Decimal(sent.replace(",", ".")) if len(sent) <= 40 else None
    except InvalidOperation:
        number = None
    if number is None or not number.is_finite() or abs(number) >= 10**MOST_WHOLE_DIGITS:
        raise NoValue(_("Write a number, such as 12 or 12.5."))
    return number.quantize(Decimal(1).scaleb(-MOST_PLACES))


def _day(_field: TicketField, sent: str) -> Value:
    try:
        day = date.fromisoformat(sent) if len(sent) == DAY_LETTERS else None
    except ValueError:
        day = None
    if day is None:
        raise NoValue(_("Write a day as 2026-11-30."))
    return day


def _choice(field: TicketField, sent: str) -> Value:
    if sent not in {row["key"] for row in field.choices}:
        raise NoValue(_("Choose one of what is offered."))
    return sent


def _yes_no(_field: TicketField, sent: str) -> Value:
    try:
        return MEANINGS[sent.casefold()]
    except KeyError:
        raise NoValue(_("Say yes or no.")) from None


def _url(_field: TicketField, sent: str) -> Value:
    try:
        _is_url(_text(_field, sent))
    except ValidationError:
        raise NoValue(_("Write a web address, such as https://example.org/page.")) from None
    return sent


_READ: Final[dict[TicketField.Kind, Callable[[TicketField, str], Value]]] = {
    Kind.TEXT: _text,
    Kind.NUMBER: _number,
    Kind.DATE: _day,
    Kind.CHOICE: _choice,
    Kind.YES_NO: _yes_no,
    Kind.URL: _url,
}
