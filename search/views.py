"""The search page, and what stands under a search field while one types."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from core.pages import why_query, words_asked
from search.documents import tag_labels
from search.found import SOLVED, WEIGHTS
from search.queries import Hit, search

SPOKEN = dict(settings.SPOKEN_LANGUAGES)


@require_safe
def results(request: HttpRequest) -> HttpResponse:
    """Search past answers, with filters."""
    text = words_asked(request.GET, "q", 300)
    language = request.GET.get("language", "")
    page = request.GET.get("page", "1")
    filters = {
        "language": language if language in SPOKEN else "",
        "tag": words_asked(request.GET, "tag", 40).casefold(),
        "solved": request.GET.get("solved", ""),
    }
    found = None
    if text:
        found = search(
            request.user,
            text,
            language=filters["language"],
            tags=[filters["tag"]] if filters["tag"] else [],
            solved={"yes": True, "no": False}.get(filters["solved"]),
            explained=bool(request.GET.get("why")),
            page=int(page) if page.isascii() and page.isdigit() and len(page) < 4 else 1,
        )
    context = {
        "q": text,
        "found": found,
        "hits": _with_labels(found.hits) if found else [],
        "filters": filters,
        "why": why_query(request),
        "weights": {**WEIGHTS, "solved": SOLVED},
        "languages": settings.SPOKEN_LANGUAGES,
    }
    return render(request, "search/results.html", context)


def _with_labels(hits: list[Hit]) -> list[tuple[Hit, list[str]]]:
    """Return each hit with what the reader sees for its tags; one query."""
    named = tag_labels({name for hit in hits for name in hit.tags}, get_language() or "en")
    return [(hit, [named[name] for name in hit.tags]) for hit in hits]


@require_safe
def now(request: HttpRequest) -> HttpResponse:
    """Show the best few while one types (a fragment)."""
    text = words_asked(request.GET, "q", 200)
    hits = search(request.user, text, size=5, unfinished=True).hits if len(text) >= 3 else []
    return render(request, "search/_now.html", {"q": text, "hits": hits})
