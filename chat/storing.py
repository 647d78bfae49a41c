"""What the live layer asks of the database, each in one job of a reader's thread."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Count, QuerySet
from django.utils import timezone

from chat import queries
from chat.cursor import FAR, Frame
from chat.entrants import who_may_enter
from chat.frames import text_of
from chat.models import Room, RoomMark
from core.among import among
from people import second_factor
from people.models import Notice, Person, Session
from people.models.standing import MOST_UNREAD

OUT = {Person.State.SUSPENDED, Person.State.ERASED}


@dataclass(frozen=True, slots=True)
class Caught:
    """What a listener missed: the room's last number, and the frames after theirs."""

    head: int
    frames: list[Frame]


class News(NamedTuple):
    """A person's figures: notices unread, and rooms with words unread.

    rooms: what RoomMark.objects.behind() counts, which may be one's own or taken away since; a page
    that is told of another figure asks for what is so.
    """

    unread: int = 0
    rooms: int = 0


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look around found: heads by room, figures by person, and who is out."""

    heads: dict[int, int]
    news: dict[int, News]
    out: set[int]


def greeting(person: Any, session: Any) -> tuple[News, bool, bool]:
    """Return the person's figures, whether they are out, and whether a second factor lacks."""
    if person.unread_notices is None or person.rooms_behind is None:
        news = _news_of([person.pk])[person.pk]
    else:
        news = News(person.unread_notices, person.rooms_behind)
    known = session is not None and session.get(second_factor.KNOWN)
    lacks = not known and second_factor.is_missing(person)
    return news, person.state_now in OUT, lacks


def caught_up(room_id: int, person_id: int, since: int | None, limit: int) -> Caught | None:
    """Return what comes after a number; None when this person may not enter now.

    since: None asks for the head alone. Nothing is read for who is far behind. The right is read
    after the events: who lost it before one of them was said is not told of it.
    """
    head = Room.objects.filter(pk=room_id).values_list("head", flat=True).first()
    if head is None:
        return None
    frames: list[Frame] = []
    if since is not None and since < head <= since + FAR:
        frames = frames_after(room_id, since, limit)
    return Caught(head, frames) if who_may_enter(room_id, [person_id]) else None


def growth(room_id: int, since: int, people: Collection[int]) -> tuple[list[Frame], set[int]]:
    """Return what comes after a number, and who of the listening people may enter after that."""
    return frames_after(room_id, since, queries.EVENTS), who_may_enter(room_id, people)


def frames_after(room_id: int, since: int, limit: int) -> list[Frame]:
    """Return the rows after a number as they are sent, in order; rights not checked."""
    events = queries.events_since(room_id, since, limit)
    texts = [(event["number"], text_of(event)) for event in events]
    return [(number, text, len(text.encode())) for number, text in texts]


def look(room_ids: list[int], person_ids: list[int]) -> Looked:
    """Look around for everyone who is connected: four queries."""
    heads = queries.heads(room_ids) if room_ids else {}
    return Looked(heads, _news_of(person_ids), out_of(person_ids))


def _news_of(person_ids: Collection[int]) -> dict[int, News]:
    notices = Notice.objects.unread().filter(among("person", person_ids))
    marks = RoomMark.objects.behind().filter(among("person", person_ids))
    unread, rooms = _counts(notices), _counts(marks)
    return {one: News(unread.get(one, 0), rooms.get(one, 0)) for one in person_ids}


def _counts(rows: QuerySet[Any]) -> dict[int, int]:
    counted = rows.values_list("person").annotate(count=Count("pk")).order_by()
    return {person_id: min(count, MOST_UNREAD) for person_id, count in counted}


def out_of(person_ids: Collection[int]) -> set[int]:
    """Return who of these people are suspended or erased now."""
    away = Person.objects.filter(among("pk", person_ids), state__in=OUT)
    return {person.pk for person in away if person.state_now in OUT}


def rooms_of(things: Collection[tuple[str, int]]) -> set[int]:
    """Return the rooms of these things, each (kind, id)."""
    found: set[int] = set()
    for kind, thing_id in things:
        rooms = Room.objects.filter(thing_kind=kind, thing_id=thing_id)
        found.update(rooms.values_list("pk", flat=True))
    return found


def entrants(rooms: Mapping[int, Collection[int]]) -> dict[int, set[int]]:
    """Return who of the people in each room may enter it now."""
    return {room_id: who_may_enter(room_id, people) for room_id, people in rooms.items()}


def signed_out(sessions: dict[str, tuple[int, str]]) -> set[str]:
    """Return which sessions are over: ended, out of date, or of before a new password.

    sessions: key to the person's id, and what the session holds of their password. Two queries.
    """
    rows = Session.objects.filter(session_key__in=sessions, expire_date__gt=timezone.now())
    alive = set(rows.values_list("session_key", flat=True))
    person_ids = {person_id for person_id, _hash in sessions.values()}
    people = Person.objects.filter(among("pk", person_ids)).only("pk", "password")
    hashes = {person.pk: person.get_session_auth_hash() for person in people}
    return {
        key
        for key, (person_id, kept) in sessions.items()
        if key not in alive or hashes.get(person_id) != kept
    }
