"""Pages that all visitors see alike: rendered once, kept for a minute, told from the next by ETag.

A page names the rooms it tells of. A journal line of such a room (of journal.record) outdates it
at once in every process that shares the cache. What else changes (by an import, the back office,
a follower, the worker of a site without Redis) shows within the minute. Addresses with a query
are not kept: there is no end of them.
"""

import functools
import gzip
import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import brotli
from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers

from core.compression import ACCEPTS_BROTLI

View = Callable[..., HttpResponse]
KEPT_SECONDS = 60
BROTLI_QUALITY = 9  # a page is packed once a minute
PERSONAL_COOKIES = (settings.SESSION_COOKIE_NAME, "messages")


@dataclass(frozen=True)
class KeptPage:
    """A page as it travels: its body in gzip and in Brotli, its type, and
    what tells it from another."""

    body: bytes
    brotli: bytes
    content_type: str
    etag: str


def kept_for_visitors(*rooms: str) -> Callable[[View], View]:
    """Keep what this view shows to visitors; `rooms`: whose journal lines outdate it.

    Kept are whole pages (200) that hold nothing of the reader: no token of a form, no cookie, no
    message. Whoever has a session is answered by the view itself.
    """

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not _is_any_visitor(request):
                return view(request, *args, **kwargs)
            pages = caches["pages"]
            key = _key(request, rooms)  # before the view reads: what changes meanwhile outdates it
            page = pages.get(key)
            if page is None:
                response = view(request, *args, **kwargs)
                if not _is_for_everyone(request, response):
                    return response
                page = _packed(response)
                pages.set(key, page, KEPT_SECONDS)
            return _unpacked(request, page)

        return wrapped

    return decorate


def outdate(room: str) -> None:
    """Let every kept page that tells of this room be rendered anew."""
    caches["pages"].set(f"kept:since:{room}", time.time_ns(), None)


def _is_any_visitor(request: HttpRequest) -> bool:
    return (
        request.method == "GET"
        and not request.META.get("QUERY_STRING")
        and not any(name in request.COOKIES for name in PERSONAL_COOKIES)
        and "HX-Request" not in request.headers
    )


def _key(request: HttpRequest, rooms: tuple[str, ...]) -> str:
    since = caches["pages"].get_many([f"kept:since:{room}" for room in rooms])
    language = getattr(request, "LANGUAGE_CODE", "")
    facts = (request.build_absolute_uri(), language, sorted(since.items()))
    return f"kept:page:{hashlib.sha256(repr(facts).encode()).hexdigest()}"


def _is_for_everyone(request: HttpRequest, response: HttpResponse) -> bool:
    has_token = request.META.get("CSRF_COOKIE_NEEDS_UPDATE", False)
    return response.status_code == 200 and not response.cookies and not has_token


def _packed(response: HttpResponse) -> KeptPage:
    return KeptPage(
        body=gzip.compress(response.content, 9, mtime=0),
        brotli=brotli.compress(response.content, mode=brotli.MODE_TEXT, quality=BROTLI_QUALITY),
        content_type=response["Content-Type"],
        etag=f'W/"{hashlib.sha256(response.content).hexdigest()[:32]}"',
    )


def _unpacked(request: HttpRequest, page: KeptPage) -> HttpResponse:
    """Answer with a page, or with 304 to a browser that has it."""
    response = HttpResponse(content_type=page.content_type)
    response["ETag"], response["Cache-Control"] = page.etag, "no-cache"
    patch_vary_headers(response, ("Accept-Encoding", "Accept-Language", "Cookie"))
    accepted = request.headers.get("Accept-Encoding", "")
    if ACCEPTS_BROTLI.search(accepted):
        response.content, response["Content-Encoding"] = page.brotli, "br"
    elif "gzip" in accepted:
        response.content, response["Content-Encoding"] = page.body, "gzip"
    else:
        response.content = gzip.decompress(page.body)
    return get_conditional_response(request, etag=page.etag, response=response) or response
