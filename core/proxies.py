"""The servers before ours: what they say of a request is believed, and nobody else's word.

A server that speaks TLS hands requests on in plain HTTP, and says so (X-Forwarded-Proto) and from
whom they came (X-Forwarded-For). Anyone can write these headers.
"""

from collections.abc import Callable
from typing import Any, Final

from django.conf import settings
from django.core import checks
from django.http import HttpRequest, HttpResponse

TAG: Final = "proxies"
PROTO: Final = "HTTP_X_FORWARDED_PROTO"


def is_from_proxy(request: HttpRequest) -> bool:
    """Whether a server of settings.TRUSTED_PROXIES hands this request on.

    A unix socket has no address and counts as one when one is configured.
    """
    remote = request.META.get("REMOTE_ADDR", "")
    return bool(settings.TRUSTED_PROXIES) and (not remote or remote in settings.TRUSTED_PROXIES)


class ProxyMiddleware:
    """Take a stranger's word for https out of the request, before anything asks for it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if PROTO in request.META and not is_from_proxy(request):
            del request.META[PROTO]
        return self.get_response(request)


@checks.register(TAG)
def https_needs_a_proxy(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """Warn of an https address with no proxy to believe: each page would lead to itself."""
    if not (settings.PRODUCTION and settings.SECURE_PUBLIC) or settings.TRUSTED_PROXIES:
        return []
    return [
        checks.Warning(
            "PUBLIC_URL is https, and TRUSTED_PROXIES names no server that speaks it: every page"
            " redirects to itself without end, and all visitors count as one for the limits.",
            hint="TRUSTED_PROXIES=127.0.0.1 when that server is on this machine. It must send"
            " X-Forwarded-Proto and X-Forwarded-For, and overwrite what a visitor wrote there.",
            id="core.W001",
        )
    ]
