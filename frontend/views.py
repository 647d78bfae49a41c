"""The pages that belong to no room."""

from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe
from django.views.i18n import set_language

from core import unsent
from core.errors import NotSeen
from core.kept import kept_for_visitors
from core.pages import done, signed_in
from frontend import queries
from people.present import me

ABOUT = ("conduct", "privacy", "status", "markdown", "source")


@require_safe
@kept_for_visitors("aid", "forum", "people", "workshops")
def home(request: HttpRequest) -> HttpResponse:
    """Ask visitors what we can help with; show members their day."""
    if request.user.is_authenticated:
        return today(request)
    context = {"front": queries.front_page(), "own_search": True}
    return render(request, "home.html", context)


@require_safe
@signed_in
def today(request: HttpRequest) -> HttpResponse:
    """Show what waits for this person now, and what comes next."""
    context = {"day": queries.today_of(me(request)), "now": timezone.now()}
    return render(request, "today.html", context)


@require_safe
@signed_in
def bell(request: HttpRequest) -> HttpResponse:
    """Show the bell and one's conversations with their figures as they are now (a fragment)."""
    return render(request, "_bell.html")


@require_safe
@signed_in
def unsent_forms(request: HttpRequest) -> HttpResponse:
    """Offer what was sent after the session had ended, to be sent again."""
    return render(request, "unsent.html", {"waiting": unsent.waiting(request)})


@require_POST
def forget_unsent(request: HttpRequest, token: UUID | None = None) -> HttpResponse:
    """Throw away what was not sent, all without a token; nobody needs to sign in for that."""
    unsent.forget(request, token)
    messages.success(request, _("What you had written is thrown away."))
    return done(request, "/")


@require_safe
def about(request: HttpRequest, name: str) -> HttpResponse:
    """Show one of the pages about the place itself."""
    if name not in ABOUT:
        raise NotSeen
    facts = {"states": queries.states_of_the_house()} if name == "status" else {}
    return render(request, f"about/{name}.html", facts)


@require_safe
def push_worker(request: HttpRequest) -> FileResponse:
    """Send the service worker; from here, since it works for what stands under its address."""
    path = Path(settings.BASE_DIR) / "frontend" / "static" / "js" / "push-worker.js"
    answer = FileResponse(path.open("rb"), content_type="text/javascript; charset=utf-8")
    answer["Cache-Control"] = "no-cache"
    return answer


@require_POST
@csrf_exempt
def choose_language(request: HttpRequest) -> HttpResponse:
    """Keep the chosen language in a cookie and go back to the page.

    Without a token, since pages kept for all visitors hold none: another site could at most
    change the language someone reads in.
    """
    return set_language(request)


@require_safe
def components(request: HttpRequest) -> HttpResponse:
    """Show every component once, to look at and to test; development only."""
    from frontend.components import examples

    return render(request, "components.html", examples(request))
