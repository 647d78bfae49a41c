"""What every socket and every waiting request passes first: the Origin, then the session.

One step instead of Channels' four: each would keep its own copy of the request's facts as long
as the socket lives.
"""

from collections.abc import Callable
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import urlsplit

from channels.security.websocket import OriginValidator, WebsocketDenier
from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils.module_loading import import_string

from core import lanes

Application = Callable[[Any, Any, Any], Any]


def checked(application: Any) -> Application:
    """Return the application behind the check of Origin (PUBLIC_URL's alone) and the session."""
    public = urlsplit(settings.PUBLIC_URL)
    origins = [f"{public.scheme}://{public.netloc}"]
    if not settings.PRODUCTION:
        origins += [f"http://{name}:{settings.PORT}" for name in ("localhost", "127.0.0.1")]
    origin = OriginValidator(None, origins)
    inner = signed(application)

    async def check(scope: Any, receive: Any, send: Any) -> None:
        chosen: Any = inner if is_ours(header(scope, b"origin")) else WebsocketDenier()
        await chosen(scope, receive, send)

    def is_ours(text: str) -> bool:
        try:
            return bool(text) and bool(origin.valid_origin(urlsplit(text)))
        except ValueError:  # no address at all
            return False

    return check


def signed(application: Any) -> Application:
    """Return the application with `user` and `session` in its scope, and nothing it needs not."""

    async def sign(scope: Any, receive: Any, send: Any) -> None:
        key = cookie(scope, settings.SESSION_COOKIE_NAME)
        user, session = await lanes.reader.run(signed_in, key)
        mine = {name: scope[name] for name in KEPT if name in scope}
        if scope["type"] == "websocket":  # the server keeps its own: headers are long
            mine["headers"] = []
            scope["headers"].clear()
        mine.update(user=user, session=session)
        del user, session
        waiting = application(mine, receive, send)
        del mine
        await waiting

    return sign


KEPT = ("type", "path", "method", "query_string", "headers", "asgi")


def header(scope: Any, name: bytes) -> str:
    """Return a header's value, empty without one."""
    return next((value.decode("latin1") for key, value in scope["headers"] if key == name), "")


def cookie(scope: Any, name: str) -> str:
    """Return a cookie's value, empty without one."""
    try:
        found = SimpleCookie(header(scope, b"cookie")).get(name)
    except CookieError:
        return ""
    return found.value if found is not None else ""


def signed_in(key: str) -> tuple[Any, Any]:
    """Return the person of a session and the session; a visitor without one. Reads."""
    if not key:
        return AnonymousUser(), None
    request = HttpRequest()
    request.session = import_string(f"{settings.SESSION_ENGINE}.SessionStore")(key)
    user = get_user(request)
    return user, request.session if user.is_authenticated else None
