"""The page of a question."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.errors import seen
from core.kept import kept_for_visitors
from core.pages import signed_in, to_canonical, whole_number
from forum import actions, queries
from forum.forms import (
    AnswerForm,
)
from forum.models import Draft, Question
from forum.views.drafting import Sheet, sheet_of
from forum.views.setups import site_asked
from forum.views.traffic import counted
from people.present import me


@require_safe
@counted
@kept_for_visitors("forum", "people")
def question(request: HttpRequest, question_id: int, slug: str = "") -> HttpResponse:
    """Show a question with its answers; another slug leads to the canonical path."""
    facts = queries.question_page(request.user, question_id, site_asked(request))
    if slug != facts.question.slug:
        return to_canonical(request, facts.question.path)
    mine = queries.mine(request.user, facts)
    if not facts.can_answer:
        response = question_response(request, facts, AnswerForm())
    else:
        sheet = sheet_of(request, Draft.Kind.ANSWER, question_id)
        form = AnswerForm(initial=sheet.fields)
        response = question_response(request, facts, form, sheet=sheet)
    if mine is not None and mine.has_moved:
        actions.mark_read(actor=me(request), question_id=question_id, seen_at=mine.newest)
    return response


@require_safe
@signed_in
def newer(request: HttpRequest, question_id: int) -> HttpResponse:
    """Say how many answers came after one (`since`), and lead to the first (a fragment)."""
    row = seen(Question.objects.visible_to(request.user), pk=question_id)
    since = whole_number(request.GET.get("since", "")) or 0
    ids = queries.newer_answers(request.user, row, since)
    context = {"question": row, "since": since, "newer": ids, "live": ""}
    return render(request, "forum/_newer.html", context)


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
        "form": form,
        "sheet": sheet,
        "mine": queries.mine(request.user, facts),
        "head": queries.head_of(request.user, facts, reading),
        "reading": reading,
    }
    return render(request, "forum/question.html", context, status=status)
