"""Pages of the forum."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from core import things
from core.errors import InvalidInput, NotAllowed, StaleRevision, seen
from core.kept import kept_for_visitors
from core.pages import done, once, signed_in, submit, wants_fragment
from core.pagination import keyset_page
from forum import actions, queries, rules
from forum.forms import (
    AnswerForm,
    CommentForm,
    EditAnswerForm,
    EditQuestionForm,
    QuestionForm,
    VoteForm,
)
from forum.models import Answer, Post, Question
from people.present import me
from search.queries import similar as similar_hits

SPOKEN = dict(settings.SPOKEN_LANGUAGES)


@require_GET
@kept_for_visitors("forum", "people")
def questions(request: HttpRequest, order: str = "newest") -> HttpResponse:
    """List questions: newest, unanswered or active, by tag, language and state."""
    filters = {
        "tag": request.GET.get("tag", "")[:50],
        "language": request.GET.get("language", "") if _spoken(request) else "",
        "solved": {"yes": True, "no": False}.get(request.GET.get("solved", "")),
    }
    page = queries.list_page(
        request.user, order=order, cursor=request.GET.get("cursor") or None, **filters
    )
    context = {
        "page": page,
        "order": order,
        "filters": filters,
        "languages": settings.SPOKEN_LANGUAGES,
        "solved": request.GET.get("solved", ""),
    }
    return render(request, "forum/questions.html", context)


def _spoken(request: HttpRequest) -> bool:
    return request.GET.get("language", "") in SPOKEN


@require_GET
@signed_in
def for_me(request: HttpRequest) -> HttpResponse:
    """List unanswered questions that fit one's languages and skills."""
    rows = queries.questions_for(me(request))
    page = keyset_page(rows, ("-id",), request.GET.get("cursor") or None)
    context = {"page": page, "skills": me(request).skills.exists()}
    return render(request, "forum/for_me.html", context)


@require_GET
@kept_for_visitors("forum", "people")
def question(request: HttpRequest, question_id: int, slug: str = "") -> HttpResponse:
    """Show a question with its answers; another slug leads to the canonical path."""
    facts = queries.question_page(request.user, question_id)
    if slug != facts.question.slug:
        return HttpResponsePermanentRedirect(facts.question.path)
    return _question_page(request, facts, AnswerForm())


def _question_page(
    request: HttpRequest, facts: queries.QuestionPage, form: Any, status: int = 200
) -> HttpResponse:
    context = {"facts": facts, "question": facts.question, "form": form}
    return render(request, "forum/question.html", context, status=status)


@signed_in
@once
def ask(request: HttpRequest) -> HttpResponse:
    """Ask; the first send shows past questions close to it, the second posts."""
    if not rules.can_ask(request.user):
        raise NotAllowed
    if request.method != "POST":
        initial = {"title": request.GET.get("title", "")[:200], "language": _language(request)}
        return _ask_page(request, QuestionForm(initial=initial))
    form = QuestionForm(request.POST)
    if not form.is_valid():
        return _ask_page(request, form, status=422)
    data = form.cleaned_data
    if not request.POST.get("looked"):
        hits = similar_hits(request.user, data["title"], data["source"], language=data["language"])
        if hits:
            return _ask_page(request, form, hits)
    asked = submit(
        form,
        actions.ask,
        actor=me(request),
        title=data["title"],
        source=data["source"],
        language=data["language"],
        tag_names=data["tags"],
    )
    if asked is None:
        return _ask_page(request, form, status=422)
    return done(request, asked.path)


def _language(request: HttpRequest) -> str:
    language = getattr(request, "LANGUAGE_CODE", "")
    return language if language in SPOKEN else me(request).spoken[0]


def _ask_page(request: HttpRequest, form: Any, hits: Any = (), status: int = 200) -> HttpResponse:
    return render(request, "forum/ask.html", {"form": form, "hits": hits}, status=status)


@require_GET
def similar(request: HttpRequest) -> HttpResponse:
    """Show, while a title is typed, past questions close to it (a fragment)."""
    title = request.GET.get("title", "")[:200].strip()
    hits = similar_hits(request.user, title) if len(title) >= 4 else []
    return render(request, "forum/_similar.html", {"hits": hits})


@signed_in
@once
def edit_question(request: HttpRequest, question_id: int) -> HttpResponse:
    """Change a question."""
    row = seen(Question.objects.visible_to(request.user), pk=question_id)
    if not rules.can_edit(request.user, row):
        raise NotAllowed
    if request.method != "POST":
        names = ", ".join(row.tags.names())
        initial = {
            "title": row.title,
            "source": row.source,
            "tags": names,
            "revision": row.revision,
        }
        return _edit_page(request, row, EditQuestionForm(initial=initial))
    form = EditQuestionForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            changed = submit(
                form,
                actions.edit_question,
                actor=me(request),
                question_id=question_id,
                revision=data["revision"],
                title=data["title"],
                source=data["source"],
                tag_names=data["tags"],
            )
        except StaleRevision as stale:
            return _stale_page(request, row, form, stale)
        if changed is not None:
            return done(request, changed.path)
    return _edit_page(request, row, form, 422)


@signed_in
@once
def edit_answer(request: HttpRequest, answer_id: int) -> HttpResponse:
    """Change an answer."""
    rows = Answer.objects.visible_to(request.user).select_related("question")
    row = seen(rows, pk=answer_id)
    if not rules.can_edit(request.user, row):
        raise NotAllowed
    if request.method != "POST":
        initial = {"source": row.source, "revision": row.revision}
        return _edit_page(request, row, EditAnswerForm(initial=initial))
    form = EditAnswerForm(request.POST)
    if form.is_valid():
        try:
            changed = submit(
                form,
                actions.edit_answer,
                actor=me(request),
                answer_id=answer_id,
                revision=form.cleaned_data["revision"],
                source=form.cleaned_data["source"],
            )
        except StaleRevision as stale:
            return _stale_page(request, row, form, stale)
        if changed is not None:
            return done(request, row.path)
    return _edit_page(request, row, form, 422)


def _edit_page(
    request: HttpRequest, post: Any, form: Any, status: int = 200, newer: str = ""
) -> HttpResponse:
    context = {"form": form, "post": post, "newer": newer}
    return render(request, "forum/edit.html", context, status=status)


def _stale_page(request: HttpRequest, post: Any, form: Any, stale: StaleRevision) -> HttpResponse:
    """Show the newer text beside what was typed; sending again then takes it on."""
    data = form.data.copy()
    data["revision"] = stale.extra["revision"]
    fresh = type(form)(data)
    return _edit_page(request, post, fresh, 409, newer=stale.extra["source"])


@require_POST
@signed_in
@once
def answer(request: HttpRequest, question_id: int) -> HttpResponse:
    """Answer a question."""
    form = AnswerForm(request.POST)
    if form.is_valid():
        new = submit(
            form,
            actions.answer,
            actor=me(request),
            question_id=question_id,
            source=form.cleaned_data["source"],
            language=request.POST.get("language", "") or me(request).spoken[0],
        )
        if new is not None:
            return done(request, new.path)
    facts = queries.question_page(request.user, question_id)
    return _question_page(request, facts, form, 422)


@require_POST
@signed_in
@once
def comment(
    request: HttpRequest, question_id: int = 0, answer_id: int | None = None
) -> HttpResponse:
    """Comment on a question or an answer."""
    if answer_id is not None:
        rows = Answer.objects.visible_to(request.user)
        question_id = seen(rows, pk=answer_id).question_id
    form = CommentForm(request.POST)
    if not form.is_valid():
        seen(Question.objects.visible_to(request.user), pk=question_id)
        raise InvalidInput.of("source", "invalid", form.errors["source"][0])
    new = actions.comment(
        actor=me(request),
        question_id=question_id,
        answer_id=answer_id,
        source=form.cleaned_data["source"],
    )
    if wants_fragment(request):
        facts = {"comment": new}
        return render(request, "forum/_comment.html", facts)
    return done(request, things.url_of(new))


@require_POST
@signed_in
def vote(request: HttpRequest, kind: str, object_id: int) -> HttpResponse:
    """Vote on a post, or take the vote back."""
    form = VoteForm(request.POST)
    if not form.is_valid():
        raise InvalidInput.of("value", "invalid", form.errors["value"][0])
    value = form.cleaned_data["value"]
    row = actions.vote(actor=me(request), kind=kind, object_id=object_id, value=value)
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
    context = {"facts": facts, "question": facts.question, "form": AnswerForm()}
    return done(request, facts.question.path, "forum/question.html#answers", context)


@require_GET
def revisions(request: HttpRequest, kind: str, object_id: int) -> HttpResponse:
    """Show how a text stood before."""
    post: Post = things.find(kind, object_id, request.user)
    page = keyset_page(queries.revisions_of(post), ("-number",), None, 50)
    return render(request, "forum/revisions.html", {"post": post, "page": page})


@require_GET
def tags(request: HttpRequest) -> HttpResponse:
    """Complete a tag (a fragment of options)."""
    names = queries.tags_like(request.GET.get("q", "")[:40])
    return render(request, "forum/_tags.html", {"names": names})
