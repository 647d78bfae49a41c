"""Pages, API and sockets in one ASGI application (one machine), or sockets alone (larger sites)."""

import os

from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "core.settings")
pages = get_asgi_application()

from chat.urls import socket_urlpatterns  # noqa: E402
from core.sockets import checked  # noqa: E402

application = ProtocolTypeRouter(
    {"http": pages, "websocket": checked(URLRouter(socket_urlpatterns))}
)
