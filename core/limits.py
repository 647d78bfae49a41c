"""Rate limits on every write, of a person or (signed out) of an address."""

import ipaddress
import time
from collections.abc import Callable

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse

from core.errors import TooMany

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


def spend(who: str, what: str, limit: int, window_seconds: int) -> None:
    """Count one act of someone in the present window.

    Raises TooMany above the limit. Counts live in the cache: lost with it, never wrong by more
    than one window.
    """
    window = int(time.time()) // window_seconds
    key = f"limit:{what}:{who}:{window_seconds}:{window}"
    cache.add(key, 0, timeout=window_seconds * 2)
    try:
        count = cache.incr(key)
    except ValueError:  # evicted between the two lines
        count = 1
    if count > limit:
        raise TooMany(retry_after=window_seconds - int(time.time()) % window_seconds)


def address_of(request: HttpRequest) -> str:
    """Return the address a request comes from.

    X-Forwarded-For is believed only from settings.TRUSTED_PROXIES, read from the right. A unix
    socket has no address and counts as a trusted proxy when one is configured.
    """
    remote = request.META.get("REMOTE_ADDR", "") or "unix"
    trusted = set(settings.TRUSTED_PROXIES)
    if remote not in trusted and not (remote == "unix" and trusted):
        return remote
    for hop in reversed(request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")):
        address = hop.strip()
        if address and address not in trusted:
            try:
                return str(ipaddress.ip_address(address))
            except ValueError:
                return remote
    return remote


class WriteLimitMiddleware:
    """Refuse writes that come faster than a person's hands."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in SAFE:
            try:
                self.count(request)
            except TooMany as refusal:
                return self.refuse(request, refusal)
        return self.get_response(request)

    def count(self, request: HttpRequest) -> None:
        """Count this write. A token's requests are counted by the token, before it is checked."""
        authorization = request.META.get("HTTP_AUTHORIZATION", "")
        if authorization:
            who = f"token:{hash(authorization)}"
        elif request.user.is_authenticated:
            who = f"person:{request.user.pk}"
        else:
            who = f"address:{address_of(request)}"
        spend(who, "write", settings.WRITES_PER_MINUTE, 60)
        spend(who, "write", settings.WRITES_PER_HOUR, 3600)

    def refuse(self, request: HttpRequest, refusal: TooMany) -> HttpResponse:
        from core.pages import refusal_page

        response = refusal_page(request, refusal)
        response["Retry-After"] = str(refusal.extra["retry_after"])
        return response
