""" "This is a learning need": one click of an agent, and what its requester makes of it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.errors import InvalidInput
from core.pages import done, once, signed_in, submit_small
from helpdesk import actions, queries, rules
from helpdesk.forms import NeedForm
from helpdesk.views.checking import checked_by_reader
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
    if not rules.can_confirm_need(request.user, ticket):
        return HttpResponseRedirect(ticket.path)
    return HttpResponseRedirect(queries.confirm_path(need, get_language() or "en"))


@require_POST
@signed_in
@once
def note(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Suggest to the requester to learn this, with what the ticket is about."""
    ticket = queries.ticket_seen(request.user, ticket_id)
    form = NeedForm(request.POST)
    facts = checked_by_reader(request, ticket_id, form)
    submit_small(form, _noted, actor=me(request), ticket_id=ticket_id, **facts)
    messages.success(request, _("Suggested: the requester is told, and says when they have time."))
    return done(request, ticket.path)


def _noted(*, skills: list[str], **facts: Any) -> Any:
    """Note the need; where nobody wrote a skill, say that the ticket names none either."""
    try:
        return actions.note_learning_need(skills=skills, **facts)
    except InvalidInput:
        if skills:
            raise
        words = _("The ticket names no skill that we know: write one beside the button.")
        raise InvalidInput.of("skills", "required", words) from None
