"""The page of a question."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from core.errors import seen
from core.kept import kept_for_visitors
from core.pages import is_looked_at, signed_in, to_canonical, whole_number
from core.things import thing_of
from core.waiting import let_wait
from forum import actions, queries
from forum.forms import (
    AnswerForm,
)
from forum.models import ANSWERS_A_PAGE, Draft, Question
from forum.views.drafting import Sheet, sheet_of
from forum.views.setups import site_asked
from forum.views.traffic import counted
from people.actions import read_notices_about
from people.present import me

MOST_PAGES = 10_000


@require_safe
@counted
@kept_for_visitors("forum", "people")
def question(request: HttpRequest, question_id: int, slug: str = "") -> HttpResponse:
    """Show a question with its answers; another slug leads to the canonical path."""
    return _page(request, question_id, slug, 1)


@require_safe
@kept_for_visitors("forum", "people")
def further(request: HttpRequest, question_id: int, slug: str, number: int) -> HttpResponse:
    """Show a further page of the answers; what is none leads to the first, which counts visits."""
    return _page(request, question_id, slug if number > 1 else "", max(number, 1))


def _page(request: HttpRequest, question_id: int, slug: str, number: int) -> HttpResponse:
    start = min(number - 1, MOST_PAGES) * ANSWERS_A_PAGE
    facts = queries.question_page(request.user, question_id, site_asked(request), start=start)
    if number > 1 and not facts.answers:
        return HttpResponseRedirect(facts.question.path)
    if slug != facts.question.slug:
        return to_canonical(request, facts.question.page_path(facts.number))
    mine = queries.mine(request.user, facts)
    is_read = mine is not None and is_looked_at(request)
    if is_read:  # before the bell is drawn
        read_notices_about(actor=me(request), shown=queries.things_shown(facts))
    if not facts.can_answer:
        response = question_response(request, facts, AnswerForm())
    else:
        sheet = sheet_of(request, Draft.Kind.ANSWER, question_id)
        form = AnswerForm(initial=sheet.fields)
        response = question_response(request, facts, form, sheet=sheet)
    if is_read and mine is not None and mine.has_moved:
        actions.mark_read(actor=me(request), question_id=question_id, seen_at=mine.read_to)
    return response


@require_safe
def found_post(request: HttpRequest, kind: str, object_id: int) -> HttpResponse:
    """Lead to an answer or a comment, on the page of the answers that shows it."""
    row = seen(thing_of(kind).visible_to(request.user), pk=object_id)
    answer_id = object_id if kind == "forum.answer" else row.answer_id
    path = queries.page_holding(request.user, row.question, answer_id, site_asked(request))
    query = request.META.get("QUERY_STRING", "")
    name = kind.removeprefix("forum.")
    return HttpResponseRedirect(f"{path}{'?' if query else ''}{query}#{name}-{object_id}")


@require_safe
@signed_in
def newer(request: HttpRequest, question_id: int) -> HttpResponse:
    """Say how many answers came after one (`since`), and lead to the first (a fragment).

    How many there are now and how the question stands come along, for the head of the page.
    """
    row: Any = seen(Question.objects.visible_to(request.user).with_state(), pk=question_id)
    since = whole_number(request.GET.get("since", "")) or 0
    ids = queries.newer_answers(request.user, row, since)
    # Not its place on the page: the browser would stay on the page that has not got it.
    first = reverse("answer_found", args=[ids[0]]) if ids else ""
    # The kept number follows a removal later.
    count = max(row.answer_count, len(ids))
    context = {
        "question": row,
        "since": since,
        "newer": ids,
        "first": first,
        "live": "",
        "count": count,
        "is_waiting": not count and Question.objects.filter(pk=row.pk).open().exists(),
    }
    return render(request, "forum/_news.html", context)


def _kept_query(request: HttpRequest) -> str:
    """Return what was asked of a page that its further pages are asked too, with its `?`."""
    kept = {name: request.GET[name] for name in ("read", "site") if name in request.GET}
    return f"?{urlencode(kept)}" if kept else ""


def question_response(
    request: HttpRequest,
    facts: queries.QuestionPage,
    form: Any,
    status: int = 200,
    sheet: Sheet | None = None,
) -> HttpResponse:
    asked = request.GET.get("read", "")
    reading = queries.reading_of(request.user, facts, asked=asked, own=request.LANGUAGE_CODE)
    context = {
        "facts": facts,
        "question": facts.question,
        "query": _kept_query(request),
        "form": form,
        "sheet": sheet,
        "waiting": let_wait(request, form) if request.method == "POST" else [],
        "mine": queries.mine(request.user, facts),
        "head": queries.head_of(request.user, facts, reading),
        "reading": reading,
    }
    return render(request, "forum/question.html", context, status=status)
