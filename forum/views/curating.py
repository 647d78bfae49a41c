"""Closing, locking, merging and splitting; being on a question; why it stands where it stands."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.errors import NotAllowed, seen
from core.pages import done, once, sends_secrets, signed_in, submit, whole_number
from forum import actions, queries
from forum.forms_curating import CloseForm, LockForm, LookForm, MergeForm, SplitForm
from forum.models import Closure, Question
from forum.views.setups import site_asked
from people.present import me


@require_safe
@signed_in
def curating(request: HttpRequest, question_id: int) -> HttpResponse:
    """Show what can be done with a question, to who may do any of it."""
    return _page(request, question_id)


def _page(request: HttpRequest, question_id: int, status: int = 200, **forms: Any) -> HttpResponse:
    rows = queries.with_standing(Question.objects.visible_to(request.user))
    question = seen(rows, pk=question_id)
    standing = queries.standing_of(request.user, question)
    if not (standing.has_tools or standing.can_reopen):
        raise NotAllowed
    if "close" in forms:  # it was read with every reason: which ones one may give is the action's
        forms["close"].offer(standing.may_close_for)
    context = {
        "question": question,
        "standing": standing,
        "moves": queries.moves_of(question),
        "choices": queries.split_choices(question) if standing.can_curate else (),
        "chosen": request.POST.getlist("posts"),
        "close": CloseForm(reasons=standing.may_close_for),
        "merge": MergeForm(auto_id="merge_%s"),
        "lock": LockForm(auto_id="lock_%s"),
        "split": SplitForm(auto_id="split_%s"),
        "look": LookForm(auto_id="look_%s"),
        **forms,
    }
    return render(request, "forum/curating.html", context, status=status)


@require_POST
@signed_in
@once
def close(request: HttpRequest, question_id: int) -> HttpResponse:
    """Close a question."""
    form = CloseForm(request.POST, reasons=Closure.Reason.values)
    if form.is_valid():
        data = form.cleaned_data
        closed = submit(
            form,
            actions.close_question,
            actor=me(request),
            question_id=question_id,
            reason=data["reason"],
            original_id=data["original"],
        )
        if closed is not None:
            return done(request, closed.question.path)
    return _page(request, question_id, 422, close=form)


@require_POST
@signed_in
def reopen(request: HttpRequest, question_id: int) -> HttpResponse:
    """Open a closed question again."""
    row = actions.reopen_question(actor=me(request), question_id=question_id)
    return done(request, row.path)


@require_POST
@signed_in
@once
def lock(request: HttpRequest, question_id: int) -> HttpResponse:
    """Lock a question."""
    form = LockForm(request.POST, auto_id="lock_%s")
    if form.is_valid():
        row = submit(
            form,
            actions.lock_question,
            actor=me(request),
            question_id=question_id,
            **form.cleaned_data,
        )
        if row is not None:
            return done(request, row.question.path)
    return _page(request, question_id, 422, lock=form)


@require_POST
@signed_in
def unlock(request: HttpRequest, question_id: int) -> HttpResponse:
    """Take a lock off."""
    row = actions.unlock_question(actor=me(request), question_id=question_id)
    return done(request, row.path)


@require_POST
@signed_in
@once
def merge(request: HttpRequest, question_id: int) -> HttpResponse:
    """Put the answers of a question with another's."""
    form = MergeForm(request.POST, auto_id="merge_%s")
    if form.is_valid():
        move = submit(
            form,
            actions.merge_question,
            actor=me(request),
            question_id=question_id,
            into_id=form.cleaned_data["into"],
            reason=form.cleaned_data["reason"],
        )
        if move is not None:
            return done(request, move.into.path)
    return _page(request, question_id, 422, merge=form)


@require_POST
@signed_in
def undo_merge(request: HttpRequest, question_id: int) -> HttpResponse:
    """Bring a question's answers back."""
    row = actions.undo_merge(actor=me(request), question_id=question_id)
    return done(request, row.path)


@require_POST
@signed_in
@once
def split(request: HttpRequest, question_id: int) -> HttpResponse:
    """Make a new question of some posts: `posts` are keys such as `answer-7`."""
    form = SplitForm(request.POST, auto_id="split_%s")
    if form.is_valid():
        chosen = form.cleaned_data.pop("posts")
        move = submit(
            form,
            actions.split_question,
            actor=me(request),
            question_id=question_id,
            answer_ids=_ids(chosen, "answer-"),
            comment_ids=_ids(chosen, "comment-"),
            send_secrets=sends_secrets(request),
            **form.cleaned_data,
        )
        if move is not None:
            return done(request, move.into.path)
    return _page(request, question_id, 422, split=form)


def _ids(keys: list[str], prefix: str) -> list[int]:
    numbers = (whole_number(key.removeprefix(prefix)) for key in keys if key.startswith(prefix))
    return [number for number in numbers if number is not None]


@require_POST
@signed_in
def undo_split(request: HttpRequest, question_id: int) -> HttpResponse:
    """Bring back what was split off into this question."""
    row = actions.undo_split(actor=me(request), question_id=question_id)
    return done(request, row.path)


@require_POST
@signed_in
def asker(request: HttpRequest, question_id: int) -> HttpResponse:
    """Show a moderator who asked under a pseudonym; it is kept who looked."""
    form = LookForm(request.POST, auto_id="look_%s")
    if form.is_valid():
        person = actions.learn_asker(
            actor=me(request), question_id=question_id, reason=form.cleaned_data["reason"]
        )
        question = seen(Question.objects.visible_to(request.user), pk=question_id)
        context = {"question": question, "person": person}
        response = render(request, "forum/asker.html", context)
        response["Cache-Control"] = "no-store"
        return response
    return _page(request, question_id, 422, look=form)


@require_POST
@signed_in
def take_lease(request: HttpRequest, question_id: int) -> HttpResponse:
    """Say "I am on it"."""
    row = actions.take_lease(actor=me(request), question_id=question_id)
    messages.success(request, _("You are on it for ten minutes; others see so."))
    return done(request, f"{row.question.path}#answer")


@require_POST
@signed_in
def release_lease(request: HttpRequest, question_id: int) -> HttpResponse:
    """Say that one is on it no more."""
    row = actions.release_lease(actor=me(request), question_id=question_id)
    return done(request, row.path)


@require_safe
def ranking(request: HttpRequest, question_id: int) -> HttpResponse:
    """Show why a question and its answers stand where they stand, with the numbers."""
    places = queries.places_of(request.user, question_id, site_asked(request))
    context = {"places": places, "question": places.question}
    return render(request, "forum/ranking.html", context)
