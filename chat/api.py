"""Chat for programs."""

from collections.abc import Callable
from typing import Any

from django.urls import path
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from chat import actions, queries
from chat.models import MAX_BYTES, ChatMessage, Room, RoomClosure, RoomMark
from core.api import ApiViewSet, FileOutput, JsonParser, SendSecrets
from core.errors import NotAllowed, NotSeen
from core.files import files_by_thing
from core.limits import own_pace
from core.pages import BIGGEST_KEY
from people.models import Flag, Person
from people.present import me
from people.rules import BY_AUTHOR


class RoomInput(serializers.Serializer[Any]):
    kind = serializers.CharField(max_length=40)
    id = serializers.IntegerField(min_value=1, max_value=2**62)


class RoomOutput(serializers.ModelSerializer[Room]):
    kind = serializers.CharField(source="thing_kind")
    is_closed = serializers.BooleanField()
    closed_for = serializers.CharField(help_text="why it is closed; empty: it is not")
    seen = serializers.IntegerField(help_text="up to which number you have read")
    is_muted = serializers.BooleanField()

    class Meta:
        model = Room
        fields = [
            "id",
            "kind",
            "thing_id",
            "head",
            "slow_seconds",
            "is_closed",
            "closed_for",
            "seen",
            "is_muted",
        ]


class ConversationOutput(RoomOutput):
    unread = serializers.IntegerField(help_text="messages of others above `seen`")

    class Meta(RoomOutput.Meta):
        fields = [*RoomOutput.Meta.fields, "unread"]


class ConversationsInput(serializers.Serializer[Any]):
    unread = serializers.BooleanField(
        required=False, default=False, help_text="only those with unread messages"
    )


class AuthorOutput(serializers.ModelSerializer[Person]):
    name = serializers.CharField(source="display_name")

    class Meta:
        model = Person
        fields = ["handle", "name"]


class MessagesInput(serializers.Serializer[Any]):
    since = serializers.IntegerField(
        min_value=0, max_value=2**62, required=False, default=0, help_text="only later numbers"
    )


class FoundInput(serializers.Serializer[Any]):
    q = serializers.CharField(
        max_length=100,
        min_length=queries.SHORTEST_SEARCH,
        help_text="words, each of which is in it, whatever their case and accents",
    )


class MessageInput(serializers.Serializer[Any]):
    source = serializers.CharField(  # type: ignore[assignment]
        max_length=MAX_BYTES, required=False, allow_blank=True, default=""
    )
    client_id = serializers.CharField(max_length=64, help_text="yours; the same again is once")
    reply_to = serializers.IntegerField(
        min_value=1, max_value=BIGGEST_KEY, required=False, allow_null=True, default=None
    )
    attachments = serializers.ListField(
        child=serializers.FileField(), required=False, default=list, help_text="multipart only"
    )
    send_secrets = SendSecrets()


class MessageEditInput(serializers.Serializer[Any]):
    source = serializers.CharField(max_length=MAX_BYTES, allow_blank=True)  # type: ignore[assignment]
    revision = serializers.IntegerField(
        min_value=1, max_value=BIGGEST_KEY, help_text="the message's, as you read it"
    )
    send_secrets = SendSecrets()


class MessageRemovalInput(serializers.Serializer[Any]):
    rule = serializers.ChoiceField(
        choices=[(BY_AUTHOR, BY_AUTHOR), *Flag.Reason.choices],
        required=False,
        default=BY_AUTHOR,
        help_text="`author`: one's own",
    )
    reason = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


class SeenInput(serializers.Serializer[Any]):
    number = serializers.IntegerField(min_value=0, max_value=BIGGEST_KEY)


class ClosureInput(serializers.Serializer[Any]):
    rule = serializers.ChoiceField(
        choices=RoomClosure.Rule.choices,
        required=False,
        default=RoomClosure.Rule.OVER,
        help_text="told in the moderation log; the reason is not",
    )
    reason = serializers.CharField(max_length=500)


class PaceInput(serializers.Serializer[Any]):
    seconds = serializers.IntegerField(
        min_value=0, max_value=3600, help_text="between two messages of a person; 0: none"
    )


class MarkOutput(serializers.ModelSerializer[RoomMark]):
    room = serializers.IntegerField(source="room_id")

    class Meta:
        model = RoomMark
        fields = ["room", "seen", "seen_at", "muted_at"]


class ReactionsOutput(serializers.Serializer[Any]):
    emoji = serializers.CharField()
    count = serializers.IntegerField()
    is_mine = serializers.BooleanField()


class MessageOutput(serializers.ModelSerializer[ChatMessage]):
    room = serializers.IntegerField(source="room_id")
    author = AuthorOutput()
    reply_to = serializers.IntegerField(source="reply_to.number", default=None, allow_null=True)
    reactions = serializers.SerializerMethodField()
    attachments = serializers.SerializerMethodField()

    class Meta:
        model = ChatMessage
        fields = [
            "room",
            "number",
            "client_id",
            "author",
            "source",
            "html",
            "at",
            "revision",
            "edited_at",
            "reply_to",
            "reactions",
            "attachments",
        ]

    @extend_schema_field(ReactionsOutput(many=True))
    def get_reactions(self, row: ChatMessage) -> list[dict[str, Any]]:
        tally = queries.tallied(row.reactions.all(), self.context["request"].user.pk)
        return [
            {"emoji": emoji, "count": count, "is_mine": is_mine} for emoji, count, is_mine in tally
        ]

    @extend_schema_field(FileOutput(many=True))
    def get_attachments(self, row: ChatMessage) -> list[dict[str, Any]]:
        files = self.context["files"].get(row.pk, [])
        return [dict(file) for file in FileOutput(files, many=True).data]


class EarlierTextOutput(serializers.ModelSerializer[ChatMessage]):
    until = serializers.DateTimeField(source="at", help_text="when it was edited")

    class Meta:
        model = ChatMessage
        fields = ["number", "until", "source"]
        extra_kwargs = {"number": {"help_text": "of the edit, in the room's stream"}}


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
        """Search what is said in the rooms you may enter, newest first."""
        words = self.valid(FoundInput, request.query_params)["q"]
        found = queries.messages_found(request.user, words).prefetch_related("reactions")
        return self.listed_messages(found)

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
