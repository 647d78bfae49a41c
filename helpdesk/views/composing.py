"""The reply's composer: prepared texts put into it, and macros run from it."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.again import refusal_of
from core.confided import SecretsFound
from core.errors import NotAllowed, Refusal
from core.pages import done, once, sends_secrets, signed_in, whole_number
from core.waiting import forget_waiting, let_wait, uploads_of
from helpdesk import actions, queries
from helpdesk.forms import FilesForm
from helpdesk.forms_desk import RunForm
from helpdesk.models import Ticket
from helpdesk.views.ticket import rendered
from people.present import me

LONGEST = 30000


@require_POST
@signed_in
def composer(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Show the ticket with what was typed, and `insert` after it; nothing is kept or sent.

    insert: as queries.insertion() reads it; `choose` shows the macros to choose from; `lines` are
    those of the talk that were chosen (`line`, their numbers).
    """
    typed = request.POST.get("source", "")[:LONGEST]
    asked = request.POST.get("insert", "")[:80]
    facts = queries.ticket_page(request.user, ticket_id)
    if asked == "lines":
        added = queries.quoted(me(request), facts.ticket, _chosen_lines(request))
        return rendered(request, facts, reply=_typed(request, _joined(typed, added)))
    if not facts.can_quote:
        raise NotAllowed(_("Macros are for the agents of the queue."))
    if asked == "choose" or not asked:
        return _with_macros(request, facts, typed)
    added = queries.insertion(request.user, facts.ticket, asked)
    chosen = None
    if asked.startswith("text:macro:"):
        number = int(asked.rpartition(":")[2])
        choices = queries.macro_choices(request.user, facts.ticket, get_language() or "en")
        chosen = next((row for row in choices if row.id == number), None)
    reply = _typed(request, _joined(typed, added))
    return rendered(request, facts, reply=reply, macro=chosen)


def _chosen_lines(request: HttpRequest) -> list[int]:
    asked = map(whole_number, request.POST.getlist("line")[: queries.MOST_LINES])
    return [number for number in asked if number is not None]


def _joined(typed: str, added: str) -> str:
    return "\n\n".join(part for part in (typed.rstrip(), added) if part)


def _with_macros(
    request: HttpRequest,
    facts: queries.TicketPage,
    typed: str,
    status: int = 200,
    *,
    file_errors: Iterable[str] = (),
    **extra: Any,
) -> HttpResponse:
    choices = queries.macro_choices(request.user, facts.ticket, get_language() or "en")
    context = {"macros": choices, "is_choosing": True, **extra}
    reply = {**_typed(request, typed, file_errors), **extra.get("reply", {})}
    return rendered(request, facts, status, **{**context, "reply": reply})


def _typed(request: HttpRequest, source: str, file_errors: Iterable[str] = ()) -> dict[str, Any]:
    """Return what stands in the composer. file_errors: what the action refused of the files."""
    form = FilesForm(request.POST, request.FILES)
    for words in file_errors:
        form.add_error("attachments", words)
    waiting = let_wait(request, form)
    errors: Any = form.errors.get("attachments", [])
    return {"open": True, "source": source, "waiting": waiting, "file_errors": errors}


@require_POST
@signed_in
@once
def macros(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Run a macro: what stands in the composer is said instead of its own text."""
    form = RunForm(request.POST)
    if not form.is_valid():
        queries.ticket_worked(request.user, ticket_id)
        raise refusal_of(form)
    data = form.cleaned_data
    try:
        ticket = actions.run_macro(
            actor=me(request),
            ticket_id=ticket_id,
            macro_id=data["macro"],
            source=data["source"],
            uploads=uploads_of(request, request.FILES.getlist("attachments")),
            revision=data["revision"],
            send_anyway=bool(request.POST.get("send_anyway")),
            send_secrets=sends_secrets(request),
        )
    except actions.Overtaken as overtaken:
        facts = queries.ticket_page(request.user, ticket_id)
        return _with_macros(request, facts, data["source"], overtaken.status, overtaken=overtaken)
    except SecretsFound as found:
        # The macros stand there again, and to run one again sends it all the same.
        reply = {"other_errors": [f"{found.title}: {found.detail}"], "send_secrets": True}
        facts = queries.ticket_page(request.user, ticket_id)
        return _with_macros(request, facts, data["source"], found.status, reply=reply)
    except Refusal as refusal:
        return _told(request, ticket_id, data["source"], refusal)
    forget_waiting(request)
    still_seen = Ticket.objects.visible_to(request.user).filter(pk=ticket_id).exists()
    # Without an anchor, which a browser would follow on the page it has: the panel is new too.
    return done(request, ticket.path if still_seen else "/queue")


def _told(request: HttpRequest, ticket_id: int, source: str, refusal: Refusal) -> HttpResponse:
    """Show what was refused beside the macros, with what was typed. Raises what hides the page."""
    if refusal.status not in (409, 422):
        raise refusal
    of_files = [error.detail for error in refusal.errors if error.field == "attachments"]
    words = [error.detail for error in refusal.errors if error.field != "attachments"]
    facts = queries.ticket_page(request.user, ticket_id)
    return _with_macros(
        request,
        facts,
        source,
        refusal.status,
        file_errors=of_files,
        reply={"other_errors": words if refusal.errors else [str(refusal.detail)]},
    )
