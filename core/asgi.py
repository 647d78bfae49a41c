"""Pages, API and sockets in one ASGI application (one machine), or sockets alone (larger sites)."""

import os
from typing import Any

from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "core.settings")
pages = get_asgi_application()

from chat.urls import LIVE, live_application, socket_urlpatterns  # noqa: E402
from core.sockets import checked, signed  # noqa: E402

live = signed(live_application)


async def http(scope: Any, receive: Any, send: Any) -> None:
    """Serve who waits for events apart from the pages: under Django each would hold a thread."""
    application = live if scope["path"].startswith(LIVE) else pages
    await application(scope, receive, send)


application = ProtocolTypeRouter(
    {"http": http, "websocket": checked(URLRouter(socket_urlpatterns))}
)
