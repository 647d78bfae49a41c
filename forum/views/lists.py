"""Lists of questions."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from core.kept import kept_for_visitors
from core.pages import signed_in
from forum import queries

SPOKEN = dict(settings.SPOKEN_LANGUAGES)


@require_GET
@kept_for_visitors("forum", "people")
def questions(request: HttpRequest, order: str = "newest") -> HttpResponse:
    """List questions: newest, unanswered or active, by tag, language and state."""
    filters = {
        "tag": request.GET.get("tag", "")[:50],
        "language": request.GET.get("language", "") if _spoken(request) else "",
        "solved": {"yes": True, "no": False}.get(request.GET.get("solved", "")),
    }
    page = queries.list_page(
        request.user, order=order, cursor=request.GET.get("cursor") or None, **filters
    )
    context = {
        "page": page,
        "order": order,
        "filters": filters,
        "languages": settings.SPOKEN_LANGUAGES,
        "solved": request.GET.get("solved", ""),
        "standing": queries.standing_to_tag(request.user, str(filters["tag"])),
    }
    return render(request, "forum/questions.html", context)


def _spoken(request: HttpRequest) -> bool:
    return request.GET.get("language", "") in SPOKEN


@require_GET
@signed_in
def mine(request: HttpRequest) -> HttpResponse:
    """List what one asked, with or without one's name; nobody else sees this list."""
    page = queries.list_page(request.user, order="mine", cursor=request.GET.get("cursor") or None)
    return render(request, "forum/mine.html", {"page": page})
