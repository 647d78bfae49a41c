""" "This is a learning need": one click of an agent, and what its requester makes of it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.errors import InvalidInput
from core.pages import done, once, signed_in
from helpdesk import actions, queries, rules
from people.present import me


@require_safe
@signed_in
def learning(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Lead the requester to mentoring's form, filled in; others to the request, or the ticket."""
    ticket = queries.ticket_seen(request.user, ticket_id)
    need = queries.learning_need_of(ticket)
    need.ticket = ticket
    there = queries.request_of_need(request.user, ticket)
    if there is not None:
        return HttpResponseRedirect(there.path)
    if not rules.can_consent(request.user, ticket):
        return HttpResponseRedirect(ticket.path)
    return HttpResponseRedirect(queries.confirm_path(need, get_language() or "en"))


@require_POST
@signed_in
@once
def note(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Suggest to the requester to learn this, with what the ticket is about."""
    ticket = queries.ticket_seen(request.user, ticket_id)
    names = [name.strip() for name in request.POST.get("skills", "").split(",")]
    try:
        actions.note_learning_need(
            actor=me(request),
            ticket_id=ticket_id,
            skills=[name for name in names if name],
            level=_level(request.POST.get("level")),
        )
    except InvalidInput:
        if names != [""]:
            raise
        words = _("The ticket names no skill that we know: write one beside the button.")
        raise InvalidInput.of("skills", "required", words) from None
    messages.success(request, _("Suggested: the requester is told, and says when they have time."))
    return done(request, ticket.path)


def _level(text: Any) -> int | None:
    return int(text) if text in ("1", "2", "3") else None
