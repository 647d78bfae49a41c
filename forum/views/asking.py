"""Asking a question, and changing a question or an answer."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from core.confided import point_out_secrets
from core.errors import NotAllowed, StaleRevision, seen
from core.files import files_of
from core.models import Visibility
from core.pages import done, keeps_words, once, sends_secrets, signed_in, submit, words_asked
from core.waiting import forget_waiting, let_wait, uploads_of
from forum import actions, queries, rules
from forum.actions.steps import language_of
from forum.forms import (
    EditAnswerForm,
    EditQuestionForm,
    QuestionForm,
    saying_format,
)
from forum.models import Answer, Draft, Question, Suggestion
from forum.views.drafting import Sheet, as_typed, is_preview, sheet_of
from forum.views.held import done_suggesting
from forum.views.secrets import done_editing
from forum.views.setups import setup_form
from people import typed
from people.present import me
from search.queries import Hit, keys_in
from search.queries import similar as similar_hits

MOST_LOOKED = 40


@signed_in
@once
@keeps_words(gettext_lazy("Your question"))
def ask(request: HttpRequest) -> HttpResponse:
    """Ask; the first send shows past questions close to it, the second posts."""
    if not rules.can_ask(request.user):
        raise NotAllowed
    sheet = sheet_of(request, Draft.Kind.QUESTION)
    if request.method != "POST":
        initial = {"title": words_asked(request.GET, "title", 200)}
        return _ask_page(request, QuestionForm(initial={**initial, **sheet.fields}), sheet)
    if is_preview(request):
        return _ask_page(request, as_typed(QuestionForm, request), sheet)
    form, setup = QuestionForm(request.POST, request.FILES), setup_form(request)
    if not all([form.is_valid(), setup.is_valid()]):
        return _ask_page(request, form, sheet, status=422)
    data = form.cleaned_data
    language = language_of(me(request), data["language"], data["title"], data["source"])
    looked = keys_in(request.POST.getlist("looked"))
    close = similar_hits(
        request.user, data["title"], data["source"], language=language, near_only=True
    )
    hits = [hit for hit in close if hit.key not in looked]
    meant = {} if request.POST.get("meant") else queries.meant_tags(data["tags"])
    if hits or meant:
        texts = {"title": data["title"], "source": data["source"]}
        submit(form, point_out_secrets, texts=texts, send_secrets=sends_secrets(request))
        return _ask_page(request, form, sheet, hits=hits, meant=meant)
    asked = submit(
        form,
        actions.ask,
        actor=me(request),
        title=data["title"],
        source=data["source"],
        language=language,
        tag_names=data["tags"],
        under_pseudonym=data["pseudonym"],
        setup=setup.setup(),
        uploads=uploads_of(request, data["attachments"]),
        send_secrets=sends_secrets(request),
        draft=sheet.token,
        typed_seconds=typed.seconds(request),
    )
    if asked is None:
        return _ask_page(request, form, sheet, status=422)
    forget_waiting(request)
    if asked.visibility == Visibility.VISIBLE:  # of what is held its page says so
        messages.success(
            request,
            _(
                "Your question is published. When someone answers, we tell you here and, "
                "unless you chose otherwise, by mail."
            ),
        )
    return done(request, asked.path)


def _ask_page(
    request: HttpRequest,
    form: Any,
    sheet: Sheet,
    *,
    hits: Any = (),
    meant: Any = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "sheet": sheet,
        "setup": setup_form(request),
        "waiting": let_wait(request, form) if request.method == "POST" else [],
        "hits": hits,
        "looked": _looked(request.POST.getlist("looked"), hits),
        "meant": meant,
        "has_meant": bool(request.POST.get("meant")),
        "has_drafts": request.method != "POST" and not sheet.saved_at and _has_drafts(request),
    }
    return render(request, "forum/ask.html", context, status=status)


def _has_drafts(request: HttpRequest) -> bool:
    return queries.draft_of(request.user, Draft.Kind.QUESTION) is not None


def _looked(values: list[str], hits: Sequence[Hit]) -> list[str]:
    """Return what the form was shown before and is not shown now; it carries that on."""
    shown = [hit.key for hit in hits]
    seen = [key for key in keys_in(values) if key not in shown]
    return [f"{kind}:{number}" for kind, number in seen[-MOST_LOOKED:]]


@require_safe
def similar(request: HttpRequest) -> HttpResponse:
    """Show, while a title is typed, past questions close to it (a fragment).

    looked: what was shown for what was typed before, so that nobody is stopped for it again.
    """
    title = words_asked(request.GET, "title", 200)
    hits = similar_hits(request.user, title) if len(title) >= 4 else []
    looked = _looked(request.GET.getlist("looked"), hits)
    return render(request, "forum/_similar.html", {"hits": hits, "looked": looked})


@signed_in
@once
@keeps_words(gettext_lazy("Edit the question"))
def edit_question(request: HttpRequest, question_id: int) -> HttpResponse:
    """Change a question."""
    row = seen(Question.objects.visible_to(request.user), pk=question_id)
    if not rules.can_edit(request.user, row):
        raise NotAllowed
    sheet = sheet_of(request, Draft.Kind.QUESTION_EDIT, row.pk)
    if request.method != "POST":
        names = ", ".join(tag.name_in(row.language) for tag in row.tags.all())
        initial = {"title": row.title, "source": row.source, "tags": names}
        fresh = {**initial, "revision": row.revision, **sheet.fields}
        return _edit_page(request, row, EditQuestionForm(initial=fresh), sheet=sheet)
    if is_preview(request):
        return _edit_page(request, row, as_typed(EditQuestionForm, request), sheet=sheet)
    form = EditQuestionForm(request.POST, request.FILES)
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
                why=data["why"],
                uploads=uploads_of(request, data["attachments"]),
                without=data["remove_attachments"],
                send_secrets=sends_secrets(request),
                draft=sheet.token,
            )
        except StaleRevision as stale:
            return _stale_page(request, row, form, stale, sheet)
        if isinstance(changed, Suggestion):
            return done_suggesting(request, changed)
        if changed is not None:
            forget_waiting(request)
            _tell_of_merge(request, form, changed)
            return done_editing(request, changed)
    return _edit_page(request, row, form, 422, sheet=sheet)


@signed_in
@once
@keeps_words(gettext_lazy("Edit the answer"))
def edit_answer(request: HttpRequest, answer_id: int) -> HttpResponse:
    """Change an answer."""
    rows = Answer.objects.visible_to(request.user).select_related("question")
    row = seen(rows, pk=answer_id)
    if not rules.can_edit(request.user, row):
        raise NotAllowed
    sheet = sheet_of(request, Draft.Kind.ANSWER_EDIT, row.pk)
    if request.method != "POST":
        initial = {"source": row.source, "revision": row.revision, **sheet.fields}
        return _edit_page(request, row, EditAnswerForm(initial=initial), sheet=sheet)
    if is_preview(request):
        return _edit_page(request, row, as_typed(EditAnswerForm, request), sheet=sheet)
    form = EditAnswerForm(request.POST, request.FILES)
    if form.is_valid():
        data = form.cleaned_data
        try:
            changed = submit(
                form,
                actions.edit_answer,
                actor=me(request),
                answer_id=answer_id,
                revision=data["revision"],
                source=data["source"],
                why=data["why"],
                uploads=uploads_of(request, data["attachments"]),
                without=data["remove_attachments"],
                send_secrets=sends_secrets(request),
                draft=sheet.token,
            )
        except StaleRevision as stale:
            return _stale_page(request, row, form, stale, sheet)
        if isinstance(changed, Suggestion):
            return done_suggesting(request, changed)
        if changed is not None:
            forget_waiting(request)
            _tell_of_merge(request, form, changed)
            return done_editing(request, changed)
    return _edit_page(request, row, form, 422, sheet=sheet)


def _tell_of_merge(request: HttpRequest, form: Any, changed: Question | Answer) -> None:
    """Say that someone else's change stands beside this one."""
    if changed.revision > form.cleaned_data["revision"] + 1:
        messages.info(
            request, _("Someone else changed this meanwhile, elsewhere in it: both changes stand.")
        )


def _edit_page(
    request: HttpRequest,
    post: Any,
    form: Any,
    status: int = 200,
    clash: Any = None,
    *,
    sheet: Sheet,
) -> HttpResponse:
    is_answer = isinstance(post, Answer)
    context = {
        "form": saying_format(form, post),
        "post": post,
        "clash": clash,
        "sheet": sheet,
        "files": _files(request, post),
        "can_attach": rules.can_add_files(request.user, post),
        "waiting": let_wait(request, form) if request.method == "POST" else [],
        "can_make_wiki": is_answer and rules.can_make_wiki(request.user, post),
    }
    return render(request, "forum/edit.html", context, status=status)


def _files(request: HttpRequest, post: Any) -> list[dict[str, Any]]:
    """Return the files of a post, which of them the reader may take away, and which they chose."""
    chosen = request.POST.getlist("remove_attachments")
    return [
        {
            "file": file,
            "can_go": rules.can_take_away(request.user, post, file),
            "goes": str(file.key) in chosen,
        }
        for file in files_of(post)
    ]


def _stale_page(
    request: HttpRequest, post: Any, form: Any, stale: StaleRevision, sheet: Sheet
) -> HttpResponse:
    """Show both texts, and a draft of their merge to finish; sending it again then takes it on."""
    data = form.data.copy()
    data["revision"] = stale.extra["revision"]
    merged = stale.extra["merged"]
    if merged is not None:
        data["source"] = merged["source"]
        data["title"], data["tags"] = merged["title"], ", ".join(merged["tags"])
    clash = {**stale.extra, "mine": form.data["source"], "my_title": form.data.get("title", "")}
    return _edit_page(request, post, type(form)(data), 409, clash, sheet=sheet)
