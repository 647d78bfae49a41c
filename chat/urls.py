"""Addresses of chat: pages, the socket, and the events without one."""

from typing import Any

from django.urls import path

from chat import views
from chat.consumers import ChatConsumer
from chat.streams import EventsConsumer

_room = "rooms/<int:room_id>"
_message = f"{_room}/messages/<int:number>"
urlpatterns = [
    path("rooms", views.rooms, name="rooms"),
    path(_room, views.room, name="room"),
    path(f"{_room}/mark", views.mark, name="room_mark"),
    path(f"{_room}/mute", views.mute, name="room_mute"),
    path(f"{_room}/mute/undo", views.unmute, name="room_unmute"),
    path(f"{_room}/closure", views.closure, name="room_closure"),
    path(f"{_room}/closure/undo", views.undo_closure, name="room_closure_undo"),
    path(f"{_room}/pace", views.pace, name="room_pace"),
    path(f"{_room}/messages", views.messages, name="room_messages"),
    path(_message, views.message, name="room_message"),
    path(f"{_message}/edit", views.edit, name="room_message_edit"),
    path(f"{_message}/revisions", views.revisions, name="room_message_revisions"),
    path(f"{_message}/removal", views.removal, name="room_removal"),
    path(f"{_message}/removal/undo", views.undo_removal, name="room_removal_undo"),
    path(f"{_message}/reactions", views.reactions, name="room_reactions"),
    path(f"{_message}/reactions/undo", views.undo_reaction, name="room_reactions_undo"),
]
socket_urlpatterns: list[Any] = [path("ws/", ChatConsumer.as_asgi())]
LIVE = "/live/"
live_application: Any = EventsConsumer.as_asgi()
