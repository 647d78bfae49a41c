"""Chat for programs."""

from collections.abc import Callable
from typing import Any

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from chat import actions, queries
from chat.models import ChatMessage, Room
from chat.shapes import (
    ClosureInput,
    ConversationOutput,
    ConversationsInput,
    EarlierTextOutput,
    FoundInput,
    MarkOutput,
    MessageEditInput,
    MessageInput,
    MessageOutput,
    MessageRemovalInput,
    MessagesInput,
    PaceInput,
    RoomInput,
    RoomOutput,
    SeenInput,
)
from core.api import ApiViewSet, JsonParser
from core.errors import NotAllowed, NotSeen
from core.files import files_by_thing
from core.limits import own_pace
from people.present import me

MODERATED: dict[int, Any] = {200: RoomOutput, 204: None}  # None: of a room one may not enter


class ChatViews(ApiViewSet):
    """What the endpoints of chat share."""

    filter_backends: list[Any] = []
    queryset = Room.objects.none()

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "files": getattr(self, "files", {})}

    def listed_messages(self, rows: Any) -> Response:
        """Return one page of messages with their files."""
        page = self.paginate_queryset(rows)
        self.files = files_by_thing(row for row in page or [] if row.file_count)
        context = self.get_serializer_context()
        return self.get_paginated_response(MessageOutput(page, many=True, context=context).data)

    def shown_message(self, message: ChatMessage, status: int = 200) -> Response:
        """Return one message with its files."""
        self.files = files_by_thing([message] if message.file_count else [])
        return self.shown(message, MessageOutput, status)


class RoomViews(ChatViews):
    """Rooms of tickets, questions, mentorships, workshops and queues."""

    @extend_schema(parameters=[ConversationsInput], responses=ConversationOutput(many=True))
    def list(self, request: Request) -> Response:
        """List one's conversations, the last one spoken in first."""
        is_unread = self.valid(ConversationsInput, request.query_params)["unread"]
        self.keyset = ("-last_id", "-id")
        return self.listed(queries.own_rooms(me(request), is_unread=is_unread), ConversationOutput)

    @extend_schema(request=RoomInput, responses={200: RoomOutput})
    def open(self, request: Request) -> Response:
        """Return the room of a thing, opened if it was not."""
        data = self.valid(RoomInput)
        room = actions.open_room(actor=me(request), kind=data["kind"], object_id=data["id"])
        return self._room(request, room.pk)

    @extend_schema(responses=RoomOutput)
    def retrieve(self, request: Request, room_id: int) -> Response:
        """Return a room."""
        return self._room(request, room_id)

    @extend_schema(request=SeenInput, responses=MarkOutput)
    @own_pace
    def see(self, request: Request, room_id: int) -> Response:
        """Keep how far you have read; it only moves forward."""
        actions.count_mark(actor=me(request))
        number = self.valid(SeenInput)["number"]
        mark = actions.mark_seen(actor=me(request), room_id=room_id, number=number)
        return self.shown(mark, MarkOutput)

    @extend_schema(request=None, responses=MarkOutput)
    def mute(self, request: Request, room_id: int) -> Response:
        """Hear nothing of a room any more."""
        return self.shown(actions.mute(actor=me(request), room_id=room_id), MarkOutput)

    @extend_schema(responses={200: MarkOutput})
    def unmute(self, request: Request, room_id: int) -> Response:
        """Hear of a room again."""
        return self.shown(actions.unmute(actor=me(request), room_id=room_id), MarkOutput)

    @extend_schema(request=ClosureInput, responses=MODERATED)
    def close(self, request: Request, room_id: int) -> Response:
        """Close a room: it is read, not written.

        Moderators; agents a ticket's. A moderator whom a flag brought to a room they may not enter
        is answered 204, and learns nothing of it.
        """
        actions.close_room(actor=me(request), room_id=room_id, **self.valid(ClosureInput))
        return self._moderated(request, room_id)

    @extend_schema(responses=MODERATED)
    def reopen(self, request: Request, room_id: int) -> Response:
        """Open a closed room again."""
        actions.reopen_room(actor=me(request), room_id=room_id)
        return self._moderated(request, room_id)

    @extend_schema(request=PaceInput, responses=MODERATED)
    def slow(self, request: Request, room_id: int) -> Response:
        """Slow a room down, or (0) no more."""
        seconds = self.valid(PaceInput)["seconds"]
        actions.slow_room(actor=me(request), room_id=room_id, seconds=seconds)
        return self._moderated(request, room_id)

    def _moderated(self, request: Request, room_id: int) -> Response:
        try:
            return self._room(request, room_id)
        except (NotSeen, NotAllowed):  # what was done is done: by who may not enter
            return Response(status=204)

    def _room(self, request: Request, room_id: int) -> Response:
        room = queries.room_seen(request.user, room_id)
        room.closed_for = queries.closed_for(room)
        return self.shown(room, RoomOutput)


class ChatMessageViews(ChatViews):
    """What is said in rooms."""

    parser_classes = [JsonParser, MultiPartParser]  # with files

    @extend_schema(parameters=[MessagesInput], responses=MessageOutput(many=True))
    def list(self, request: Request, room_id: int) -> Response:
        """List what is said, oldest first, from a number on."""
        room = queries.room_seen(request.user, room_id)
        rows = queries.said(request.user, room)
        since = self.valid(MessagesInput, request.query_params)["since"]
        if since:
            rows = rows.filter(number__gt=since)
        self.keyset = ("number",)
        return self.listed_messages(rows)

    @extend_schema(parameters=[FoundInput], responses=MessageOutput(many=True))
    def find(self, request: Request) -> Response:
        """Search what is said in your rooms, newest first."""
        asked = self.valid(FoundInput, request.query_params)
        found = queries.messages_found(request.user, asked["q"], everywhere=asked["everywhere"])
        self.keyset = ("-place",)
        return self.listed_messages(found.prefetch_related("reactions"))

    @extend_schema(request=MessageInput, responses={201: MessageOutput})
    @own_pace
    def say(self, request: Request, room_id: int) -> Response:
        """Say something; it is stored when you have the answer."""
        actions.count_message(actor=me(request))
        queries.room_seen(request.user, room_id)
        data = self.valid(MessageInput)
        uploads = data.pop("attachments")
        message = actions.post_message(actor=me(request), room_id=room_id, uploads=uploads, **data)
        return self.shown_message(message, 201)

    @extend_schema(responses=MessageOutput)
    def retrieve(self, request: Request, room_id: int, number: int) -> Response:
        """Return a message."""
        room = queries.room_seen(request.user, room_id)
        return self.shown_message(queries.message_seen(request.user, room, number))

    @extend_schema(responses=MessageOutput)
    def flagged(self, request: Request, flag_id: int) -> Response:
        """Return the message a flag is about: moderators, also of a room they may not enter."""
        return self.shown_message(queries.flagged_message(request.user, flag_id))

    @extend_schema(responses=EarlierTextOutput(many=True))
    def revisions(self, request: Request, room_id: int, number: int) -> Response:
        """List what a message said before each edit, newest first; moderators alone."""
        room = queries.room_seen(request.user, room_id)
        message = queries.message_seen(request.user, room, number)
        self.keyset = ("-number",)
        return self.listed(queries.earlier_texts(request.user, message), EarlierTextOutput)

    @extend_schema(request=MessageEditInput, responses=MessageOutput)
    def edit(self, request: Request, room_id: int, number: int) -> Response:
        """Change what you said; 409 with the newer text when it was changed since `revision`."""
        data = self.valid(MessageEditInput)
        return self._changed(request, actions.edit_message, room_id, number, **data)

    @extend_schema(request=MessageRemovalInput, responses={204: None})
    def remove(self, request: Request, room_id: int, number: int) -> Response:
        """Take a message away: your own, or (moderators, by a rule) another's."""
        data = self.valid(MessageRemovalInput)
        actions.remove_message(actor=me(request), room_id=room_id, number=number, **data)
        return Response(status=204)

    @extend_schema(responses={200: MessageOutput})
    def restore(self, request: Request, room_id: int, number: int) -> Response:
        """Bring a message back."""
        return self._changed(request, actions.restore_message, room_id, number)

    @extend_schema(request=None, responses=MessageOutput)
    def react(self, request: Request, room_id: int, number: int, emoji: str) -> Response:
        """Add your emoji to a message: 👍 ❤️ 🎉 😄 🤔 ✅."""
        return self._changed(request, actions.react, room_id, number, emoji=emoji)

    @extend_schema(responses={200: MessageOutput})
    def unreact(self, request: Request, room_id: int, number: int, emoji: str) -> Response:
        """Take your emoji back."""
        return self._changed(request, actions.unreact, room_id, number, emoji=emoji)

    def _changed(
        self,
        request: Request,
        action: Callable[..., ChatMessage],
        room_id: int,
        number: int,
        **facts: Any,
    ) -> Response:
        return self.shown_message(
            action(actor=me(request), room_id=room_id, number=number, **facts)
        )


_room = "rooms/<int:room_id>"
_message = f"{_room}/messages/<int:number>"
urlpatterns = [
    path("rooms", RoomViews.as_view({"get": "list", "post": "open"})),
    path(_room, RoomViews.as_view({"get": "retrieve"})),
    path(f"{_room}/mark", RoomViews.as_view({"put": "see"})),
    path(f"{_room}/mute", RoomViews.as_view({"put": "mute", "delete": "unmute"})),
    path(f"{_room}/closure", RoomViews.as_view({"put": "close", "delete": "reopen"})),
    path(f"{_room}/pace", RoomViews.as_view({"put": "slow"})),
    path(f"{_room}/messages", ChatMessageViews.as_view({"get": "list", "post": "say"})),
    path(_message, ChatMessageViews.as_view({"get": "retrieve", "patch": "edit"})),
    path(f"{_message}/revisions", ChatMessageViews.as_view({"get": "revisions"})),
    path(f"{_message}/removal", ChatMessageViews.as_view({"put": "remove", "delete": "restore"})),
    path(
        f"{_message}/reactions/<str:emoji>",
        ChatMessageViews.as_view({"put": "react", "delete": "unreact"}),
    ),
    path("flags/<int:flag_id>/message", ChatMessageViews.as_view({"get": "flagged"})),
    path("messages", ChatMessageViews.as_view({"get": "find"})),
]
