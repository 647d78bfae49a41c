"""Lists of questions."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from core.kept import kept_for_visitors
from core.pages import signed_in, why_query, words_asked
from forum import queries, reasons, tags
from forum.models import Question

SPOKEN = dict(settings.SPOKEN_LANGUAGES)


@require_safe
@kept_for_visitors("forum", "people")
def questions(request: HttpRequest, order: str = "newest") -> HttpResponse:
    """List questions: newest, unanswered or active, by language and state; a tag has its page."""
    if word := words_asked(request.GET, "tag", tags.LONGEST):
        return _to_tag(request, word, order)
    filters = filters_of(request)
    page = queries.list_page(
        request.user, order=order, cursor=request.GET.get("cursor") or None, **filters
    )
    feed = "/questions.atom" if order == "newest" else f"/questions/{order}.atom"
    context = {"page": page, "order": order, "feed": feed, **narrowed_by(request)}
    context |= explained(request, page.results, order)
    return render(request, "forum/questions.html", context)


def explained(
    request: HttpRequest, rows: Iterable[Question], order: str, tag: str = ""
) -> dict[str, Any]:
    """Return what a list holds, and give each of its questions `why`: if the address asks for it.

    tag: of the list, as it is shown.
    """
    if not request.GET.get("why"):
        return {}
    for row in rows:
        row.why = reasons.of_row(order, row)
    return {"holds": reasons.of_list(tag=tag, **filters_of(request))}


def _to_tag(request: HttpRequest, word: str, order: str) -> HttpResponse:
    """Lead to the page of a tag, as narrow as it was asked for; to the list of tags without one."""
    if tags.folded(word) not in tags.tags_known([tags.folded(word)]):
        return redirect(f"{reverse('tags')}?{urlencode({'q': word})}")
    asked = {"order": "" if order == "newest" else order}
    asked |= {name: request.GET.get(name, "") for name in ("language", "solved")}
    query = urlencode({name: value for name, value in asked.items() if value})
    path = reverse("tag", args=[tags.folded(word)])
    return HttpResponsePermanentRedirect(f"{path}?{query}" if query else path)


def filters_of(request: HttpRequest) -> dict[str, Any]:
    """Return the language and state that a list is asked for, as queries.list_page takes them."""
    return {
        "language": request.GET.get("language", "") if _spoken(request) else "",
        "solved": {"yes": True, "no": False}.get(request.GET.get("solved", "")),
    }


def narrowed_by(request: HttpRequest) -> dict[str, Any]:
    """Return what the form that narrows a list shows."""
    return {
        "languages": settings.SPOKEN_LANGUAGES,
        "language_asked": filters_of(request)["language"],
        "solved": request.GET.get("solved", ""),
        "why": why_query(request),
    }


def _spoken(request: HttpRequest) -> bool:
    return request.GET.get("language", "") in SPOKEN


@require_safe
@signed_in
def mine(request: HttpRequest) -> HttpResponse:
    """List what one asked, with or without one's name; nobody else sees this list."""
    page = queries.list_page(request.user, order="mine", cursor=request.GET.get("cursor") or None)
    return render(request, "forum/mine.html", {"page": page})
