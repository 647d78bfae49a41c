"""Rate limits on every write, of a person or (signed out) of an address."""

import ipaddress
import time
from collections.abc import Callable
from hashlib import sha256

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse

from core.errors import TooLarge, TooMany
from core.pages import is_api, refusal_page

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
TOKENS_AT_AN_ADDRESS = 10


def spend(who: str, what: str, limit: int, window_seconds: int) -> None:
    """Count one act of someone in the present window.

    Raises TooMany above the limit. Counts live in the cache: lost with it, never wrong by more
    than one window.
    """
    window = int(time.time()) // window_seconds
    key = f"limit:{what}:{who}:{window_seconds}:{window}"
    try:
        count = cache.incr(key)
    except ValueError:  # the first of its window, or one of several firsts
        count = 1 if cache.add(key, 1, timeout=window_seconds * 2) else cache.incr(key)
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


def subscriber_of(address: str) -> str:
    """Return whom an address counts for: in IPv6 one subscriber has a whole /64 to choose from."""
    try:
        if ipaddress.ip_address(address).version == 6:
            return str(ipaddress.ip_network(f"{address}/64", strict=False))
    except ValueError:  # "unix", or a zone behind the address
        pass
    return address


class WriteLimitMiddleware:
    """Refuse writes that come faster than a person's hands, and bodies larger than we can keep."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in SAFE:
            length = str(request.META.get("CONTENT_LENGTH") or "")
            if length.isdecimal() and int(length) > settings.MAX_BODY_BYTES:
                return refusal_page(request, TooLarge())
            try:
                self.count(request)
            except TooMany as refusal:
                return refusal_page(request, refusal)
        return self.get_response(request)

    def count(self, request: HttpRequest) -> None:
        """Count this write: of a person, or of an address.

        A program's are counted by its token, which nobody has looked at yet, and by its address
        too: else a new false token each time would never be counted.
        """
        token = request.META.get("HTTP_AUTHORIZATION", "") if is_api(request) else ""
        who, times = f"address:{subscriber_of(address_of(request))}", 1
        if token:
            spend_write(f"token:{sha256(token.encode()).hexdigest()}")
            times = TOKENS_AT_AN_ADDRESS
        elif request.user.is_authenticated:
            who = f"person:{request.user.pk}"
        spend_write(who, times=times)


def spend_write(who: str, *, times: int = 1) -> None:
    """Count a write; `times` the usual may be done. Raises TooMany."""
    spend(who, "write", times * settings.WRITES_PER_HOUR, 3600)  # first: it has the longer wait
    spend(who, "write", times * settings.WRITES_PER_MINUTE, 60)
