"""What the small forms on a ticket's page say: those that have no page of their own."""

from collections.abc import Callable
from typing import Any

from django.forms import Form
from django.http import HttpRequest

from core.again import refusal_of
from helpdesk import queries


def checked_by_reader(request: HttpRequest, ticket_id: int, form: Form) -> dict[str, Any]:
    """Return what a form says. Raises its refusal, but NotSeen to who does not see the ticket."""
    return _checked(request, ticket_id, form, queries.ticket_seen)


def checked_by_agent(request: HttpRequest, ticket_id: int, form: Form) -> dict[str, Any]:
    """Return the same where only agents act: to others NotSeen or NotAllowed comes first."""
    return _checked(request, ticket_id, form, queries.ticket_worked)


def _checked(
    request: HttpRequest, ticket_id: int, form: Form, look: Callable[[Any, int], Any]
) -> dict[str, Any]:
    if not form.is_valid():
        look(request.user, ticket_id)
        raise refusal_of(form)
    return form.cleaned_data
