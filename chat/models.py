"""Rooms and their messages. The database is the chat; everything else is a hint."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from chat import rooms
from core.models import Visibility, WrittenText
from people.models import Person


class RoomQuerySet(models.QuerySet["Room"]):
    def visible_to(self, person: Any) -> "RoomQuerySet":
        """Return the rooms of things this person may see; signed out, none."""
        if not person.is_authenticated:
            return self.none()
        condition = Q(pk__in=[])
        for kind, things in rooms.visible_things(person):
            condition |= Q(thing_kind=kind, thing_id__in=things.values("pk"))
        return self.filter(condition)


class Room(models.Model):
    """A live conversation that belongs to one thing; `head` is its last message's number."""

    thing_kind = models.CharField(max_length=40)
    thing_id = models.BigIntegerField()
    head = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)

    objects = RoomQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["thing_kind", "thing_id"], name="room_once")]

    def __str__(self) -> str:
        return f"room of {self.thing_kind}:{self.thing_id}"


class ChatMessageQuerySet(models.QuerySet["ChatMessage"]):
    def visible_to(self, person: Any) -> "ChatMessageQuerySet":
        """Return what is said in the rooms a person may enter; removed ones are their author's."""
        shown = Q(visibility=Visibility.VISIBLE)
        if person.is_authenticated:
            shown |= Q(author=person)
        return self.filter(room__in=Room.objects.visible_to(person)).filter(shown)


class ChatMessage(WrittenText):
    """What someone said: numbered in its room without holes, under the room's lock.

    client_id: the sender's own name for it; the same send again is the same message, for ever.
    """

    room = models.ForeignKey(Room, models.CASCADE, related_name="messages")
    number = models.PositiveBigIntegerField()
    author = models.ForeignKey(Person, models.PROTECT, related_name="chat_messages")
    client_id = models.CharField(max_length=64)
    at = models.DateTimeField(default=timezone.now)
    visibility = models.CharField(
        max_length=8, choices=Visibility, default=Visibility.VISIBLE, db_index=True
    )

    objects = ChatMessageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["room", "number"], name="chat_number_once"),
            models.UniqueConstraint(
                fields=["room", "author", "client_id"], name="chat_client_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.room_id}/{self.number}"
