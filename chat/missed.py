"""Who missed what in chat: pure, from what was said, who belongs to a room and what they saw."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

MISSED_AFTER = timedelta(minutes=2)


@dataclass(frozen=True)
class Said:
    """A message of a room, as far as it matters here; at: aware UTC."""

    room_id: int
    number: int
    author_id: int
    at: datetime


@dataclass(frozen=True)
class Reached:
    """How far someone is in a room: the highest number they saw, or were told of."""

    number: int = 0
    is_muted: bool = False


@dataclass(frozen=True)
class Missed:
    """What one person missed in one room; `since`: when the first of it was said."""

    person_id: int
    room_id: int
    count: int
    last: int
    since: datetime


def missed_by(
    said: Iterable[Said],
    members: Mapping[int, Iterable[int]],
    reached: Mapping[tuple[int, int], Reached],
    now: datetime,
    away: Collection[tuple[int, int]] = (),
) -> list[Missed]:
    """Return what each member of each room missed, in the order of people and rooms.

    said: in any order. members: person ids by room. reached: by (room, person); nobody is nowhere.
    away: (person, author) of who misses nothing that this author says. A message is missed when
    two minutes after it who did not write it has not seen it. Rights are not looked at.
    """
    by_room: dict[int, list[Said]] = {}
    for message in said:
        if message.at <= now - MISSED_AFTER:
            by_room.setdefault(message.room_id, []).append(message)
    found = []
    for room_id, messages in by_room.items():
        for person_id in sorted(set(members.get(room_id, ()))):
            mark = reached.get((room_id, person_id), Reached())
            if mark.is_muted:
                continue
            unread = [m for m in messages if m.number > mark.number and m.author_id != person_id]
            new = [m for m in unread if (person_id, m.author_id) not in away]
            if new:
                last = max(m.number for m in new)
                since = min(m.at for m in new)
                found.append(Missed(person_id, room_id, len(new), last, since))
    return sorted(found, key=lambda one: (one.person_id, one.room_id))
