"""Chat for programs."""

from typing import Any

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from chat import actions, queries
from chat.models import ChatMessage, Room
from core.api import ApiViewSet
from people.models import Person
from people.present import me


class RoomInput(serializers.Serializer[Any]):
    kind = serializers.CharField(max_length=40)
    id = serializers.IntegerField(min_value=1, max_value=2**62)


class RoomOutput(serializers.ModelSerializer[Room]):
    kind = serializers.CharField(source="thing_kind")

    class Meta:
        model = Room
        fields = ["id", "kind", "thing_id", "head"]


class AuthorOutput(serializers.ModelSerializer[Person]):
    name = serializers.CharField(source="display_name")

    class Meta:
        model = Person
        fields = ["handle", "name"]


class MessagesInput(serializers.Serializer[Any]):
    since = serializers.IntegerField(
        min_value=0, max_value=2**62, required=False, default=0, help_text="only later numbers"
    )


class MessageInput(serializers.Serializer[Any]):
    source = serializers.CharField(max_length=8000)  # type: ignore[assignment]
    client_id = serializers.CharField(max_length=64, help_text="yours; the same again is once")


class MessageOutput(serializers.ModelSerializer[ChatMessage]):
    room = serializers.IntegerField(source="room_id")
    author = AuthorOutput()

    class Meta:
        model = ChatMessage
        fields = ["room", "number", "author", "source", "html", "at"]


class RoomViews(ApiViewSet):
    """Rooms of tickets, mentorships and other things, and what is said there."""

    queryset = Room.objects.none()
    filter_backends: list[Any] = []

    @extend_schema(request=RoomInput, responses={200: RoomOutput})
    def open(self, request: Request) -> Response:
        """Return the room of a thing, opened if it was not."""
        data = self.valid(RoomInput)
        room = actions.open_room(actor=me(request), kind=data["kind"], object_id=data["id"])
        return self.shown(room, RoomOutput)

    @extend_schema(responses=RoomOutput)
    def retrieve(self, request: Request, room_id: int) -> Response:
        """Return a room."""
        return self.shown(queries.room_seen(request.user, room_id), RoomOutput)

    @extend_schema(parameters=[MessagesInput], responses=MessageOutput(many=True))
    def messages(self, request: Request, room_id: int) -> Response:
        """List what is said, oldest first, from a number on."""
        room = queries.room_seen(request.user, room_id)
        rows = queries.said(request.user, room)
        since = self.valid(MessagesInput, request.query_params)["since"]
        if since:
            rows = rows.filter(number__gt=since)
        self.keyset = ("number",)
        return self.listed(rows, MessageOutput)

    @extend_schema(request=MessageInput, responses={201: MessageOutput})
    def say(self, request: Request, room_id: int) -> Response:
        """Say something; it is stored when you have the answer."""
        queries.room_seen(request.user, room_id)
        data = self.valid(MessageInput)
        message = actions.post_message(actor=me(request), room_id=room_id, **data)
        return self.shown(message, MessageOutput, 201)


urlpatterns = [
    path("rooms", RoomViews.as_view({"post": "open"})),
    path("rooms/<int:room_id>", RoomViews.as_view({"get": "retrieve"})),
    path("rooms/<int:room_id>/messages", RoomViews.as_view({"get": "messages", "post": "say"})),
]
