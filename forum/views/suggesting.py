"""Suggesting a change to what others wrote, and deciding on it."""

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from core import things
from core.errors import NotAllowed, StaleRevision
from core.pages import done, keeps_words, once, sends_secrets, signed_in, submit
from forum import actions, queries, rules
from forum.contents import Content, difference
from forum.forms import (
    FinalAnswerForm,
    FinalQuestionForm,
    RefusalForm,
    SuggestAnswerForm,
    SuggestQuestionForm,
    saying_format,
)
from forum.models import Question
from forum.views.secrets import done_editing
from people.present import me


@signed_in
@once
@keeps_words(gettext_lazy("Suggest a change"))
def suggest(request: HttpRequest, kind: str, object_id: int) -> HttpResponse:
    """Suggest a change to a question or an answer."""
    post: Any = things.find(kind, object_id, request.user)
    if rules.can_edit(request.user, post):
        raise NotAllowed(_("You may change it yourself: edit it."), code="may_edit")
    if not rules.can_suggest(request.user, post):
        raise NotAllowed
    form_class = SuggestQuestionForm if isinstance(post, Question) else SuggestAnswerForm
    if request.method != "POST":
        waiting = queries.waiting_suggestion(request.user, post)
        form = form_class(initial=_initial(post))
        return _suggest_page(request, post, form, waiting=waiting)
    form = form_class(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        new = submit(
            form,
            actions.suggest,
            actor=me(request),
            kind=kind,
            object_id=object_id,
            revision=data["revision"],
            title=data.get("title", ""),
            source=data["source"],
            tag_names=data.get("tags", ()),
            why=data["why"],
            send_secrets=sends_secrets(request),
        )
        if new is not None:
            messages.success(request, _("Thank you. Nothing shows before it is accepted."))
            return done(request, new.path)
    return _suggest_page(request, post, form, 422)


@require_safe
@signed_in
def suggestions(request: HttpRequest) -> HttpResponse:
    """Show the suggestions that wait for me."""
    page = queries.waiting_page(request.user, request.GET.get("cursor") or None)
    return render(request, "forum/suggestions.html", {"page": page, "mine": False})


@require_safe
@signed_in
def my_suggestions(request: HttpRequest) -> HttpResponse:
    """Show what I suggested, and what became of it."""
    page = queries.own_suggestions_page(request.user, request.GET.get("cursor") or None)
    return render(request, "forum/suggestions.html", {"page": page, "mine": True})


@require_safe
@signed_in
def suggestion(request: HttpRequest, suggestion_id: int) -> HttpResponse:
    """Show what a suggestion changes, and what may be decided."""
    return _suggestion_page(request, suggestion_id)


@require_POST
@signed_in
@once
def accept(request: HttpRequest, suggestion_id: int) -> HttpResponse:
    """Take a suggestion, as it is or as the form has it."""
    final: Content | None = None
    form: Any = None
    plain = Form(request.POST)
    if "source" in request.POST:
        form = (FinalQuestionForm if "title" in request.POST else FinalAnswerForm)(request.POST)
        if not form.is_valid():
            return _suggestion_page(request, suggestion_id, form=form, status=422)
        data = form.cleaned_data
        final = Content.of(data.get("title", ""), data["source"], data.get("tags", ()))
    try:
        row = submit(
            form or plain,
            actions.accept_suggestion,
            actor=me(request),
            suggestion_id=suggestion_id,
            final=final,
            revision=form.cleaned_data["revision"] if form else None,
            send_secrets=sends_secrets(request),
        )
    except StaleRevision as stale:
        return _suggestion_page(request, suggestion_id, form=_draft_form(form, stale), status=409)
    if row is None:
        return _suggestion_page(request, suggestion_id, form=form, plain=plain, status=422)
    messages.success(request, _("The change is taken, in the name of who suggested it."))
    return done_editing(request, row.post)


@require_POST
@signed_in
@once
def decline(request: HttpRequest, suggestion_id: int) -> HttpResponse:
    """Do not take a suggestion, and say why."""
    form = RefusalForm(request.POST)
    if form.is_valid():
        row = submit(
            form,
            actions.decline_suggestion,
            actor=me(request),
            suggestion_id=suggestion_id,
            reason=form.cleaned_data["reason"],
            send_secrets=sends_secrets(request),
        )
        if row is not None:
            messages.success(request, _("Declined. Who suggested it is told why."))
            return done(request, reverse("suggestions"))
    return _suggestion_page(request, suggestion_id, refusal=form, status=422)


@require_POST
@signed_in
@once
def withdraw(request: HttpRequest, suggestion_id: int) -> HttpResponse:
    """Take my suggestion back."""
    row = actions.withdraw_suggestion(actor=me(request), suggestion_id=suggestion_id)
    return done(request, things.url_of(row.post))


def _initial(post: Any) -> dict[str, Any]:
    facts = {"source": post.source, "revision": post.revision}
    if isinstance(post, Question):
        facts |= {"title": post.title, "tags": ", ".join(post.tags.names())}
    return facts


def _suggest_page(
    request: HttpRequest, post: Any, form: Any, status: int = 200, waiting: Any = None
) -> HttpResponse:
    context = {"post": post, "form": saying_format(form, post), "waiting": waiting}
    return render(request, "forum/suggest.html", context, status=status)


def _draft_form(form: Any, stale: StaleRevision) -> Any:
    """Return the reviewer's form with both texts brought together; None to make it anew."""
    merged = stale.extra["merged"]
    if form is None or merged is None:
        return None
    data = form.data.copy()
    data.update({"revision": stale.extra["revision"], "source": merged["source"]})
    return type(form)(data)


def _suggestion_page(
    request: HttpRequest,
    suggestion_id: int,
    *,
    form: Any = None,
    plain: Any = None,
    refusal: Any = None,
    status: int = 200,
) -> HttpResponse:
    facts = queries.suggestion_page(request.user, suggestion_id)
    draft = actions.draft_of(facts.suggestion) if facts.can_decide else None
    now = actions.content_of(facts.post) if draft is not None else None
    context = {
        "facts": facts,
        "row": facts.suggestion,
        "draft": draft,
        "merged": difference(now, draft.content) if now and draft and facts.is_stale else None,
        "form": saying_format(form or _final_form(facts, draft), facts.post),
        "is_edited": form is not None,
        "plain": plain or Form(),
        "refusal": refusal or RefusalForm(),
    }
    return render(request, "forum/suggestion.html", context, status=status)


def _final_form(facts: queries.SuggestionPage, draft: Any) -> Any:
    content = draft.content if draft else Content.kept(facts.suggestion)
    initial = {"source": content.source, "revision": facts.post.revision}
    if not isinstance(facts.post, Question):
        return FinalAnswerForm(initial=initial)
    initial |= {"title": content.title, "tags": ", ".join(content.tags)}
    return FinalQuestionForm(initial=initial)
