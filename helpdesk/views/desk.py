"""The agents' panel of a ticket: queue, tags, fields, checklist, time spent."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from core.confided import SecretsFound
from core.errors import InvalidInput, Refusal
from core.pages import done, once, sends_secrets, signed_in, submit_small, wants_fragment
from helpdesk import actions, queries
from helpdesk.forms_desk import ChecklistForm, TagsForm, TimeForm
from helpdesk.numbers import number_of
from helpdesk.views.checking import checked_by_agent
from helpdesk.views.folding import asked_template
from people.present import me

PREFIX = "fields."


@require_safe
@signed_in
def desk(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Show the panel as a page of its own; what is in one part of it, for htmx."""
    facts = queries.desk(request.user, ticket_id, get_language() or "en")
    context = {"desk": facts, "ticket": facts.ticket}
    return render(request, asked_template(request, facts.folds, "helpdesk/desk.html"), context)


def _shown(
    request: HttpRequest, ticket_id: int, part: str, status: int = 200, **refused: Any
) -> HttpResponse:
    """Show the panel after a write: all of it, or the part it was made in, for htmx."""
    facts = queries.desk(request.user, ticket_id, get_language() or "en", **refused)
    context: dict[str, Any] = {"desk": facts, "ticket": facts.ticket}
    if not wants_fragment(request):
        return render(request, "helpdesk/desk.html", context, status=status)
    context |= {"folds": [fold for fold in facts.folds if fold.key == part], "is_loaded": True}
    return render(request, "helpdesk/_folds.html", context, status=status)


def _changed(request: HttpRequest, ticket_id: int, part: str) -> HttpResponse:
    if wants_fragment(request):
        return _shown(request, ticket_id, part)
    return done(request, f"/tickets/{number_of(ticket_id)}/desk#fold-{part}")


@require_POST
@signed_in
@once
def tags(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Put tags on the ticket."""
    form = TagsForm(request.POST)
    names = checked_by_agent(request, ticket_id, form)["tags"]
    submit_small(form, actions.tag_ticket, actor=me(request), ticket_id=ticket_id, names=names)
    return _changed(request, ticket_id, "tags")


@require_POST
@signed_in
@once
def untag(request: HttpRequest, ticket_id: int, tag_id: int) -> HttpResponse:
    """Take a tag off."""
    actions.untag_ticket(actor=me(request), ticket_id=ticket_id, tag_id=tag_id)
    return _changed(request, ticket_id, "tags")


@require_POST
@signed_in
@once
def fields(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Fill fields of the ticket; what is wrong stands beside its field."""
    sent = fields_sent(request)
    try:
        actions.fill_fields(
            actor=me(request),
            ticket_id=ticket_id,
            values=sent,
            send_secrets=sends_secrets(request),
        )
    except (InvalidInput, SecretsFound) as refusal:
        errors = {error.field.removeprefix(PREFIX): error.detail for error in refusal.errors}
        facts = {"sent": sent, "errors": errors, "secrets": _secrets("fields", refusal)}
        return _shown(request, ticket_id, "fields", 422, **facts)
    return _changed(request, ticket_id, "fields")


def _secrets(part: str, refusal: Refusal) -> dict[str, SecretsFound]:
    return {part: refusal} if isinstance(refusal, SecretsFound) else {}


def fields_sent(request: HttpRequest) -> dict[str, str]:
    """Return what a form sends for fields of a ticket, by their key."""
    return {
        name.removeprefix(PREFIX): str(value)
        for name, value in request.POST.items()
        if name.startswith(PREFIX)
    }


@require_POST
@signed_in
@once
def checklist(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Add to the checklist."""
    form = ChecklistForm(request.POST)
    items = checked_by_agent(request, ticket_id, form)["items"]
    try:
        submit_small(
            form,
            actions.add_to_checklist,
            actor=me(request),
            ticket_id=ticket_id,
            items=items,
            send_secrets=sends_secrets(request),
        )
    except SecretsFound as found:
        facts = {"secrets": _secrets("checklist", found), "typed": "\n".join(items)}
        return _shown(request, ticket_id, "checklist", 422, **facts)
    return _changed(request, ticket_id, "checklist")


@require_POST
@signed_in
@once
def completion(
    request: HttpRequest, ticket_id: int, item_id: int, *, is_done: bool
) -> HttpResponse:
    """Say that something of the checklist is done, or not after all."""
    actions.check_item(actor=me(request), ticket_id=ticket_id, item_id=item_id, done=is_done)
    return _changed(request, ticket_id, "checklist")


@require_POST
@signed_in
@once
def item_removal(request: HttpRequest, ticket_id: int, item_id: int) -> HttpResponse:
    """Take something off the checklist."""
    actions.remove_item(actor=me(request), ticket_id=ticket_id, item_id=item_id)
    return _changed(request, ticket_id, "checklist")


@require_POST
@signed_in
@once
def times(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Write down time spent."""
    form = TimeForm(request.POST)
    facts = checked_by_agent(request, ticket_id, form)
    submit_small(form, actions.spend_time, actor=me(request), ticket_id=ticket_id, **facts)
    return _changed(request, ticket_id, "time")


@require_POST
@signed_in
@once
def time_removal(request: HttpRequest, ticket_id: int, time_id: int) -> HttpResponse:
    """Take back time one wrote down."""
    actions.take_time_back(actor=me(request), ticket_id=ticket_id, time_id=time_id)
    return _changed(request, ticket_id, "time")
