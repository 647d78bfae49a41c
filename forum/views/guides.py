"""Guides: read, written and kept up by several, in several languages."""

from functools import partial
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from core import things
from core.errors import NotAllowed, NotSeen, StaleRevision, seen
from core.kept import kept_for_visitors
from core.models import Visibility
from core.pages import (
    done,
    keeps_words,
    once,
    sends_secrets,
    signed_in,
    submit,
    to_canonical,
    whole_number,
)
from core.pagination import keyset_page
from forum import actions, queries, rules
from forum.forms import EditGuideForm, EditorForm, GuideForm, TranslateGuideForm
from forum.models import Draft, Guide
from forum.views.drafting import Sheet, as_typed, is_preview, sheet_of
from forum.views.secrets import done_editing
from people.follow_queries import standing
from people.present import me
from people.queries import people_called

LANGUAGES = dict(settings.SPOKEN_LANGUAGES)
TEXTS = 10  # on a page of earlier ones


@require_safe
@kept_for_visitors("forum", "people")
def guides(request: HttpRequest) -> HttpResponse:
    """List the guides of a language; the reader's, unless another one is asked for."""
    asked = request.GET.get("language", "")
    language = asked if asked in LANGUAGES else request.LANGUAGE_CODE
    stale = request.GET.get("stale") == "1"
    rows = queries.guides_in(request.user, language, stale=stale)
    context = {
        "page": keyset_page(rows, ("-id",), request.GET.get("cursor") or None),
        "language": language,
        "languages": settings.SPOKEN_LANGUAGES,
        "stale": stale,
        "can_write": rules.is_trusted(request.user),
    }
    return render(request, "forum/guides.html", context)


@require_safe
@kept_for_visitors("forum", "people")
def guide(request: HttpRequest, guide_id: int, slug: str = "") -> HttpResponse:
    """Show a guide; another slug leads to the canonical path."""
    facts = queries.guide_page(request.user, guide_id)
    if slug != facts.guide.slug:
        return to_canonical(request, facts.guide.path)
    return _page(request, facts)


def _page(
    request: HttpRequest, facts: queries.GuidePage, editor_form: EditorForm | None = None
) -> HttpResponse:
    """editor_form: a refused one."""
    follows = request.user.is_authenticated and facts.guide.visibility == Visibility.VISIBLE
    context = {
        "facts": facts,
        "standing": standing(me(request), "forum.guide", facts.guide.pk) if follows else None,
        "guide": facts.guide,
        "editor_form": editor_form or (EditorForm() if facts.can_name_editors else None),
    }
    return render(request, "forum/guide.html", context, status=422 if editor_form else 200)


@signed_in
@once
@keeps_words(gettext_lazy("Write a guide"))
def write(request: HttpRequest) -> HttpResponse:
    """Write a guide."""
    if not rules.is_trusted(request.user):
        raise NotAllowed
    sheet = sheet_of(request, Draft.Kind.GUIDE)
    initial = {"language": request.LANGUAGE_CODE, **sheet.fields}
    form: Any = GuideForm(request.POST or None, initial=initial)
    if is_preview(request):
        return _form_page(request, as_typed(GuideForm, request), sheet)
    if request.method == "POST" and form.is_valid():
        row = submit(
            form,
            actions.write_guide,
            actor=me(request),
            send_secrets=sends_secrets(request),
            draft=sheet.token,
            **form.cleaned_data,
        )
        if row is not None:
            return done(request, row.path)
    return _form_page(request, form, sheet, _status(form))


@signed_in
@once
@keeps_words(gettext_lazy("Translate the guide"))
def translate(request: HttpRequest, guide_id: int) -> HttpResponse:
    """Put a guide into another language, beside its original."""
    original = _original(request, guide_id)
    if not rules.can_edit_guide(request.user, original):
        raise NotAllowed
    there = {original.language, *original.translations.values_list("language", flat=True)}
    asked = [request.GET.get("language", ""), request.LANGUAGE_CODE, *LANGUAGES]
    initial = {
        "language": next((one for one in asked if one in LANGUAGES and one not in there), ""),
        "from_revision": original.revision,
        "source": original.source,
    }
    sheet = sheet_of(request, Draft.Kind.GUIDE_INTO, original.pk)
    form: Any = TranslateGuideForm(request.POST or None, initial={**initial, **sheet.fields})
    if is_preview(request):
        again = as_typed(TranslateGuideForm, request)
        return _form_page(request, again, sheet, original=original)
    if request.method == "POST" and form.is_valid():
        row = submit(
            form,
            actions.translate_guide,
            actor=me(request),
            guide_id=guide_id,
            send_secrets=sends_secrets(request),
            draft=sheet.token,
            **form.cleaned_data,
        )
        if row is not None:
            return done(request, row.path)
    return _form_page(request, form, sheet, _status(form), original=original)


@signed_in
@once
@keeps_words(gettext_lazy("Edit the guide"))
def edit(request: HttpRequest, guide_id: int) -> HttpResponse:
    """Change a guide; of a translation, beside what changed in its original."""
    row = seen(Guide.objects.visible_to(request.user).select_related("original"), pk=guide_id)
    if not rules.can_edit_guide(request.user, row):
        raise NotAllowed
    sheet = sheet_of(request, Draft.Kind.GUIDE_EDIT, row.pk)
    if request.method != "POST":
        initial = {name: getattr(row, name) for name in ("title", "summary", "source")}
        earlier = _earlier(request, row)
        if earlier:  # beside a draft that may be there, which stays as it is
            sheet = Sheet(Draft.Kind.GUIDE_EDIT, row.pk, uuid4(), {})
        fresh = {**initial, "revision": row.revision, **(earlier or sheet.fields)}
        return _form_page(request, EditGuideForm(row, initial=fresh), sheet, guide=row)
    if is_preview(request):
        again = as_typed(partial(EditGuideForm, row), request)
        return _form_page(request, again, sheet, guide=row)
    form: Any = EditGuideForm(row, request.POST)
    if form.is_valid():
        try:
            changed = submit(
                form,
                actions.edit_guide,
                actor=me(request),
                guide_id=row.pk,
                send_secrets=sends_secrets(request),
                draft=sheet.token,
                **form.facts(),
            )
        except StaleRevision as stale:
            newer = EditGuideForm(row, {**form.data.dict(), "revision": stale.extra["revision"]})
            return _form_page(request, newer, sheet, 409, guide=row, clash=stale.extra)
        if changed is not None:
            return done_editing(request, changed)
    return _form_page(request, form, sheet, 422, guide=row)


def _earlier(request: HttpRequest, guide: Guide) -> dict[str, Any]:
    """Return the text that `?text=3` asks to bring back, to begin with; empty for none."""
    number = whole_number(request.GET.get("text", ""))
    if number is None:
        return {}
    text = seen(queries.revisions_of(guide), number=number)
    return {name: getattr(text, name) for name in ("title", "summary", "source")}


def _status(form: Any) -> int:
    return 422 if form.is_bound else 200


def _original(request: HttpRequest, guide_id: int) -> Guide:
    rows = Guide.objects.visible_to(request.user)
    return seen(rows, pk=seen(rows, pk=guide_id).home_id)


def _form_page(
    request: HttpRequest,
    form: Any,
    sheet: Sheet,
    status: int = 200,
    *,
    guide: Guide | None = None,
    original: Guide | None = None,
    clash: Any = None,
) -> HttpResponse:
    context = {
        "form": form,
        "sheet": sheet,
        "guide": guide,
        "original": original or (guide.original if guide else None),
        "changes": queries.around(queries.changes_to_translate(guide) if guide else []),
        "clash": clash,
    }
    return render(request, "forum/guide_form.html", context, status=status)


@require_safe
def revisions(request: HttpRequest, guide_id: int) -> HttpResponse:
    """Show how a guide stood before, and what each text changed."""
    row = seen(Guide.objects.visible_to(request.user), pk=guide_id)
    cursor = request.GET.get("cursor") or None
    page = keyset_page(queries.revisions_of(row), ("-number",), cursor, TEXTS)
    context = {
        "post": row,
        "page": page,
        "steps": queries.guide_steps(row, page.results),
        "purge_url": things.purge_url_of(row),
        "can_restore": row.visibility == Visibility.VISIBLE
        and rules.can_edit_guide(request.user, row),
    }
    return render(request, "forum/guide_revisions.html", context)


@require_POST
@signed_in
def add_editor(request: HttpRequest, guide_id: int) -> HttpResponse:
    """Let someone edit a guide."""
    row = seen(Guide.objects.visible_to(request.user), pk=guide_id)
    if not rules.is_trusted(request.user):
        raise NotAllowed
    form = EditorForm(request.POST)
    if form.is_valid():
        person = form.cleaned_data["handle"]
        submit(form, actions.name_editor, actor=me(request), guide_id=row.pk, person=person)
    if form.errors:
        return _page(request, queries.guide_page(request.user, row.pk), form)
    messages.success(request, _("%(name)s may edit this guide now.") % {"name": person})
    return done(request, row.path)


@require_POST
@signed_in
def drop_editor(request: HttpRequest, guide_id: int, handle: str) -> HttpResponse:
    """Let someone edit a guide no more."""
    row = seen(Guide.objects.visible_to(request.user), pk=guide_id)
    people = people_called([handle])
    if not people:
        raise NotSeen
    actions.dismiss_editor(actor=me(request), guide_id=row.pk, person=people[0])
    return done(request, reverse("guide", args=[row.pk, row.slug]))
