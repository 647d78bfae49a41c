"""Drafts and previews: forms that lose nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.again import refusal_of
from core.errors import InvalidInput
from core.markup import safe
from core.pages import done, posts_nothing, signed_in, wants_fragment, whole_number
from forum import actions, queries
from forum.forms_curating import DraftForm
from forum.models import Draft
from people.present import me

INTO = (Draft.Kind.QUESTION_INTO, Draft.Kind.ANSWER_INTO, Draft.Kind.GUIDE_INTO)


@dataclass(frozen=True)
class Sheet:
    """What a form knows of its draft: see forum/_sheet.html. fields: to begin with."""

    kind: str
    thing: int
    token: UUID
    fields: dict[str, Any]
    saved_at: datetime | None = None
    preview: str = ""


def token_in(request: HttpRequest) -> UUID | None:
    """Return the token of the draft that a form carries; None for none, or for what is none."""
    try:
        return UUID(request.POST.get("draft", ""))
    except ValueError:
        return None


def sheet_of(request: HttpRequest, kind: str, thing: int = 0) -> Sheet:
    """Return what a form shows of its draft: what was sent, else the draft kept, else nothing.

    What is new begins empty unless `?draft=` names one: there may be several; a translation with
    the draft into the language that `?language=` names.
    """
    if request.method == "POST":
        shown = previewed(request, kind, thing) if is_preview(request) else ""
        return Sheet(kind, thing, token_in(request) or uuid4(), {}, preview=shown)
    if kind in (Draft.Kind.QUESTION, Draft.Kind.GUIDE):
        found = _asked_for(request)
    else:
        into = request.GET.get("language", "") if kind in INTO else ""
        found = queries.draft_of(request.user, kind, thing, into)
    if found is None:
        return Sheet(kind, thing, uuid4(), {})
    return Sheet(kind, thing, found.token, found.fields, found.saved_at)


def _asked_for(request: HttpRequest) -> Draft | None:
    try:
        token = UUID(request.GET.get("draft", ""))
    except ValueError:
        return None
    return queries.own_draft(request.user, token)


def is_preview(request: HttpRequest) -> bool:
    """Whether a form was sent to see what it would look like, and not to be posted."""
    return bool(request.POST.get("preview"))


def as_typed(form_class: Callable[..., Form], request: HttpRequest) -> Form:
    """Return a form with what was sent, that finds no fault with it yet."""
    form = form_class(initial=request.POST.dict())
    form.cleaned_data = {}  # what is wrong with a file is said all the same (core.waiting)
    return form


def previewed(request: HttpRequest, kind: str, thing: int) -> str:
    """Return what was typed as it would stand on a page; it says so when it is too long.

    kind, thing: as Draft says. Raises NotSeen, NotAllowed: a guide is shown as one to who may
    write it alone.
    """
    source = request.POST.get("source", "")
    source_format = queries.format_of(request.user, kind, thing)
    try:
        shown = queries.previewed(request.user, source, source_format=source_format, guide_id=thing)
    except InvalidInput as refusal:
        return refusal.errors[0].detail
    return safe(shown) if source.strip() else ""


@posts_nothing
@require_POST
@signed_in
def previews(request: HttpRequest) -> HttpResponse:
    """Show a text as it would stand on a page (a fragment); nothing is kept."""
    thing = whole_number(request.POST.get("thing", "")) or 0
    shown = previewed(request, request.POST.get("kind", ""), thing)
    return render(request, "forum/_preview.html", {"shown": shown, "is_live": True})


@signed_in
def drafts(request: HttpRequest) -> HttpResponse:
    """List one's drafts, or (POST) keep what was typed in a form so far."""
    if request.method == "POST":
        return _keep(request)
    return _list(request)


@require_safe
def _list(request: HttpRequest) -> HttpResponse:
    context = {"drafts": queries.shown_drafts(request.user)}
    return render(request, "forum/drafts.html", context)


def _keep(request: HttpRequest) -> HttpResponse:
    form = DraftForm(request.POST)
    if not form.is_valid():
        raise refusal_of(form)
    data = form.cleaned_data
    typed = {name: value for name, value in request.POST.items() if isinstance(value, str)}
    kept = actions.keep_draft(
        actor=me(request),
        token=data["draft"],
        kind=data["kind"],
        thing_id=data["thing"],
        fields=typed,
    )
    if wants_fragment(request):
        at = kept.saved_at if kept is not None else None
        return render(request, "forum/_kept.html", {"saved_at": at})
    if kept is None:
        messages.info(request, _("There was nothing to keep."))
    else:
        messages.success(request, _("Your draft is kept for 90 days; nobody else sees it."))
    if request.FILES or request.POST.getlist("waiting"):
        messages.warning(request, _("Your files were not kept: please choose them again."))
    return done(request, "/drafts")


@require_POST
@signed_in
def delete_draft(request: HttpRequest, token: UUID) -> HttpResponse:
    """Throw a draft away."""
    actions.delete_draft(actor=me(request), token=token)
    messages.success(request, _("The draft is gone."))
    return done(request, "/drafts")
