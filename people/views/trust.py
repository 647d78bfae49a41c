"""How far people are trusted: the table for everyone, and where one stands."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.pages import signed_in
from people import deeds, standing
from people.present import me
from people.trust import KEPT_FOR


@require_safe
def levels(request: HttpRequest) -> HttpResponse:
    """Show everyone what each level asks and brings."""
    context = {
        "steps": standing.steps(),
        "helps": list(deeds.labels().values()),
        "kept_days": KEPT_FOR.days,
    }
    return render(request, "people/trust.html", context)


@signed_in
@require_safe
def my_trust(request: HttpRequest) -> HttpResponse:
    """Show one's level, what it lets one do, and what is missing for the rest."""
    return render(request, "people/my_trust.html", {"standing": standing.standing_of(me(request))})
