"""A ticket: its page, and what is done on it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core.errors import InvalidInput, NotAllowed
from core.pages import done, once, signed_in, submit, wants_fragment
from helpdesk import actions, queries, rules
from helpdesk.forms import (
    AssignmentForm,
    MergerForm,
    MessageForm,
    NoteForm,
    ShareForm,
    StateForm,
)
from helpdesk.numbers import number_of
from people.present import me

PAGE, PART = "helpdesk/ticket.html", "helpdesk/ticket.html#ticket"


@require_GET
@signed_in
def ticket(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Show a ticket; another spelling of its number leads to the one it has."""
    path = f"/tickets/{number_of(ticket_id)}"
    if request.path != path:
        return HttpResponsePermanentRedirect(path)
    before = request.GET.get("before", "")
    older = int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None
    facts = queries.ticket_page(request.user, ticket_id, before=older)
    return _rendered(request, facts, is_older=older is not None)


def _rendered(
    request: HttpRequest, facts: queries.TicketPage, status: int = 200, **extra: Any
) -> HttpResponse:
    """Render the page or, for htmx, the part of it that changes."""
    is_part = wants_fragment(request)
    context = {"facts": facts, "ticket": facts.ticket, "is_part": is_part, **extra}
    return render(request, PART if is_part else PAGE, context, status=status)


def _refused(
    request: HttpRequest, ticket_id: int, form: Any, status: int = 422, **extra: Any
) -> HttpResponse:
    """Show the ticket with what was typed and what is wrong with it, in the composer it was in."""
    errors = {**form.errors}
    typed = {
        "open": True,
        "source": form.data.get("source", ""),
        "errors": errors.pop("source", []),
        "file_errors": errors.pop("attachments", []),
        "other_errors": [words for found in errors.values() for words in found],
        "files_lost": bool(request.FILES),
    }
    name = "note" if isinstance(form, NoteForm) else "reply"
    facts = queries.ticket_page(request.user, ticket_id)
    return _rendered(request, facts, status, **{name: typed}, **extra)


def _changed(request: HttpRequest, ticket_id: int, anchor: str = "") -> HttpResponse:
    """Answer a write that worked."""
    if wants_fragment(request):
        return _rendered(request, queries.ticket_page(request.user, ticket_id))
    return done(request, f"/tickets/{number_of(ticket_id)}{anchor}")


def _wrong(form: Any) -> InvalidInput:
    """Return the refusal of a small form that has no page of its own."""
    field, errors = next(iter(form.errors.items()))
    return InvalidInput.of(field, "invalid", errors[0])


@require_POST
@signed_in
@once
def replies(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Say something to the other side."""
    form = MessageForm(request.POST, request.FILES)
    if form.is_valid():
        data = form.cleaned_data
        try:
            message = submit(
                form,
                actions.reply,
                actor=me(request),
                ticket_id=ticket_id,
                source=data["source"],
                revision=data["revision"],
                then=data["then"],
                uploads=data["attachments"],
                send_anyway=bool(request.POST.get("send_anyway")),
            )
        except actions.Overtaken as overtaken:
            # The page now shows what was said meanwhile: sending again then sends it.
            return _refused(request, ticket_id, form, overtaken.status, overtaken=overtaken)
        if message is not None:
            return _changed(request, ticket_id, f"#{message.anchor}")
    return _refused(request, ticket_id, form)


@require_POST
@signed_in
@once
def notes(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Write what agents alone read."""
    form = NoteForm(request.POST, request.FILES)
    if form.is_valid():
        note = submit(
            form,
            actions.write_note,
            actor=me(request),
            ticket_id=ticket_id,
            source=form.cleaned_data["source"],
            uploads=form.cleaned_data["attachments"],
        )
        if note is not None:
            return _changed(request, ticket_id, f"#{note.anchor}")
    if not rules.can_work(request.user, queries.ticket_seen(request.user, ticket_id)):
        raise NotAllowed
    return _refused(request, ticket_id, form)


@require_POST
@signed_in
@once
def state(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Solve, close, open again or let wait."""
    form = StateForm(request.POST)
    if not form.is_valid():
        queries.ticket_seen(request.user, ticket_id)
        raise _wrong(form)
    chosen = form.cleaned_data["state"]
    actions.set_state(actor=me(request), ticket_id=ticket_id, state=chosen)
    return _changed(request, ticket_id)


@require_POST
@signed_in
@once
def assignment(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Take a ticket, or give it to a colleague."""
    form = AssignmentForm(request.POST)
    if not form.is_valid():
        queries.ticket_seen(request.user, ticket_id)
        raise _wrong(form)
    assignee = form.cleaned_data["assignee"] or me(request)
    actions.assign(actor=me(request), ticket_id=ticket_id, assignee=assignee)
    return _changed(request, ticket_id)


@require_POST
@signed_in
@once
def undo_assignment(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Put a ticket back into the queue."""
    actions.unassign(actor=me(request), ticket_id=ticket_id)
    return _changed(request, ticket_id)


@require_POST
@signed_in
@once
def shares(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Show one's ticket to one more person."""
    form = ShareForm(request.POST)
    if not form.is_valid():
        queries.ticket_seen(request.user, ticket_id)
        raise _wrong(form)
    person = form.cleaned_data["person"]
    actions.share(actor=me(request), ticket_id=ticket_id, person=person)
    return _changed(request, ticket_id)


@require_POST
@signed_in
@once
def undo_share(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Stop showing it to someone; who leaves by themselves goes back to their own list."""
    form = ShareForm(request.POST)
    if not form.is_valid():
        queries.ticket_seen(request.user, ticket_id)
        raise _wrong(form)
    person = form.cleaned_data["person"]
    actions.unshare(actor=me(request), ticket_id=ticket_id, person=person)
    if person.pk == me(request).pk:
        messages.success(request, _("You do not see this ticket any more."))
        return done(request, "/tickets")
    return _changed(request, ticket_id)


@require_POST
@signed_in
@once
def merger(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Merge a ticket into another one of the same person."""
    form = MergerForm(request.POST)
    if not form.is_valid():
        queries.ticket_seen(request.user, ticket_id)
        raise _wrong(form)
    into_id = form.cleaned_data["into"]
    into = actions.merge(actor=me(request), ticket_id=ticket_id, into_id=into_id)
    return done(request, into.path)


@require_GET
@signed_in
def past_answers(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Show past answers that may fit (a fragment, asked for once the page stands)."""
    row = queries.ticket_seen(request.user, ticket_id)
    hits = queries.past_answers(request.user, row.subject, language=row.language)
    return render(request, "helpdesk/_past.html", {"hits": hits, "ticket": row})
