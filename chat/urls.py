"""Addresses of chat: pages and the socket."""

from typing import Any

from django.urls import path

from chat import views
from chat.consumers import ChatConsumer

urlpatterns = [
    path("rooms/<int:room_id>", views.room, name="room"),
    path("rooms/<int:room_id>/messages", views.messages, name="room_messages"),
]
socket_urlpatterns: list[Any] = [path("ws/", ChatConsumer.as_asgi())]
