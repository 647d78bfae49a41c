"""Pages, API and sockets in one ASGI application (one machine), or sockets alone (larger sites)."""

import os
from typing import Any

import django
from channels.routing import ProtocolTypeRouter, URLRouter

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "core.settings")
django.setup(set_prefix=False)

from chat.urls import LIVE, live_application, socket_urlpatterns  # noqa: E402
from core.collecting import leave_what_is_loaded  # noqa: E402
from core.sockets import checked, signed  # noqa: E402
from core.threads import PagesHandler  # noqa: E402

pages = PagesHandler()
live = signed(live_application)


async def http(scope: Any, receive: Any, send: Any) -> None:
    """Serve who waits for events apart from the pages, where each would hold a thread."""
    application = live if scope["path"].startswith(LIVE) else pages
    await application(scope, receive, send)


application = ProtocolTypeRouter(
    {"http": http, "websocket": checked(URLRouter(socket_urlpatterns))}
)
leave_what_is_loaded()
