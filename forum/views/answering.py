"""Answering, commenting, voting, accepting."""

from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from core import things
from core.errors import InvalidInput, seen
from core.pages import done, keeps_words, once, sends_secrets, signed_in, submit, wants_fragment
from core.waiting import forget_waiting, uploads_of
from forum import actions, queries
from forum.forms import (
    AnswerForm,
    CommentForm,
    VoteForm,
)
from forum.models import Answer, Draft, Question
from forum.views.drafting import Sheet, as_typed, is_preview, sheet_of
from forum.views.question import question_response
from people import typed
from people.present import me


@require_POST
@signed_in
@once
@keeps_words(gettext_lazy("Your answer"))
def answer(request: HttpRequest, question_id: int) -> HttpResponse:
    """Answer a question."""
    sheet = sheet_of(request, Draft.Kind.ANSWER, question_id)
    if is_preview(request):
        facts = queries.question_page(request.user, question_id)
        return question_response(request, facts, as_typed(AnswerForm, request), sheet=sheet)
    form = AnswerForm(request.POST, request.FILES)
    if form.is_valid():
        new = submit(
            form,
            actions.answer,
            actor=me(request),
            question_id=question_id,
            source=form.cleaned_data["source"],
            language=form.cleaned_data["language"],
            uploads=uploads_of(request, form.cleaned_data["attachments"]),
            send_secrets=sends_secrets(request),
            draft=sheet.token,
            typed_seconds=typed.seconds(request),
        )
        if new is not None:
            forget_waiting(request)
            return done(request, new.path)
    facts = queries.question_page(request.user, question_id)
    return question_response(request, facts, form, 422, sheet=sheet)


@signed_in
@once
@keeps_words(gettext_lazy("Your comment"))
def comment(
    request: HttpRequest, question_id: int = 0, answer_id: int | None = None
) -> HttpResponse:
    """Comment on a question or an answer: here, or on a page of its own where there is more to say.

    The page is where a draft goes on, and what a refused comment comes back to.
    """
    answer = None
    if answer_id is not None:
        rows = Answer.objects.visible_to(request.user).select_related("question")
        answer = seen(rows, pk=answer_id)
        question_id = answer.question_id
    question = seen(Question.objects.visible_to(request.user), pk=question_id)
    kind = Draft.Kind.QUESTION_COMMENT if answer is None else Draft.Kind.ANSWER_COMMENT
    sheet = sheet_of(request, kind, answer_id or question_id)
    parent = answer or question
    if request.method != "POST":
        return comment_page(request, parent, CommentForm(initial=sheet.fields), sheet)
    if is_preview(request):
        return comment_page(request, parent, as_typed(CommentForm, request), sheet)
    form = CommentForm(request.POST)
    new = None
    if form.is_valid():
        new = submit(
            form,
            actions.comment,
            actor=me(request),
            question_id=question_id,
            answer_id=answer_id,
            source=form.cleaned_data["source"],
            send_secrets=sends_secrets(request),
            draft=sheet.token,
            typed_seconds=typed.seconds(request),
        )
    if new is None:
        return comment_page(request, parent, form, sheet, 422)
    if wants_fragment(request):
        new = queries.with_rights(request.user, new)
        context = {"comment": new, "parent": parent, "kind": "answer" if answer else "question"}
        return render(request, "forum/_commented.html", context)
    return done(request, things.url_of(new))


def comment_page(
    request: HttpRequest, parent: Any, form: Form, sheet: Sheet, status: int = 200
) -> HttpResponse:
    """Show the page of a comment; of a part of a page, its form in the place of the small one."""
    kind = "question" if isinstance(parent, Question) else "answer"
    context = {"parent": parent, "kind": kind, "form": form, "sheet": sheet}
    if not wants_fragment(request):
        return render(request, "forum/comment.html", context, status=status)
    response = render(request, "forum/comment.html#form", context, status=status)
    response["HX-Retarget"], response["HX-Reswap"] = f"#say-{kind}-{parent.pk}", "innerHTML"
    return response


@require_POST
@signed_in
def vote(request: HttpRequest, kind: str, object_id: int) -> HttpResponse:
    """Vote on a post, or take the vote back."""
    form = VoteForm(request.POST)
    if not form.is_valid():
        raise InvalidInput.of("value", "invalid", form.errors["value"][0])
    value = form.cleaned_data["value"]
    row = actions.vote(actor=me(request), kind=kind, object_id=object_id, **form.cleaned_data)
    context = {"post": row, "my_vote": value, "can_vote": True}
    return done(request, things.url_of(row), "forum/_votes.html", context)


@require_POST
@signed_in
def accept(request: HttpRequest, question_id: int) -> HttpResponse:
    """Say which answer solved it."""
    answer_id = request.POST.get("answer", "")
    if not answer_id.isascii() or not answer_id.isdigit():
        raise InvalidInput.of("answer", "invalid", "1, 2, …")
    actions.accept_answer(actor=me(request), question_id=question_id, answer_id=int(answer_id))
    return _answers_again(request, question_id)


@require_POST
@signed_in
def undo_acceptance(request: HttpRequest, question_id: int) -> HttpResponse:
    """Take the acceptance back."""
    actions.undo_acceptance(actor=me(request), question_id=question_id)
    return _answers_again(request, question_id)


def _answers_again(request: HttpRequest, question_id: int) -> HttpResponse:
    facts = queries.question_page(request.user, question_id)
    context = {"facts": facts, "question": facts.question, "is_part": True}
    part = "" if facts.pages else "forum/question.html#answers"  # it may stand on another page now
    return done(request, facts.question.path, part, context)
