"""Questions for me: what I was asked, what else fits, and how I want to be asked."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import InvalidInput
from core.pages import done, signed_in, submit
from forum import actions, queries
from forum.ask_links import ASK_MAILS
from forum.forms import AskChoiceForm, OutcomeForm
from people.present import me


@require_safe
@signed_in
def for_me(request: HttpRequest) -> HttpResponse:
    """List what one was asked, and unanswered questions that fit one's languages and skills."""
    return _for_me_page(request, None)


def _for_me_page(request: HttpRequest, form: AskChoiceForm | None) -> HttpResponse:
    person = me(request)
    page = queries.for_me_page(person, request.GET.get("cursor") or None)
    choice = page.choice
    initial = {"most_asks": choice.most_asks, "by_mail": choice.by_mail}
    context = {
        "facts": page,
        "page": page.questions,
        "form": form or AskChoiceForm(initial=initial),
    }
    return render(request, "forum/for_me.html", context, status=422 if form else 200)


@require_POST
@signed_in
def settle(request: HttpRequest, ask_id: int) -> HttpResponse:
    """Say that a question is not for me, or not now."""
    form = OutcomeForm(request.POST)
    if not form.is_valid():
        raise InvalidInput.of("outcome", "invalid_choice", form.errors["outcome"][0])
    actions.settle_ask(actor=me(request), ask_id=ask_id, **form.cleaned_data)
    context = {"facts": queries.for_me_page(me(request), None)}
    return done(request, reverse("for_me"), "forum/_asks.html", context)


@never_cache
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def stop_mails(request: HttpRequest, token: str) -> HttpResponse:
    """Let no mail ask who got this link to help any more, signed in or not.

    As people.views.follows.stop has it: a GET only asks, and a POST needs no token of a form.
    """
    person = ASK_MAILS.read(token)[0]
    if request.method == "POST":
        actions.end_ask_mails(actor=person)
    is_off = not queries.choice_of(person).by_mail
    return render(request, "forum/ask_mails_stop.html", {"is_off": is_off})


@require_POST
@signed_in
def choose(request: HttpRequest) -> HttpResponse:
    """Choose how often one is asked, and how."""
    form = AskChoiceForm(request.POST)
    if form.is_valid():
        chosen = submit(form, actions.choose_asks, actor=me(request), **form.cleaned_data)
        if chosen is not None:
            messages.success(request, _("Your choice is kept."))
            return done(request, reverse("for_me"))
    return _for_me_page(request, form)
