"""A ticket: its page, and what is done on it."""

from typing import Any

from django.contrib import messages
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
)
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from core.pages import (
    done,
    is_looked_at,
    keeps_words,
    once,
    secrets_in,
    sends_secrets,
    signed_in,
    submit,
    submit_small,
    to_canonical,
    wants_fragment,
    whole_number,
)
from core.waiting import forget_waiting, let_wait, uploads_of
from helpdesk import actions, queries, rules
from helpdesk.forms import (
    AssignmentForm,
    MessageForm,
    NoteForm,
    PendingForm,
    ShareForm,
    StateForm,
    UnmaskForm,
)
from helpdesk.masking import mask_ticket
from helpdesk.models import Ticket
from helpdesk.numbers import number_of
from helpdesk.states import Side, State
from helpdesk.views.checking import checked_by_reader
from people.actions import read_notices_about
from people.present import me

PAGE, PART = "helpdesk/ticket.html", "helpdesk/ticket.html#ticket"


@require_safe
@signed_in
def ticket(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Show a ticket; another spelling of its number leads to the one it has.

    A merged one leads to where it goes on, for those who see that.
    """
    path = f"/tickets/{number_of(ticket_id)}"
    if request.path != path:
        return to_canonical(request, path)
    before = request.GET.get("before", "")
    older = whole_number(before)
    facts = queries.ticket_page(request.user, ticket_id, before=older)
    if facts.goes_on is not None:
        return HttpResponseRedirect(facts.goes_on.path)
    if older is None and is_looked_at(request):
        ids = [facts.ticket.pk, *(other.pk for other in facts.merged)]
        read_notices_about(actor=me(request), shown={"helpdesk.ticket": ids})
    return rendered(request, facts, is_older=older is not None)


@require_safe
@signed_in
def thread(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Show what was said and what happened, with how the ticket stands now (a fragment)."""
    facts = queries.ticket_page(request.user, ticket_id)
    return render(request, "helpdesk/_news.html", {"facts": facts, "ticket": facts.ticket})


def rendered(
    request: HttpRequest, facts: queries.TicketPage, status: int = 200, **extra: Any
) -> HttpResponse:
    """Render the page or, for htmx, the part of it that changes."""
    is_part = wants_fragment(request)
    context = {"facts": facts, "ticket": facts.ticket, "is_part": is_part, **extra}
    return render(request, PART if is_part else PAGE, context, status=status)


def _refused(
    request: HttpRequest,
    ticket_id: int,
    form: Any,
    status: int = 422,
    **extra: Any,
) -> HttpResponse:
    """Show the ticket with what was typed and what is wrong with it, in the composer it was in."""
    facts = queries.ticket_page(request.user, ticket_id)
    waiting = let_wait(request, form)
    errors, secrets = {**form.errors}, secrets_in(form)
    typed = {
        "open": True,
        "source": form.data.get("source", ""),
        "errors": errors.pop("source", []),
        "file_errors": errors.pop("attachments", []),
        "other_errors": [words for found in errors.values() for words in found],
        "waiting": waiting,
        "secrets": secrets,
        "send_secrets": bool(form.data.get("send_secrets")),
        "then": form.data.get("then", "") if secrets else "",
    }
    name = "note" if isinstance(form, NoteForm) else "reply"
    return rendered(request, facts, status, **{name: typed}, **extra)


def _changed(request: HttpRequest, ticket_id: int, anchor: str = "") -> HttpResponse:
    """Answer a write that worked."""
    if wants_fragment(request):
        return rendered(request, queries.ticket_page(request.user, ticket_id))
    return done(request, f"/tickets/{number_of(ticket_id)}{anchor}")


@require_POST
@signed_in
@once
@keeps_words(gettext_lazy("Public reply"))
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
                uploads=uploads_of(request, data["attachments"]),
                send_anyway=bool(request.POST.get("send_anyway")),
                send_secrets=sends_secrets(request),
            )
        except actions.Overtaken as overtaken:
            # The page now shows what was said meanwhile: sending again then sends it.
            return _refused(request, ticket_id, form, overtaken.status, overtaken=overtaken)
        if message is not None:
            forget_waiting(request)
            return _changed(request, ticket_id, f"#{message.anchor}")
    return _refused(request, ticket_id, form)


@require_POST
@signed_in
@once
@keeps_words(gettext_lazy("Internal note"))
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
            uploads=uploads_of(request, form.cleaned_data["attachments"]),
            send_secrets=sends_secrets(request),
        )
        if note is not None:
            forget_waiting(request)
            return _changed(request, ticket_id, f"#{note.anchor}")
    queries.ticket_worked(request.user, ticket_id)
    return _refused(request, ticket_id, form)


@require_POST
@signed_in
@once
def state(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Solve, close, open again or let wait."""
    data = checked_by_reader(request, ticket_id, StateForm(request.POST))
    chosen, named = data["state"]
    actions.set_state(actor=me(request), ticket_id=ticket_id, state=chosen, named=named)
    return _changed(request, ticket_id)


@require_POST
@signed_in
@once
def pending(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Say when we come back to it."""
    form = PendingForm(request.POST)
    until = checked_by_reader(request, ticket_id, form)["until"]
    submit_small(form, actions.set_aside, actor=me(request), ticket_id=ticket_id, until=until)
    return _changed(request, ticket_id)


@require_POST
@signed_in
@once
def undo_pending(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Come back to it now."""
    actions.take_up(actor=me(request), ticket_id=ticket_id)
    return _changed(request, ticket_id)


@require_POST
@signed_in
@once
def assignment(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Take a ticket, or give it to a colleague."""
    form = AssignmentForm(request.POST)
    who = checked_by_reader(request, ticket_id, form)["assignee"] or me(request)
    submit_small(form, actions.assign, actor=me(request), ticket_id=ticket_id, assignee=who)
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
    who = checked_by_reader(request, ticket_id, form)["person"]
    facts: dict[str, Any] = {"actor": me(request), "ticket_id": ticket_id}
    if isinstance(who, str):
        submit_small(form, actions.invite, address=who, **facts)
    else:
        submit_small(form, actions.share, person=who, **facts)
    return _changed(request, ticket_id)


@require_POST
@signed_in
@once
def copied(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Let people who were in copy of a mail take part."""
    addresses = request.POST.getlist("address")
    actions.invite_copied(actor=me(request), ticket_id=ticket_id, addresses=addresses)
    return _changed(request, ticket_id)


@require_POST
@signed_in
@once
def undo_share(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Stop showing it to someone; who leaves by themselves goes back to their own list."""
    data = checked_by_reader(request, ticket_id, ShareForm(request.POST))
    who = data["person"]
    if isinstance(who, str):
        actions.uninvite(actor=me(request), ticket_id=ticket_id, address=who)
    else:
        actions.unshare(actor=me(request), ticket_id=ticket_id, person=who)
    if not Ticket.objects.visible_to(request.user).filter(pk=ticket_id).exists():
        messages.success(request, _("You do not see this ticket any more."))
        return done(request, "/tickets")
    return _changed(request, ticket_id)


@require_POST
@signed_in
@once
def unmasking(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """See who asked, for a while, with a reason that they read."""
    form = UnmaskForm(request.POST)
    reason = checked_by_reader(request, ticket_id, form)["reason"]
    submit_small(form, actions.unmask, actor=me(request), ticket_id=ticket_id, reason=reason)
    return _changed(request, ticket_id)


@require_safe
@signed_in
def past_answers(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Show past answers and, to agents, similar tickets: for htmx alone, else as a page."""
    row = queries.ticket_seen(request.user, ticket_id)
    works = rules.side_of(request.user, row) == Side.AGENT and row.state != State.MERGED
    found = queries.knowledge(request.user, row)
    if rules.is_masked(request.user, row):
        mask_ticket(row)
    context = {"found": found, "ticket": row, "works": works}
    template = "helpdesk/_past.html" if wants_fragment(request) else "helpdesk/past.html"
    return render(request, template, context)
