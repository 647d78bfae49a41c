"""Telling people what they missed in rooms: their browsers within minutes, by mail when they chose.

Neither brings the words of somebody whom its reader keeps away from; the room itself shows them.
Both move a mark (RoomMark.told, RoomMark.digested) in the transaction that writes what is sent, so
that nothing is told twice however often, or from how many workers, these are called.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chat import rules
from chat.actions.mentioning import notices_of, read_notices_of
from chat.missed import MISSED_AFTER, Missed, Reached, Said, missed_by
from chat.models import ChatMessage, Room, RoomMark, address_of
from chat.rooms import place_of
from core import replies, things
from core.errors import NotSeen
from core.markup import excerpt
from core.models import Visibility
from people import notices
from people.actions import push_to
from people.digests import Part
from people.models import Block, NoticeChoice, Person, PushSubscription
from people.mornings import is_due
from people.queries import digest_of

TOLD_FOR = timedelta(hours=1)  # what was said longer ago is left to the mail
DIGESTED_FOR = timedelta(days=7)
ROOMS_A_MAIL = 50
LINES_A_ROOM = 3
LINE_LENGTH = 120


def tell_missed() -> int:
    """Give a task to each push there is to make of the last hour; return how many there are.

    Eight queries (and those of kinds without `participant_ids`) find them, however many there are.
    """
    from chat.tasks import tell as tell_later

    people = Person.objects.active().filter(
        Exists(PushSubscription.objects.filter(person=OuterRef("pk")))
    )
    found = _missed(people, "told", timezone.now(), TOLD_FOR)
    for one in found:
        tell_later.enqueue(person_id=one.person_id, room_id=one.room_id)
    return len(found)


def due_digests(now: datetime) -> dict[int, list[int]]:
    """Return whose hour for a mail has come, with the rooms that are in it. Nine queries."""
    off = NoticeChoice.objects.filter(person=OuterRef("pk"), digest=NoticeChoice.Digest.OFF)
    found = _missed(Person.objects.active().filter(~Exists(off)), "digested", now, DIGESTED_FOR)
    wants = _digests({one.person_id for one in found})
    rooms_of: dict[int, list[int]] = {}
    due: set[int] = set()
    for one in sorted(found, key=lambda one: one.since):  # what waits longest is in the mail
        rooms_of.setdefault(one.person_id, []).append(one.room_id)
        digest, zone = wants[one.person_id]
        if is_due(digest, one.since, now, zone):
            due.add(one.person_id)
    return {person_id: rooms_of[person_id][:ROOMS_A_MAIL] for person_id in sorted(due)}


def _digests(ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """Return, by person, how often they want a mail and their time zone."""
    rows = Person.objects.filter(pk__in=ids)
    return {
        pk: (digest or NoticeChoice.Digest.DAILY, zone)
        for pk, digest, zone in rows.values_list("pk", "notice_choice__digest", "time_zone")
    }


def _said(now: datetime, window: timedelta) -> QuerySet[ChatMessage]:
    """Return what was said, and still stands, long enough ago to be missed and within a window."""
    return ChatMessage.objects.filter(
        kind=ChatMessage.Kind.MESSAGE,
        visibility=Visibility.VISIBLE,
        at__gt=now - window,
        at__lte=now - MISSED_AFTER,
    )


def _missed(people: QuerySet[Person], mark: str, now: datetime, window: timedelta) -> list[Missed]:
    """Return who of these people missed what; mark: of RoomMark, what they were told already."""
    rows = _said(now, window).order_by().values_list("room_id", "number", "author_id", "at")
    said = [Said(*row) for row in rows if row[2] is not None]
    room_ids = {message.room_id for message in said}
    if not room_ids:
        return []
    marks = RoomMark.objects.filter(room__in=room_ids)
    reached = {
        (room_id, person_id): Reached(max(seen, told), muted_at is not None)
        for room_id, person_id, seen, told, muted_at in marks.values_list(
            "room_id", "person_id", "seen", mark, "muted_at"
        )
    }
    members = _members(room_ids, reached)
    wanted = set(people.filter(pk__in=set().union(*members.values())).values_list("pk", flat=True))
    kept = {room_id: ids & wanted for room_id, ids in members.items()}
    authors = {message.author_id for message in said}
    away = Block.objects.filter(blocked__in=authors, person__in=wanted)
    pairs = set(away.values_list("person_id", "blocked_id"))
    return missed_by(said, kept, reached, now, pairs)


def _members(room_ids: Collection[int], marked: Iterable[tuple[int, int]]) -> dict[int, set[int]]:
    """Return the people of each room: of its thing, those who were there, those who spoke."""
    members: dict[int, set[int]] = {room_id: set() for room_id in room_ids}
    for room_id, person_id in marked:
        members[room_id].add(person_id)
    spoke = ChatMessage.objects.filter(room__in=room_ids, author__isnull=False).order_by()
    for room_id, person_id in spoke.values_list("room_id", "author_id").distinct():
        members[room_id].add(person_id)
    by_kind: dict[str, dict[int, int]] = {}
    for room in Room.objects.filter(pk__in=room_ids):
        by_kind.setdefault(room.thing_kind, {})[room.thing_id] = room.pk
    for kind, room_of in by_kind.items():
        try:
            pairs = things.participants_of(kind, list(room_of))
        except NotSeen:  # the room of the house that declared it is gone
            continue
        for thing_id, person_id in pairs:
            members[room_of[thing_id]].add(person_id)
    return members


@transaction.atomic
def tell(*, person_id: int, room_id: int) -> bool:
    """Put on its way to a person's browsers what they missed in a room; False: nothing, any more.

    Everything is looked at again under the lock of the person's mark. What names them came by
    a notice of its own.
    """
    person = Person.objects.active().filter(pk=person_id).first()
    room = _entered(person, [room_id]).get(room_id)
    if person is None or room is None:
        return False
    mark = _locked_marks(person, [room_id])[room_id]
    said = _said(timezone.now(), TOLD_FOR)
    new = _new_to(person, mark, max(mark.seen, mark.told), said)
    rows = list(new.annotate(is_told=notices_of(person)).values_list("number", "is_told"))
    if not rows:
        return False
    mark.told = rows[-1][0]
    mark.save(update_fields=["told"])
    numbers = [number for number, is_told in rows if not is_told]
    if not numbers:
        return False
    with translation.override(person.interface_language):
        title = counted(len(numbers)) % {
            "count": len(numbers),
            "room": notices.ISOLATED.format(_label(person, room)),
        }
    sent = push_to(
        person=person,
        title=title,
        url=address_of(room.pk, numbers[0]),
        tag=f"room-{room.pk}",
        kind="chat.room",
        object_id=room.pk,
    )
    return sent > 0


def counted(count: int) -> str:
    """Return the sentence for so many messages, with its `%(count)s` and `%(room)s`."""
    return ngettext(
        "%(count)s new message in “%(room)s”", "%(count)s new messages in “%(room)s”", count
    )


@dataclass(frozen=True)
class Line:
    """A message as a mail shows it."""

    name: str
    text: str
    at: datetime


@dataclass(frozen=True)
class RoomDigest:
    """What a mail tells of one room; `more`: how many messages have no line.

    token: of core.replies, with which its reader says something there; empty where it is closed.
    """

    title: str
    url: str
    lines: list[Line]
    more: int
    token: str

    @property
    def reply_address(self) -> str:
        """Return where an answer goes to; empty where there can be none."""
        return replies.reply_address(self.token) if self.token else ""


def collect_digest(person: Person, room_ids: list[int], now: datetime) -> Part | None:
    """Return what a person missed in these rooms, for their digest; None: nothing, any more.

    The marks move in the caller's transaction, under their lock: never twice, none lost. The part's
    `told`: `rooms`, each [id, its mark before, after], and `messages`, the ids of those it shows.
    """
    entered = _entered(person, room_ids)
    marks = _locked_marks(person, sorted(entered))
    wants, digests = digest_of(person), []
    told: dict[str, list[Any]] = {"rooms": [], "messages": []}
    is_time = False
    for room_id, mark in marks.items():
        reached = max(mark.seen, mark.digested)
        new = _new_to(person, mark, reached, _said(now, DIGESTED_FOR))
        new = new.exclude(read_notices_of(person))
        rows = list(new.select_related("author").defer("source"))
        if not rows:
            continue
        is_time = is_time or is_due(wants, rows[0].at, now, person.time_zone)
        digests.append(_digest(person, entered[room_id], rows))
        told["rooms"].append([room_id, mark.digested, rows[-1].number])
        told["messages"] += [row.pk for row in rows[:LINES_A_ROOM]]
        mark.digested = rows[-1].number
    if not is_time:
        return None
    RoomMark.objects.bulk_update(marks.values(), ["digested"])
    title = digests[0].title if len(digests) == 1 else _("What you missed in live conversations")
    token = digests[0].token if len(digests) == 1 else ""
    return Part(title, "mail/chat/_digest.txt", {"rooms": digests}, token, told)


def digest_stands(person: Person, told: dict[str, list[Any]]) -> bool:
    """Whether a person may enter the rooms of a digest, and nothing it shows was taken away."""
    rooms = [room_id for room_id, _before, _after in told["rooms"]]
    shown = ChatMessage.objects.filter(pk__in=told["messages"], visibility=Visibility.VISIBLE)
    return len(_entered(person, rooms)) == len(rooms) and shown.count() == len(told["messages"])


def give_digest_back(person: Person, told: dict[str, list[Any]]) -> None:
    """Put the marks back to before a digest; not where a later one went on from it."""
    for room_id, before, after in told["rooms"]:
        marks = RoomMark.objects.filter(person=person, room=room_id, digested=after)
        marks.update(digested=before)


def _digest(person: Person, room: Room, rows: list[ChatMessage]) -> RoomDigest:
    shown = rows[:LINES_A_ROOM]
    label = _label(person, room)
    return RoomDigest(
        title=counted(len(rows)) % {"count": len(rows), "room": label},
        url=f"{settings.PUBLIC_URL}{rows[0].address}",
        lines=[
            Line(notices.name_of(row.author), excerpt(row.html, LINE_LENGTH), row.at)
            for row in shown
        ],
        more=len(rows) - len(shown),
        token="" if room.is_closed else replies.token_of("chat.room", room.pk, person.pk),
    )


def _entered(person: Person | None, room_ids: list[int]) -> dict[int, Room]:
    """Return those of these rooms that a person may enter now."""
    if person is None:
        return {}
    rooms = Room.objects.visible_to(person).filter(pk__in=room_ids).with_closure()
    return {room.pk: room for room in rooms if rules.can_enter(person, room)}


def _locked_marks(person: Person, room_ids: list[int]) -> dict[int, RoomMark]:
    """Return the person's marks by room, locked, made where there were none."""
    RoomMark.objects.bulk_create(
        [RoomMark(room_id=room_id, person=person) for room_id in room_ids], ignore_conflicts=True
    )
    marks = RoomMark.objects.select_for_update().filter(person=person, room__in=room_ids)
    return {mark.room_id: mark for mark in marks.order_by("room_id")}


def _new_to(
    person: Person, mark: RoomMark, reached: int, said: QuerySet[ChatMessage]
) -> QuerySet[ChatMessage]:
    """Return what others said in the mark's room beyond a number, in order; muted, nothing.

    Nothing of those the person keeps away from; that they do is theirs alone to know, so that
    the others are told as before.
    """
    if mark.muted_at is not None:
        return said.none()
    away = Block.objects.filter(person=person, blocked=OuterRef("author"))
    new = said.filter(~Exists(away), room=mark.room_id, number__gt=reached).exclude(author=person)
    return new.order_by("number")


def _label(person: Person, room: Room) -> str:
    """Return what the room's thing is called."""
    row: Any = place_of(room.thing_kind, room.thing_id, person)
    return things.label_of(row)
