"""What the endpoints of chat take and give."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from chat import queries
from chat.models import MAX_BYTES, ChatMessage, Room, RoomClosure, RoomMark
from core.api import FileOutput, SendSecrets
from core.pages import BIGGEST_KEY
from people.models import Flag, Person
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
    everywhere = serializers.BooleanField(
        default=False,
        help_text="in each room you may enter, what was said lately, of all rooms the last"
        f" {queries.LATELY} rows; else all that was said in those you took part in",
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
