"""Who is in a room now, in this process and in the others: never stored, over by itself. Pure."""

from collections.abc import Iterable
from typing import Any

HERE_SECONDS = 15.0  # what another process said of itself holds so long
MOST_HERE = 100  # of a room with more people nothing is told
TYPING_PAUSE_SECONDS = 2.0

Who = tuple[int, str, str]  # person's id, handle, name


class Presence:
    """Who is where; `now` in seconds, of any clock that never goes back."""

    def __init__(self) -> None:
        self.here: dict[int, dict[Who, int]] = {}
        self.elsewhere: dict[str, tuple[float, dict[int, list[Who]]]] = {}
        self.changed: set[int] = set()
        self.typed: dict[tuple[int, int], float] = {}
        self.leaving: list[tuple[float, int, Who]] = []

    def enter(self, room_id: int, who: Who) -> None:
        """Count one more connection of a person in a room."""
        people = self.here.setdefault(room_id, {})
        people[who] = people.get(who, 0) + 1
        self.changed.add(room_id)

    def leave(self, room_id: int, who: Who) -> None:
        """Count one less; who has none left is away."""
        people = self.here.get(room_id, {})
        count = people.get(who, 0) - 1
        if count > 0:
            people[who] = count
            return
        people.pop(who, None)
        self.changed.add(room_id)
        if not people:
            self.here.pop(room_id, None)

    def leave_at(self, room_id: int, who: Who, moment: float) -> None:
        """Count one less later on: who polls is there between two polls too."""
        self.leaving.append((moment, room_id, who))

    def hear(self, process: str, rooms: dict[int, list[Who]], now: float) -> None:
        """Believe what another process says of its rooms, all of them, for a while."""
        _until, before = self.elsewhere.get(process, (0.0, {}))
        self.elsewhere[process] = (now + HERE_SECONDS, rooms)
        for room_id in before.keys() | rooms.keys():
            if before.get(room_id) != rooms.get(room_id):
                self.changed.add(room_id)

    def expire(self, now: float) -> None:
        """Forget what other processes said too long ago, who typed, and who polls no more."""
        over = [one for one in self.leaving if one[0] <= now]
        self.leaving = [one for one in self.leaving if one[0] > now]
        for _moment, room_id, who in over:
            self.leave(room_id, who)
        for process, (until, rooms) in list(self.elsewhere.items()):
            if until <= now:
                del self.elsewhere[process]
                self.changed |= rooms.keys()
        for key, moment in list(self.typed.items()):
            if now - moment > TYPING_PAUSE_SECONDS:
                del self.typed[key]

    def may_type(self, room_id: int, person_id: int, now: float) -> bool:
        """Return whether it is time to tell again that someone types."""
        before = self.typed.get((room_id, person_id))
        if before is not None and now - before < TYPING_PAUSE_SECONDS:
            return False
        self.typed[room_id, person_id] = now
        return True

    def told(self) -> dict[int, list[Who]]:
        """Return what other processes are told."""
        return {
            room_id: sorted(people)
            for room_id, people in self.here.items()
            if len(people) <= MOST_HERE
        }

    def people(self, room_id: int) -> list[dict[str, Any]] | None:
        """Return who is in a room, by name; None for more than can be told."""
        found: set[Who] = set(self.here.get(room_id, ()))
        for _until, rooms in self.elsewhere.values():
            found.update(rooms.get(room_id, ()))
        return None if len(found) > MOST_HERE else _shown(found)


def _shown(people: Iterable[Who]) -> list[dict[str, Any]]:
    ordered = sorted(people, key=lambda who: (who[2], who[1]))
    return [{"handle": handle, "name": name} for _id, handle, name in ordered]
