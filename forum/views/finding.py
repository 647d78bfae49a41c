"""Feeds and sitemaps: what programs read to follow and find, always as a visitor sees it."""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.encoding import iri_to_uri
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.errors import NotSeen
from core.kept import kept_for_visitors
from forum.queries import finding

SINCE = 2026  # the year of the ids' authority, which never changes (RFC 4151)
EMPTY_SINCE = datetime(SINCE, 1, 1, tzinfo=UTC)
SPOKEN = dict(settings.SPOKEN_LANGUAGES)


class Feed(Atom1Feed):
    """Atom with ids that outlast addresses, and addresses within texts read from the site."""

    def root_attributes(self) -> dict[str, str]:
        return {**super().root_attributes(), "xml:base": settings.PUBLIC_URL + "/"}


@require_safe
@kept_for_visitors("forum", "people")
def list_feed(request: HttpRequest, order: str = "newest", tag: str = "") -> HttpResponse:
    """Send the first questions of a list."""
    titles = {
        "newest": _("Questions"),
        "unanswered": _("Questions without an answer"),
        "active": _("Questions with something new"),
    }
    title = _("Questions about %(tag)s") % {"tag": tag} if tag else titles[order]
    page = f"/tags/{quote(tag)}" if tag else reverse({"newest": "questions"}.get(order, order))
    return _sent(request, title, page, finding.entries_of_list(order, tag[:50]))


@require_safe
@kept_for_visitors("forum", "people")
def guides_feed(request: HttpRequest, language: str = "") -> HttpResponse:
    """Send the guides last written or changed, of a language or of all."""
    if language and language not in SPOKEN:
        raise NotSeen
    page = reverse("guides") + (f"?language={language}" if language else "")
    return _sent(request, _("Guides"), page, finding.entries_of_guides(language))


@require_safe
@kept_for_visitors("forum", "people")
def question_feed(request: HttpRequest, question_id: int) -> HttpResponse:
    """Send the answers to one question."""
    question, entries = finding.entries_of_question(question_id)
    return _sent(request, question.title, question.path, entries, question.created_at)


def _sent(
    request: HttpRequest,
    title: str,
    page: str,
    entries: Iterable[finding.Entry],
    since: datetime = EMPTY_SINCE,
) -> HttpResponse:
    feed = Feed(
        title=f"{title} · Entraide",
        link=_absolute(page),
        description=None,
        language=get_language(),
        feed_url=settings.PUBLIC_URL + request.path,
        feed_guid=_absolute(request.path),
    )
    for entry in entries:
        feed.add_item(
            title=entry.title,
            link=_absolute(entry.path),
            description=entry.html,
            author_name=entry.author or _("a former member"),
            unique_id=_lasting_id(entry),
            pubdate=entry.published,
            updateddate=entry.updated,
            categories=entry.tags,
        )
    if not feed.items:  # else its `updated` would move with the clock
        feed.latest_post_date = lambda: since  # type: ignore[method-assign]
    response = HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml")
    return _conditional(request, response)


def _absolute(path: str) -> str:
    return f"{settings.PUBLIC_URL}{iri_to_uri(path)}"


def _lasting_id(entry: finding.Entry) -> str:
    host = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    return f"tag:{host},{SINCE}:{entry.thing}/{entry.id}"


def _conditional(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Answer 304 to who has it; visitors' kept pages have an ETag of their own."""
    etag = f'W/"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    response["ETag"], response["Cache-Control"] = etag, "no-cache"
    answer = get_conditional_response(request, etag=etag, response=response)
    return answer or response


@require_safe
@kept_for_visitors("forum", "people")
def sitemap_index(request: HttpRequest) -> HttpResponse:
    """Name the sitemaps."""
    paths = [reverse("sitemap", args=[page]) for page in range(finding.sitemap_pages())]
    paths.append(reverse("guides_sitemap"))
    return _xml(request, "forum/sitemap_index.xml", {"urls": [_absolute(path) for path in paths]})


@require_safe
@kept_for_visitors("forum", "people")
def sitemap(request: HttpRequest, page: int) -> HttpResponse:
    """Name the questions of a range that may be found from elsewhere, with their last change."""
    if page >= finding.sitemap_pages():
        raise NotSeen
    lists = ("home", "questions", "unanswered", "active", "guides") if page == 0 else ()
    return _map(request, finding.sitemap_rows(page), lists)


@require_safe
@kept_for_visitors("forum", "people")
def guides_sitemap(request: HttpRequest) -> HttpResponse:
    """Name the guides, with their last change."""
    return _map(request, finding.sitemap_guides())


def _map(
    request: HttpRequest, found: Iterable[tuple[str, datetime]], lists: Iterable[str] = ()
) -> HttpResponse:
    """Return a sitemap: first the pages of these names, then what was found."""
    rows = [(_absolute(reverse(name)), "") for name in lists]
    rows += [(_absolute(path), f"{at:%Y-%m-%d}") for path, at in found]
    return _xml(request, "forum/sitemap.xml", {"rows": rows})


def _xml(request: HttpRequest, template: str, context: dict[str, object]) -> HttpResponse:
    return render(request, template, context, content_type="application/xml; charset=utf-8")


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Say what programs need not read, and where the sitemaps are."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in NOT_FOR_ROBOTS), ""]
    lines.append(f"Sitemap: {settings.PUBLIC_URL}{reverse('sitemap_index')}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


NOT_FOR_ROBOTS = (
    "/accounts/",
    "/api/",
    "/back-office/",
    "/digests/",
    "/flags/",
    "/follows/",
    "/me",
    "/questions/ask",
    "/questions/similar",
    "/removals/",
    "/rooms",
    "/search",
    "/tickets",
)
