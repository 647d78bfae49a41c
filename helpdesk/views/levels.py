"""What each guarantee level promises, and how it was kept: for everyone."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.kept import kept_for_visitors
from helpdesk.queries.shown_levels import shown_levels


@require_safe
@kept_for_visitors("people")
def levels(request: HttpRequest) -> HttpResponse:
    """Show the levels with their promises, hours, price and record."""
    return render(request, "helpdesk/levels.html", {"levels": shown_levels()})
