"""Rate limits on every write, of a person or (signed out) of an address."""

import ipaddress
import math
import threading
import time
from collections.abc import Callable
from hashlib import sha256
from typing import Any, TypeVar

from django.conf import settings
from django.core.cache import caches
from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.locmem import LocMemCache
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

from core.errors import TooLarge, TooMany
from core.pages import is_api, refusal_page
from core.proxies import is_from_proxy

View = TypeVar("View", bound=Callable[..., Any])
SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
TOKENS_AT_AN_ADDRESS = 10
# What goes at a pace of its own, of all tokens at an address: as ten programs that talk.
OWN_PACE_AT_AN_ADDRESS = {"a_second": 50, "burst": 200}
_here = LocMemCache("limits", {})
_drawing = threading.Lock()


def spend(who: str, what: str, limit: int, window_seconds: int) -> None:
    """Count one act of someone in the present window.

    Raises TooMany above the limit. Counts live in the cache: lost with it, never wrong by more
    than one window.
    """
    spend_all(who, what, {window_seconds: limit})


def spend_all(who: str, what: str, limits: dict[int, int]) -> None:
    """Count one act in several windows, {seconds: limit}, the longest first. Raises TooMany."""
    now = int(time.time())
    keys = {f"limit:{what}:{who}:{window}:{now // window}": window * 2 for window in limits}
    for (window, limit), count in zip(limits.items(), _counted(keys), strict=True):
        if count > limit:
            raise TooMany(retry_after=window - now % window)


def draw(who: str, what: str, *, a_second: float, burst: int) -> None:
    """Take one of the tokens of someone's bucket: it holds `burst`, and gets so many a second.

    Raises TooMany, with when there is one again; who is refused takes none. Kept in the cache.
    """
    key, gap, now = f"bucket:{what}:{who}", round(1000 / a_second), round(time.time() * 1000)
    shared, wait = caches["default"], None
    if draw_from := getattr(shared, "draw", None):
        wait = draw_from(key, now, gap, burst)
        shared = _here  # as in _counted
    if wait is None:
        with _drawing:
            wait = _drawn(shared, key, now, gap, burst)
    if wait > 0:
        raise TooMany(retry_after=math.ceil(wait / 1000))


def _drawn(store: BaseCache, key: str, now: int, gap: int, burst: int) -> int:
    """Do what core.cache.DRAW does on Redis; milliseconds, and how many to wait: 0 for a token.

    What is kept is when the bucket will be full: a token makes that one gap later. Where that is
    much too late, the clock was put back, and the bucket is full.
    """
    full_at = max(now, store.get(key, 0))
    full_at = full_at if full_at <= now + 2 * gap * burst else now
    wait: int = full_at - now - gap * (burst - 1)
    if wait <= 0:
        store.set(key, full_at + gap, timeout=gap * burst // 1000 + 1)
    return max(wait, 0)


def _counted(keys: dict[str, int]) -> list[int]:
    shared, counts = caches["default"], None
    # core.cache itself is not imported: it needs redis, which an embedded site does not install.
    if count_all := getattr(shared, "count", None):
        counts = count_all(keys)
        shared = _here  # Redis is away: each process counts for itself, and people go on writing
    return counts or [_incremented(shared, key, seconds) for key, seconds in keys.items()]


def _incremented(store: BaseCache, key: str, seconds: int) -> int:
    try:
        return store.incr(key)
    except ValueError:  # the first of its window, or one of several firsts
        return 1 if store.add(key, 1, timeout=seconds) else store.incr(key)


def address_of(request: HttpRequest) -> str:
    """Return the address a request comes from.

    X-Forwarded-For is believed only from a proxy we trust, read from the right.
    """
    remote = request.META.get("REMOTE_ADDR", "") or "unix"
    if not is_from_proxy(request):
        return remote
    trusted = set(settings.TRUSTED_PROXIES)
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


def own_pace(view: View) -> View:
    """Say of a view, or a viewset's method, that it draws from its writer's own bucket.

    What people do many times a minute, as talking, is then no part of the usual count.
    """
    view.has_own_pace = True  # type: ignore[attr-defined]
    return view


def _has_own_pace(request: HttpRequest) -> bool:
    try:
        view: Any = resolve(request.path_info).func
    except Resolver404:
        return False
    if method_names := getattr(view, "actions", None):  # a viewset's, by HTTP method
        view = getattr(view.cls, method_names.get(str(request.method).lower(), ""), None)
    return getattr(view, "has_own_pace", False)


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
        """Count this write: of a person, at the share that the help they gave earns, or an address.

        A program's are counted by its token, which nobody has looked at yet, and by its address
        too: else a new false token each time would never be counted. What has a pace of its own
        its view counts, once it knows whose it is.
        """
        token = _token_of(request) if is_api(request) else ""
        who, times = f"address:{subscriber_of(address_of(request))}", 1.0
        if (token or request.user.is_authenticated) and _has_own_pace(request):
            if token:
                draw(who, "own_pace", **OWN_PACE_AT_AN_ADDRESS)
            return
        if token:
            spend_write(f"token:{sha256(token.encode()).hexdigest()}")
            times = TOKENS_AT_AN_ADDRESS
        elif request.user.is_authenticated:
            who, times = f"person:{request.user.pk}", getattr(request.user, "write_share", 1.0)
        spend_write(who, times=times)


def _token_of(request: HttpRequest) -> str:
    """Return what a program shows for itself, believed by nobody yet; may be empty."""
    shown: str = request.META.get("HTTP_AUTHORIZATION", "")
    return shown or request.headers.get("X-Session-Token", "")


def spend_write(who: str, *, times: float = 1) -> None:
    """Count a write; `times` the usual may be done, and a minute's in any case.

    Raises TooMany.
    """
    hourly, minutely = settings.WRITES_PER_HOUR * times, settings.WRITES_PER_MINUTE * max(times, 1)
    spend_all(who, "write", {3600: int(hourly), 60: int(minutely)})
