"""The pages that belong to no room."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST
from django.views.i18n import set_language


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Keep the chosen language in a cookie and go back to the page."""
    return set_language(request)


@require_GET
def components(request: HttpRequest) -> HttpResponse:
    """Show every component once, to look at and to test; development only."""
    from frontend.components import examples

    return render(request, "components.html", examples(request))
