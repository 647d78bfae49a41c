"""Getting help: one's own tickets, and opening one, or finding that none is needed."""

from collections.abc import Sequence

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from core import things
from core.errors import InvalidInput, NotAllowed, NotSeen
from core.pages import (
    done,
    keeps_words,
    once,
    secrets_in,
    sends_secrets,
    signed_in,
    submit,
    words_asked,
)
from core.pagination import keyset_page
from core.waiting import forget_waiting, let_wait, uploads_of
from helpdesk import actions, queries, rules
from helpdesk.forms import TicketForm
from helpdesk.queries.finding import numbered
from people.present import me
from search.queries import Hit, keys_in

SPOKEN = dict(settings.SPOKEN_LANGUAGES)
SHORTEST = 4  # letters of a subject before suggestions make sense


@require_safe
@signed_in
def tickets(request: HttpRequest) -> HttpResponse:
    """List one's own tickets: in work, or solved and closed; or all that have some words.

    A ticket's number leads to the ticket.
    """
    is_done, q = bool(request.GET.get("done")), words_asked(request.GET, "q", 200)
    if (named := numbered(request.user, q)) is not None:
        return done(request, named.path)
    rows = queries.with_people(queries.own_tickets(request.user, done=is_done, q=q))
    page = keyset_page(rows, queries.BY_ACTIVITY, request.GET.get("cursor") or None)
    listed = [(row, queries.state_words(request.user, row)) for row in page.results]
    context = {"page": page, "listed": listed, "is_done": is_done, "q": q}
    return render(request, "helpdesk/tickets.html", context)


@signed_in
@once
@keeps_words(gettext_lazy("Open my ticket"))
def new(request: HttpRequest) -> HttpResponse:
    """Open a ticket; the first send shows past answers close to it, the second opens it."""
    person = me(request)
    if not rules.can_open(person):
        raise NotAllowed
    if request.method != "POST":
        subject = words_asked(request.GET, "subject", 200)
        form = TicketForm(person, initial={"subject": subject, "language": _language(request)})
        return _new_page(request, form, _hits(request, subject))
    form = TicketForm(person, request.POST, request.FILES)
    if not form.is_valid():
        return _new_page(request, form, status=422)
    data = form.cleaned_data
    looked = list(keys_in(request.POST.getlist("looked")))
    if not looked:
        found = actions.suggest_answers(
            actor=person,
            subject=data["subject"],
            source=data["source"],
            language=data["language"],
        )
        if found.hits:
            return _new_page(request, form, found.hits, is_stopped=True)
    ticket = submit(
        form,
        actions.open_ticket,
        actor=person,
        subject=data["subject"],
        source=data["source"],
        language=data["language"],
        site_id=data.get("site"),
        uploads=uploads_of(request, data["attachments"]),
        looked=looked,
        fields=form.values_of_fields(),
        send_secrets=sends_secrets(request),
    )
    if ticket is None:
        # Past answers are shown again, so that they count as looked at.
        again = _hits(request, data["subject"]) if secrets_in(form) else ()
        return _new_page(request, form, again, status=422)
    forget_waiting(request)
    messages.success(request, _("Your ticket is open. Its number: %(n)s") % {"n": ticket.number})
    return done(request, ticket.path)


def _language(request: HttpRequest) -> str:
    language = getattr(request, "LANGUAGE_CODE", "")
    return language if language in SPOKEN else me(request).spoken[0]


def _new_page(
    request: HttpRequest,
    form: TicketForm,
    hits: Sequence[Hit] = (),
    *,
    status: int = 200,
    is_stopped: bool = False,
) -> HttpResponse:
    """Show the form; is_stopped: it was sent, and is not open yet, for these hits."""
    context = {
        "form": form,
        "hits": hits,
        "waiting": let_wait(request, form) if request.method == "POST" else [],
        "is_stopped": is_stopped,
    }
    return render(request, "helpdesk/new.html", context, status=status)


@require_safe
@signed_in
def similar(request: HttpRequest) -> HttpResponse:
    """Show, while a subject is typed, past answers close to it (a fragment)."""
    hits = _hits(request, words_asked(request.GET, "subject", 200))
    return render(request, "helpdesk/_similar.html", {"hits": hits})


def _hits(request: HttpRequest, subject: str) -> Sequence[Hit]:
    subject = subject.strip()
    if len(subject) < SHORTEST:
        return ()
    return actions.suggest_answers(actor=me(request), subject=subject).hits


@require_safe
@signed_in
def opened(request: HttpRequest) -> HttpResponse:
    """Go to a past answer, and keep that it was opened.

    `to` is in the link for who reads it before following; its address is looked up all the same.
    """
    looked = keys_in([request.GET.get("answer", "")])
    if not looked:
        raise NotSeen
    (kind, object_id), *_rest = looked
    row = actions.open_answer(actor=me(request), kind=kind, object_id=object_id)
    return done(request, things.url_of(row))


@require_POST
@signed_in
@once
def solved_by_answer(request: HttpRequest) -> HttpResponse:
    """Say that a past answer solved it, and go and read it to the end."""
    looked = keys_in([request.POST.get("answer", "")])
    if not looked:
        raise InvalidInput.of("answer", "invalid", _("Choose the answer that solved it."))
    (kind, object_id), *_rest = looked
    actions.solved_by_answer(actor=me(request), kind=kind, object_id=object_id)
    messages.success(
        request, _("Good to hear. No ticket was opened; a vote thanks whoever wrote this.")
    )
    return done(request, things.url_of(things.find(kind, object_id, request.user)))
