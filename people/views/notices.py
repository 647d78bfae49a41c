"""The bell's page."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from core.errors import NotSeen
from core.pages import done, signed_in
from core.pagination import keyset_page
from people import actions, queries
from people.models import Notice
from people.present import me


@signed_in
@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    """Show what happened, newest first."""
    rows = Notice.objects.visible_to(request.user).select_related("line__actor")
    page = keyset_page(rows, ["-id"], request.GET.get("cursor"))
    context = {"page": page, "shown": queries.show_notices(me(request), page.results)}
    return render(request, "people/notices.html", context)


@signed_in
@require_GET
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Open what a notice is about; from then on it is read."""
    row = actions.read_notice(actor=me(request), notice_id=pk)
    shown = queries.show_notices(me(request), [row])
    if not shown:
        raise NotSeen
    return HttpResponseRedirect(shown[0].url)


@signed_in
@require_POST
def notices_reading(request: HttpRequest) -> HttpResponse:
    """Mark all as read."""
    actions.read_all_notices(actor=me(request))
    return done(request, reverse("notices"))
