"""What the host runs, for all to see; coordinators and staff change it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.errors import NotAllowed, seen
from core.pages import done, once, signed_in, submit
from forum import actions, queries, rules
from forum.forms import DatesForm, PlatformForm, VersionForm
from forum.models import Platform, PlatformVersion
from people.present import me


@require_safe
def platforms(request: HttpRequest) -> HttpResponse:
    """Show what the host runs."""
    return _page(request)


@require_POST
@signed_in
@once
def add_platform(request: HttpRequest) -> HttpResponse:
    """Add a part of what sites stand on."""
    form = PlatformForm(request.POST)
    _check(request)
    if form.is_valid():
        added = submit(form, actions.add_platform, actor=me(request), **form.cleaned_data)
        if added is not None:
            return done(request, reverse("platforms"))
    return _page(request, platform_form=form)


@require_POST
@signed_in
@once
def add_version(request: HttpRequest, platform_id: int) -> HttpResponse:
    """Add a version of one of them."""
    row = seen(Platform.objects.all(), pk=platform_id)
    form = VersionForm(request.POST, auto_id=f"id_{row.pk}_%s")
    _check(request)
    if form.is_valid():
        added = submit(
            form,
            actions.add_version,
            actor=me(request),
            platform_id=platform_id,
            value=form.cleaned_data["value"],
            name=form.cleaned_data["name"],
            dates=form.dates(),
        )
        if added is not None:
            return done(request, reverse("platforms"))
    return _page(request, version_form=(row.pk, form))


@signed_in
@once
def dates(request: HttpRequest, version_id: int) -> HttpResponse:
    """Change from when until when a version is offered, and since when it is the default."""
    rows = PlatformVersion.objects.visible_to(request.user).select_related("platform")
    row = seen(rows, pk=version_id)
    _check(request)
    initial = {"since": row.since, "until": row.until, "default_since": row.default_since}
    form = DatesForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        changed = submit(
            form,
            actions.change_version,
            actor=me(request),
            version_id=version_id,
            dates=form.dates(),
        )
        if changed is not None:
            messages.success(
                request, _("Kept. Answers that this moves away from wait to be checked again.")
            )
            return done(request, reverse("platforms"))
    context = {"form": form, "version": row}
    return render(request, "forum/platform.html", context, status=422 if form.errors else 200)


def _check(request: HttpRequest) -> None:
    if not rules.can_change_platforms(request.user):
        raise NotAllowed(_("Coordinators and staff keep the list of platforms."))


def _page(
    request: HttpRequest, platform_form: Any = None, version_form: tuple[int, Any] = (0, None)
) -> HttpResponse:
    shown = queries.platforms()
    may_change = rules.can_change_platforms(request.user)
    refused_id, refused = version_form
    blank = [
        (one, refused if one.row.pk == refused_id else VersionForm(auto_id=f"id_{one.row.pk}_%s"))
        for one in shown
    ]
    context = {
        "platforms": blank,
        "may_change": may_change,
        "form": platform_form or PlatformForm(),
    }
    status = 422 if platform_form or refused else 200
    return render(request, "forum/platforms.html", context, status=status)
