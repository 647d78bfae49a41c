"""Questions and answers in other languages, by members."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from core import things
from core.errors import NotAllowed, StaleRevision, WrongMoment, seen
from core.models import Visibility
from core.pages import done, keeps_words, once, sends_secrets, signed_in, submit
from forum import actions, queries, rules
from forum.actions.renditions import INTO
from forum.forms import EditRenditionForm, RenditionForm
from forum.models import Draft, Question, Rendition
from forum.views.drafting import Sheet, as_typed, is_preview, sheet_of
from forum.views.held import tell_if_held
from people import typed
from people.present import me


@signed_in
@once
@keeps_words(gettext_lazy("Translate"))
def translate(request: HttpRequest, kind: str, object_id: int) -> HttpResponse:
    """Translate a question or an answer."""
    post = things.find(kind, object_id, request.user)
    if not rules.can_ask(request.user):
        raise NotAllowed
    sheet = sheet_of(request, INTO[kind], post.pk)
    if request.method != "POST":
        if post.visibility != Visibility.VISIBLE:
            raise WrongMoment(_("This was taken away."), code="removed")
        asked = request.GET.get("language", "")
        initial = {"language": _language(request, post, asked), "from_revision": post.revision}
        return _page(request, post, RenditionForm(initial={**initial, **sheet.fields}), sheet)
    if is_preview(request):
        return _page(request, post, as_typed(RenditionForm, request), sheet)
    form = _without_title(post, RenditionForm(request.POST))
    if form.is_valid():
        row = submit(
            form,
            actions.render_post,
            actor=me(request),
            kind=kind,
            object_id=object_id,
            send_secrets=sends_secrets(request),
            draft=sheet.token,
            typed_seconds=typed.seconds(request),
            **form.cleaned_data,
        )
        if row is not None:
            messages.success(request, _thanks(row))
            return done(request, row.path)
    return _page(request, post, form, sheet, 422)


def _thanks(row: Rendition) -> str:
    if row.visibility == Visibility.VISIBLE:
        return _("Thank you: readers of this language see it now.")
    return _("Thank you: readers of this language see it once a moderator has looked at it.")


def _language(request: HttpRequest, post: Any, asked: str) -> str:
    """Return the language to translate into: asked for, the reader's, or another one they speak."""
    spoken = [asked, request.LANGUAGE_CODE, *me(request).spoken]
    known = [code for code, _name in settings.SPOKEN_LANGUAGES]
    return next(code for code in [*spoken, *known] if code in known and code != post.language)


@signed_in
@once
@keeps_words(gettext_lazy("Translate"))
def edit(request: HttpRequest, rendition_id: int) -> HttpResponse:
    """Change a translation, beside what changed in its original since."""
    rows = Rendition.objects.visible_to(request.user).select_related("question", "answer")
    row = seen(rows, pk=rendition_id)
    if not rules.can_edit_rendition(request.user, row):
        raise NotAllowed
    sheet = sheet_of(request, Draft.Kind.RENDITION_EDIT, row.pk)
    if request.method != "POST":
        initial = {
            "title": row.title,
            "source": row.source,
            "from_revision": row.post.revision,
            "revision": row.revision,
            **sheet.fields,
        }
        return _page(request, row.post, EditRenditionForm(initial=initial), sheet, row=row)
    if is_preview(request):
        return _page(request, row.post, as_typed(EditRenditionForm, request), sheet, row=row)
    form = _without_title(row.post, EditRenditionForm(request.POST))
    if form.is_valid():
        try:
            changed = submit(
                form,
                actions.edit_rendition,
                actor=me(request),
                rendition_id=rendition_id,
                send_secrets=sends_secrets(request),
                draft=sheet.token,
                **form.cleaned_data,
            )
        except StaleRevision as stale:
            fresh = {**form.data.dict(), "revision": stale.extra["revision"]}
            again = EditRenditionForm(fresh)
            return _page(request, row.post, again, sheet, 409, row=row, clash=stale.extra)
        if changed is not None:
            tell_if_held(request, changed)
            return done(request, row.path)
    return _page(request, row.post, form, sheet, 422, row=row)


def _without_title(post: Any, form: Any) -> Any:
    """Return the form for this post: only a question has a title."""
    if not isinstance(post, Question):
        form.fields.pop("title", None)
    return form


def _page(
    request: HttpRequest,
    post: Any,
    form: Any,
    sheet: Sheet,
    status: int = 200,
    *,
    row: Any = None,
    clash: Any = None,
) -> HttpResponse:
    context = {
        "post": post,
        "form": _without_title(post, form),
        "row": row,
        "sheet": sheet,
        "clash": clash,
        "changes": queries.around(
            queries.changes_since(post, row.from_revision) if row is not None else []
        ),
    }
    return render(request, "forum/rendition.html", context, status=status)


@require_POST
@signed_in
def remove(request: HttpRequest, rendition_id: int) -> HttpResponse:
    """Take one's own translation away."""
    row = actions.remove_rendition(actor=me(request), rendition_id=rendition_id)
    messages.success(request, _("Your translation is taken away."))
    return done(request, row.post.path)
