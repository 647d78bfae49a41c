"""Addresses of chat: sockets."""

from typing import Any

socket_urlpatterns: list[Any] = []
urlpatterns: list[Any] = []
