"""Mails that came in, for agents: those to decide on, and each in full."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.errors import NotAllowed, NotSeen
from core.pages import done, once, signed_in, submit
from core.pagination import keyset_page
from helpdesk import actions, queries, rules
from helpdesk.forms import DiscardForm, TicketOfMailForm
from helpdesk.mail.shown import rejoined
from helpdesk.queries import mails as mail_queries
from people.present import me


@require_safe
@signed_in
def mails(request: HttpRequest) -> HttpResponse:
    """List the mails an agent must decide on or, with `all`, every mail of their queues."""
    if not rules.is_agent(request.user):
        raise NotAllowed(_("The queue is the agents' room."))
    is_all = request.GET.get("all") == "1"
    rows = mail_queries.mails_of(request.user, waiting=not is_all)
    page = keyset_page(rows, mail_queries.BY_NEWEST, request.GET.get("cursor") or None)
    listed = [(row, mail_queries.reason_words(row)) for row in page.results]
    context = {"page": page, "listed": listed, "is_all": is_all}
    return render(request, "helpdesk/mails.html", context)


@require_safe
@signed_in
def mail(request: HttpRequest, mail_id: int) -> HttpResponse:
    """Show a mail in full, with what can be decided."""
    return _mail_page(request, mail_id)


def _mail_page(
    request: HttpRequest,
    mail_id: int,
    status: int = 200,
    form: TicketOfMailForm | None = None,
    *,
    discard: DiscardForm | None = None,
) -> HttpResponse:
    facts = mail_queries.mail_page(request.user, mail_id)
    ticket = facts.mail.ticket
    form = form or TicketOfMailForm(initial={"ticket": ticket.number if ticket else ""})
    discard = discard or DiscardForm()
    context = {"facts": facts, "mail": facts.mail, "form": form, "discard": discard}
    return render(request, "helpdesk/mail.html", context, status=status)


@require_POST
@signed_in
@once
def attach(request: HttpRequest, mail_id: int) -> HttpResponse:
    """Put a mail into a ticket."""
    form = TicketOfMailForm(request.POST)
    if form.is_valid():
        row = submit(
            form,
            actions.attach_mail,
            actor=me(request),
            mail_id=mail_id,
            ticket_id=form.cleaned_data["ticket"],
        )
        if row is not None and row.ticket is not None:
            return done(request, row.ticket.path)
    return _mail_page(request, mail_id, 422, form)


@require_POST
@signed_in
@once
def opening(request: HttpRequest, mail_id: int) -> HttpResponse:
    """Open a ticket with a mail."""
    row = actions.open_mail(actor=me(request), mail_id=mail_id)
    return done(request, row.ticket.path if row.ticket else "/mails")


@require_POST
@signed_in
@once
def retry(request: HttpRequest, mail_id: int) -> HttpResponse:
    """Try again to take in a mail that failed."""
    row = actions.retry_mail(actor=me(request), mail_id=mail_id)
    if row.outcome == row.Outcome.FAILED:
        messages.error(request, _("It failed again. The office sees why."))
        return done(request, row.path)
    if row.outcome == row.Outcome.QUARANTINED:
        messages.success(request, _("The mail could be read. What becomes of it is yours to say."))
        return done(request, row.path)
    messages.success(request, _("The mail is taken in."))
    return done(request, "/mails")


@require_POST
@signed_in
@once
def discarding(request: HttpRequest, mail_id: int) -> HttpResponse:
    """Discard a mail, with the reason."""
    form = DiscardForm(request.POST)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        submit(form, actions.discard_mail, actor=me(request), mail_id=mail_id, reason=reason)
    if form.errors:
        return _mail_page(request, mail_id, 422, discard=form)
    messages.success(request, _("The mail is discarded. It is kept among all mails."))
    return done(request, "/mails")


@require_safe
@signed_in
def rest(request: HttpRequest, ticket_id: int, message_id: int) -> HttpResponse:
    """Show what a message that came by mail quoted and signed (a page, and a fragment)."""
    ticket = queries.ticket_seen(request.user, ticket_id)
    if rules.is_masked(request.user, ticket):
        raise NotSeen  # what a mail quotes and signs says who wrote it
    row = mail_queries.rest_of_message(
        request.user, queries.messages_of(request.user, ticket), message_id
    )
    context = {"ticket": ticket, "mail": row, "can_work": rules.can_work(request.user, ticket)}
    context["folded"] = rejoined(row.folded_text)
    context["proof"] = mail_queries.PROOFS.get(row.proof, "")
    return render(request, "helpdesk/mail_rest.html", context)
