"""Who is in a room now, in this process and in the others: never stored, over by itself. Pure."""

from collections.abc import Iterable
from typing import Any

HERE_SECONDS = 15.0  # what another process said of itself holds so long
MOST_HERE = 100  # of a room with more people nothing is told
TYPING_PAUSE_SECONDS = 2.0

Who = tuple[int, str, str]  # person's id, handle, name
Spot = int | tuple[int, int]  # a room; or in it, one of the many things it tells of


def spot_of(room_id: int, at: int) -> Spot:
    """Return the room itself for 0, and else the place in it that has this number."""
    return (room_id, at) if at else room_id


class Presence:
    """Who is where; `now` in seconds, of any clock that never goes back."""

    def __init__(self) -> None:
        self.here: dict[Spot, dict[Who, int]] = {}
        self.elsewhere: dict[str, tuple[float, dict[Spot, list[Who]]]] = {}
        self.changed: set[Spot] = set()
        self.typed: dict[tuple[int, int], float] = {}
        self.leaving: list[tuple[float, Spot, Who]] = []

    def enter(self, spot: Spot, who: Who) -> None:
        """Count one more connection of a person in a room."""
        people = self.here.setdefault(spot, {})
        people[who] = people.get(who, 0) + 1
        self.changed.add(spot)

    def leave(self, spot: Spot, who: Who) -> None:
        """Count one less; who has none left is away."""
        people = self.here.get(spot, {})
        count = people.get(who, 0) - 1
        if count > 0:
            people[who] = count
            return
        people.pop(who, None)
        self.changed.add(spot)
        if not people:
            self.here.pop(spot, None)

    def leave_at(self, spot: Spot, who: Who, moment: float) -> None:
        """Count one less later on: who polls is there between two polls too."""
        self.leaving.append((moment, spot, who))

    def hear(self, process: str, rooms: dict[Spot, list[Who]], now: float) -> None:
        """Believe what another process says of its rooms, all of them, for a while."""
        _until, before = self.elsewhere.get(process, (0.0, {}))
        self.elsewhere[process] = (now + HERE_SECONDS, rooms)
        for spot in before.keys() | rooms.keys():
            if before.get(spot) != rooms.get(spot):
                self.changed.add(spot)

    def expire(self, now: float) -> None:
        """Forget what other processes said too long ago, who typed, and who polls no more."""
        over = [one for one in self.leaving if one[0] <= now]
        self.leaving = [one for one in self.leaving if one[0] > now]
        for _moment, spot, who in over:
            self.leave(spot, who)
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

    def told(self) -> dict[Spot, list[Who]]:
        """Return what other processes are told."""
        return {
            spot: sorted(people) for spot, people in self.here.items() if len(people) <= MOST_HERE
        }

    def people(self, spot: Spot) -> list[dict[str, Any]] | None:
        """Return who is in a room, by name; None for more than can be told."""
        found: set[Who] = set(self.here.get(spot, ()))
        for _until, rooms in self.elsewhere.values():
            found.update(rooms.get(spot, ()))
        return None if len(found) > MOST_HERE else _shown(found)


def _shown(people: Iterable[Who]) -> list[dict[str, Any]]:
    ordered = sorted(people, key=lambda who: (who[2], who[1]))
    return [{"handle": handle, "name": name} for _id, handle, name in ordered]
