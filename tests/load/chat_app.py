"""Ours, and beside it what two rows of `make bench-chat` are compared with.

- POST `/bench/rooms/7/messages`: a message that is not stored. Everything around it is the same:
  middlewares, session, form, limit, the room and the right read, Markdown, the message drawn for
  its author, and a frame sent down to who listens. Left out: lock, transaction, row, journal, the
  room's number, and reading the row again for its author and for the listeners.
- The room of BENCH_SLOW_ROOM is asked for by a statement that takes a second, each time. It
  sleeps: one that computes would only show that SQLite shares a core with its process.
"""

import os
import time
from collections.abc import Callable
from contextvars import Context
from typing import Any

from core.asgi import application  # noqa: F401  # first: it makes Django ready; it is what is served

# isort: split
from django.contrib.auth.decorators import login_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone

import core.urls
from chat import actions, queries, rules, storing
from chat.forms import MessageForm
from chat.frames import event_of, text_of
from chat.live import hub
from chat.models import ChatMessage
from core.errors import NotAllowed
from core.markup import write_text
from people.present import me
from people.queries import mention_paths

SLOW_ROOM = int(os.environ.get("BENCH_SLOW_ROOM", "0"))


@login_required
def unstored(request: HttpRequest, room_id: int) -> HttpResponse:
    """Say something that is nowhere afterwards."""
    room, person = queries.room_seen(request.user, room_id), me(request)
    form = MessageForm(request.POST, request.FILES)
    if not form.is_valid() or not rules.can_post(person, room):
        raise NotAllowed
    actions.count_message(actor=person)
    source, client_id = form.cleaned_data["source"], form.cleaned_data["client_id"]
    message = ChatMessage(pk=0, room=room, author=person, client_id=client_id, number=0)
    message.at = timezone.now()
    message.is_reacted_to = False
    write_text(message, source, language=person.spoken[0], mentions=mention_paths(source))
    text = text_of(event_of(message))
    if hub.loop is not None:
        hub.loop.call_soon_threadsafe(hub._tell, room_id, text, context=Context())
    return render(request, "chat/_message.html", {"line": queries.line_said(person, message)})


def slowed(read: Callable[..., Any]) -> Callable[..., Any]:
    """Return a job of the reader that takes a second more for the slow room."""

    def slow(room_id: int, *facts: Any) -> Any:
        if room_id == SLOW_ROOM:
            connection.ensure_connection()
            connection.connection.create_function("sleep", 1, time.sleep)
            with connection.cursor() as cursor:
                cursor.execute("SELECT sleep(1)").fetchall()
        return read(room_id, *facts)

    return slow


core.urls.urlpatterns.append(path("bench/rooms/<int:room_id>/messages", unstored))
if SLOW_ROOM:
    vars(storing).update(growth=slowed(storing.growth), caught_up=slowed(storing.caught_up))
