"""Rooms and what happens in them. The database is the chat; everything else is a hint."""

from typing import Any

from django.db import models
from django.db.models import Exists, ExpressionWrapper, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chat import rooms
from core.models import Visibility, WrittenText
from people.models import Flag, Person
from people.rules import has_role

# What a message is answered with, without words.
EMOJI = ("👍", "❤️", "🎉", "😄", "🤔", "✅")
MAX_BYTES = 8 * 1024  # of one message; no face takes more letters, since none is less than a byte


def _is(condition: Q) -> Any:
    return ExpressionWrapper(condition, output_field=models.BooleanField())


class RoomQuerySet(models.QuerySet["Room"]):
    def visible_to(self, person: Any, kind: str | None = None) -> "RoomQuerySet":
        """Return the rooms of things this person may see; signed out, none.

        kind: of things of this kind alone. Who asks for one room knows it (queries.kind_of), and
        the rules of all the others, which take milliseconds to be made, are not asked.
        """
        if not person.is_authenticated:
            return self.none()
        condition = Q(pk__in=[])
        for one, things in rooms.visible_things(person, kind):
            # Asked of each room's one thing: a list of all that is visible would be read whole.
            there = Exists(things.filter(pk=OuterRef("thing_id")))
            condition |= Q(there, thing_kind=one)
        return self.filter(condition)

    def with_closure(self) -> "RoomQuerySet":
        """Add `is_over`: what it belongs to is; and `is_closed`: that, or closed by someone."""
        closed = Q(Exists(RoomClosure.objects.filter(room=OuterRef("pk"), undone_at=None)))
        over = rooms.is_over()
        facts = {"is_over": _is(over), "is_closed": _is(closed | over)}
        return self.annotate(**facts)

    def read_by(self, person_id: int) -> "RoomQuerySet":
        """Add what with_closure does, and of this reader `seen`, `is_known`, `is_muted`.

        seen: up to which number they read, 0 as well for who never did (`is_known` tells).
        is_opened: for people to talk in; else the room tells of its thing's news alone.
        """
        marked = RoomMark.objects.filter(room=OuterRef("pk"))
        marks = marked.filter(person=person_id)
        said = ChatMessage.objects.filter(room=OuterRef("pk"), kind="message")
        facts = {
            "is_opened": Exists(marked) | Exists(said),
            "seen": Coalesce(Subquery(marks.values("seen")[:1]), Value(0)),
            "is_known": Exists(marks),
            "is_muted": Exists(marks.filter(muted_at__isnull=False)),
        }
        return self.with_closure().annotate(**facts)


class Room(models.Model):
    """A live conversation that belongs to one thing.

    head: the number of its last row. said: that of the last row in which something is said, which
    may have been taken away since; what only happened moves the head alone.
    is_over and what follows are there for who asked for them (with_closure, read_by, own_rooms).
    """

    is_over: bool
    is_closed: bool
    closed_for: str
    is_opened: bool
    seen: int
    is_known: bool
    is_muted: bool

    thing_kind = models.CharField(max_length=40)
    thing_id = models.BigIntegerField()
    head = models.PositiveBigIntegerField(default=0)
    said = models.PositiveBigIntegerField(default=0, db_default=0)
    slow_seconds = models.PositiveSmallIntegerField(default=0)  # between two messages of a person
    created_at = models.DateTimeField(default=timezone.now)

    objects = RoomQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["thing_kind", "thing_id"], name="room_once")]

    def __str__(self) -> str:
        return f"room of {self.thing_kind}:{self.thing_id}"

    @property
    def live(self) -> str:
        """Which room tells of news here, and from which number on: `7:12`."""
        return f"{self.pk}:{self.head}"

    @property
    def closing_rules(self) -> list[tuple[str, Any]]:
        """What a moderator chooses from who closes it: key and words."""
        return RoomClosure.Rule.choices


class RoomClosure(models.Model):
    """A room closed by a moderator: read, not written. At most one is open a room.

    rule: told to everyone in the moderation log, empty of those from before there was one; reason:
    to those who talk there alone.
    """

    class Rule(models.TextChoices):
        OVER = "over", _("What was to be said is said")
        OFF_TOPIC = "off_topic", _("It is not about what we help with")
        DISPUTE = "dispute", _("The talk became a dispute")
        SPAM = "spam", _("It draws advertising")

    room = models.ForeignKey(Room, models.CASCADE, related_name="closures")
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    rule = models.CharField(max_length=10, choices=Rule, blank=True)
    reason = models.CharField(max_length=500)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["room"], condition=Q(undone_at=None), name="closure_open_once"
            )
        ]

    def __str__(self) -> str:
        return f"closure of {self.room_id}"


class RoomMarkQuerySet(models.QuerySet["RoomMark"]):
    def behind(self) -> "RoomMarkQuerySet":
        """Return those in rooms that are not muted, below the last that was said there.

        Rights are not asked, nor who said it, nor whether it was taken away since: few small rows
        by index, for every page to count (queries.rooms_unread is exact).
        """
        return self.filter(muted_at=None, seen__lt=F("room__said"))


class RoomMark(models.Model):
    """How far a person is in a room, and whether they want to hear of it.

    seen: the number they read up to. told: the number up to which Web Push told them, digested:
    up to which a mail did; both move before or with the telling, so that nothing is told twice.
    """

    room = models.ForeignKey(Room, models.CASCADE, related_name="marks")
    person = models.ForeignKey(Person, models.CASCADE, related_name="room_marks")
    seen = models.PositiveBigIntegerField(default=0)
    told = models.PositiveBigIntegerField(default=0)
    digested = models.PositiveBigIntegerField(default=0)
    muted_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(default=timezone.now)

    objects = RoomMarkQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["room", "person"], name="room_mark_once")]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.room_id}: {self.seen}"


def is_in_a_room_of(person: Any) -> Exists:
    """Return the condition on messages that this person may enter their room.

    Asked of each message's room: from a list SQLite would read all rooms there are.
    """
    return Exists(Room.objects.visible_to(person).filter(pk=OuterRef("room")))


class ChatMessageQuerySet(models.QuerySet["ChatMessage"]):
    def visible_to(self, person: Any) -> "ChatMessageQuerySet":
        """Return what is said in the rooms a person may enter, and none of the other rows.

        What is taken away is its author's and the moderators' alone. Moderators also see what
        someone in the room flagged: that message, and nothing around it.
        """
        said = self.filter(kind="message")
        entered = Q(is_in_a_room_of(person))
        if has_role(person, "moderator"):
            flags = Flag.objects.filter(thing_kind="chat.message", thing_id=OuterRef("pk"))
            return said.filter(entered | Exists(flags))
        said = said.filter(entered)
        shown = Q(visibility__walked=Visibility.VISIBLE)
        if person.is_authenticated:
            shown |= Q(author=person)
        return said.filter(shown)


class ChatMessage(WrittenText):
    """A row of a room's stream: something said, or something that happened to what was said.

    Numbered in its room without holes, under the room's lock. client_id: the sender's own name
    for it; the same send again is the same message, for ever. Every change of an older message
    is a row of its own (`about`), so that who resumes by number learns of it too.

    is_reacted_to is there where it is known: read for a page, or because the message is new.
    """

    is_reacted_to: bool

    class Kind(models.TextChoices):
        MESSAGE = "message"
        EDITED = "edited"  # of `about`; `source` is what it said before
        REMOVED = "removed"  # of `about`
        RESTORED = "restored"  # of `about`
        REACTED = "reacted"  # to `about`, with detail["emoji"]
        UNREACTED = "unreacted"  # the same taken back
        CHANGED = "changed"  # the thing itself: its page has news; detail["verb"] is the journal's
        CLOSED = "closed"
        REOPENED = "reopened"
        SLOWED = "slowed"  # detail["seconds"]; 0: no more

    room = models.ForeignKey(Room, models.CASCADE, related_name="messages")
    number = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.MESSAGE)
    author = models.ForeignKey(Person, models.PROTECT, null=True, related_name="chat_messages")
    client_id = models.CharField(max_length=64)
    about = models.ForeignKey("self", models.CASCADE, null=True, related_name="later")
    reply_to = models.ForeignKey("self", models.SET_NULL, null=True, related_name="replies")
    detail = models.JSONField(default=dict)  # stable keys, numbers and one emoji: no words
    file_count = models.PositiveSmallIntegerField(default=0)
    at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True)
    visibility = models.CharField(max_length=8, choices=Visibility, default=Visibility.VISIBLE)

    objects = ChatMessageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["room", "number"], name="chat_number_once"),
            models.UniqueConstraint(
                fields=["room", "author", "client_id"],
                name="chat_client_once",
            ),
            # What nobody did has no author, and null is never twice.
            models.UniqueConstraint(
                fields=["room", "client_id"],
                condition=Q(author=None),
                name="chat_nobodys_client_once",
            ),
            models.CheckConstraint(
                condition=Q(author__isnull=False) | ~Q(kind="message"),
                name="chat_message_has_author",
            ),
        ]
        # Once a minute what was said within an hour is looked for, in all rooms (actions.telling).
        indexes = [models.Index(fields=["visibility", "at"], name="chat_message_at")]

    def __str__(self) -> str:
        return f"{self.room_id}/{self.number}"

    @property
    def address(self) -> str:
        """Return where it stands in its room's pages."""
        return address_of(self.room_id, self.number)


def address_of(room_id: int, number: int) -> str:
    """Return where a message stands in its room's pages, however much was said after it."""
    return f"/rooms/{room_id}?at={number}#message-{number}"


class Reaction(models.Model):
    """One emoji of one person to one message."""

    message = models.ForeignKey(ChatMessage, models.CASCADE, related_name="reactions")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    emoji = models.CharField(max_length=16)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "person", "emoji"], name="reaction_once")
        ]

    def __str__(self) -> str:
        return f"{self.emoji} to {self.message_id}"
