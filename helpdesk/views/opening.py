"""Opening a ticket for who calls, or stands at the counter."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from core.errors import NotAllowed
from core.pages import done, keeps_words, once, sends_secrets, signed_in, submit
from core.waiting import forget_waiting, let_wait, uploads_of
from helpdesk import actions, queries, rules
from helpdesk.forms_desk import TicketForForm
from people.present import me


@signed_in
@once
@keeps_words(gettext_lazy("Open the ticket"))
def new_for(request: HttpRequest) -> HttpResponse:
    """Open a ticket for somebody, in a queue one works."""
    if not rules.can_open_for_some(request.user):
        raise NotAllowed(_("Agents open tickets for others, in the queues they work."))
    queues = queries.queues_to_open_in(request.user, get_language() or "en")
    says_site = rules.can_open_about_site(request.user)
    if request.method != "POST":
        initial = {"language": get_language()}
        return _page(request, TicketForForm(queues, initial=initial, says_site=says_site))
    form = TicketForForm(queues, request.POST, request.FILES, says_site=says_site)
    if not form.is_valid():
        return _page(request, form, 422)
    data = form.cleaned_data
    ticket = submit(
        form,
        actions.open_ticket_for,
        actor=me(request),
        requester=data["requester"],
        subject=data["subject"],
        source=data["source"],
        language=data["language"],
        queue_slug=data["queue"],
        site=data.get("site"),
        uploads=uploads_of(request, data["attachments"]),
        send_secrets=sends_secrets(request),
    )
    if ticket is None:
        return _page(request, form, 422)
    forget_waiting(request)
    messages.success(request, _("The ticket is open. Its number: %(n)s") % {"n": ticket.number})
    return done(request, ticket.path)


def _page(request: HttpRequest, form: TicketForForm, status: int = 200) -> HttpResponse:
    waiting = let_wait(request, form) if request.method == "POST" else []
    context = {"form": form, "waiting": waiting}
    return render(request, "helpdesk/new_for.html", context, status=status)
