"""A ticket becomes a public answer: the page of agent and requester, and that of the link."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from core.errors import InvalidInput, NotSeen, WrongMoment
from core.pages import done, once, signed_in, submit, whole_number
from forum.tags import split
from helpdesk import actions, queries, rules
from helpdesk.consent_links import read_link
from helpdesk.forms import PublicTextForm
from helpdesk.models import PublicAnswer
from helpdesk.numbers import number_of
from people.present import me

PAGE = "helpdesk/public.html"


@require_safe
@signed_in
def public(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Show what of a ticket is, or may be, public: to its agents, and to who opened it."""
    return _page(request, ticket_id)


def _page(
    request: HttpRequest, ticket_id: int, form: Any = None, status: int = 200, **extra: Any
) -> HttpResponse:
    ticket = queries.ticket_seen(request.user, ticket_id)
    answer = queries.public_answer_of(request.user, ticket)
    can_work = rules.can_work(request.user, ticket)
    if answer is None and not can_work:
        raise NotSeen
    is_open = answer is not None and answer.state in ("draft", "asked", "published")
    if form is None and answer is not None and answer.state in ("draft", "asked"):
        form = PublicTextForm(initial=_typed(answer))
    context = {
        "ticket": ticket,
        "answer": answer,
        "text": queries.public_text(answer) if answer else None,
        "is_mine": rules.can_consent(request.user, ticket),
        "can_work": can_work,
        "form": form if can_work else None,
        "choices": [] if is_open else queries.may_be_published(request.user, ticket),
        **extra,
    }
    return render(request, PAGE, context, status=status)


def _typed(answer: Any) -> dict[str, Any]:
    return {
        "title": answer.title,
        "question": answer.question_source,
        "answer": answer.answer_source,
        "tags": ", ".join(answer.tags),
        "language": answer.language,
    }


@require_POST
@signed_in
@once
def propose(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Draft a public answer from chosen messages."""
    chosen = [whole_number(text) for text in request.POST.getlist("messages")[:200]]
    answer = actions.propose_answer(
        actor=me(request),
        ticket_id=ticket_id,
        message_ids=[number for number in chosen if number is not None],
    )
    return done(request, answer.path)


@require_POST
@signed_in
@once
def write(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Change the text that is proposed."""
    form, answer = _kept_text(request, ticket_id)
    if answer is None:
        return _page(request, ticket_id, form=form, status=422)
    messages.success(request, _("The text is kept."))
    return done(request, answer.path)


def _kept_text(request: HttpRequest, ticket_id: int) -> tuple[PublicTextForm, PublicAnswer | None]:
    """Keep the text that was sent; return its form, and None where that says what is wrong."""
    form = PublicTextForm(request.POST)
    if not form.is_valid():
        queries.ticket_worked(request.user, ticket_id)
        return form, None
    data = form.cleaned_data
    text = actions.Text(
        title=data["title"],
        question=data["question"],
        answer=data["answer"],
        language=data["language"],
        tags=tuple(split(data["tags"])),
    )
    kept = submit(
        form, actions.write_public_text, actor=me(request), ticket_id=ticket_id, text=text
    )
    return form, kept


@require_POST
@signed_in
@once
def ask(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Ask the requester for their consent, to the text that was sent with it, if one was."""
    form = None
    if "question" in request.POST:
        form, kept = _kept_text(request, ticket_id)
        if kept is None:
            return _page(request, ticket_id, form=form, status=422)
    try:
        answer = actions.ask_consent(
            actor=me(request), ticket_id=ticket_id, anyway=bool(request.POST.get("anyway"))
        )
    except actions.PrivateFacts as facts:
        return _page(request, ticket_id, status=facts.status, private=facts)
    except InvalidInput as refusal:
        return _page(request, ticket_id, status=refusal.status, wrong=refusal.errors[0].detail)
    except WrongMoment as refusal:
        if refusal.code != "not_solved":
            raise
        return _page(request, ticket_id, form=form, status=refusal.status, wrong=refusal.detail)
    messages.success(request, _("The requester is asked by mail."))
    return done(request, answer.path)


@require_POST
@signed_in
@once
def consent(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Say yes or no, signed in."""
    queries.ticket_seen(request.user, ticket_id)
    answer = actions.answer_consent(
        actor=me(request),
        ticket_id=ticket_id,
        text_hash=request.POST.get("text_hash", ""),
        agrees=_agrees(request),
    )
    return done(request, answer.path)


@require_POST
@signed_in
@once
def withdraw(request: HttpRequest, ticket_id: int) -> HttpResponse:
    """Take a yes back."""
    queries.ticket_seen(request.user, ticket_id)
    actions.withdraw_consent(actor=me(request), ticket_id=ticket_id)
    messages.success(request, _("It is taken away, and nobody finds it any more."))
    return done(request, f"/tickets/{number_of(ticket_id)}/public")


@csrf_exempt  # the signed link is what proves who sends; a mail's reader has no session here
def by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Show the text a mail asks about; only a POST, which no scanner makes, answers it.

    Once it is answered, show what was decided.
    """
    answer_id, nonce = read_link(token)
    try:
        if request.method == "POST":
            answer = actions.answer_by_link(
                answer_id=answer_id,
                nonce=nonce,
                text_hash=request.POST.get("text_hash", ""),
                agrees=_agrees(request),
            )
            return _of_link(request, answer, said=answer.state)
        return _of_link(request, actions.answer_of_link(answer_id, nonce))
    except WrongMoment as refusal:
        decided = queries.decided_answer(answer_id)
        if decided is None:
            raise
        status = refusal.status if request.method == "POST" else 200
        return _of_link(request, decided, status, decided=decided.state)


def _of_link(
    request: HttpRequest, answer: PublicAnswer, status: int = 200, **context: Any
) -> HttpResponse:
    context |= {"answer": answer, "text": queries.public_text(answer)}
    response = render(request, "helpdesk/consent.html", context, status=status)
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "no-store"
    return response


def _agrees(request: HttpRequest) -> bool:
    said = request.POST.get("agrees", "")
    if said not in ("yes", "no"):
        raise InvalidInput.of("agrees", "invalid_choice", _("Say yes or no."))
    return said == "yes"
