"""A room that somebody of this process listens to."""

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from chat.cursor import Recent
from core import lanes

if TYPE_CHECKING:
    from chat.listening import Listener, Place

GATE = 2  # reads of one room by single listeners at a time: a slow room leaves threads to others
SLOW_SECONDS = 0.25  # a room whose last read took longer is read apart from the others
clock = time.monotonic
T = TypeVar("T")


class Inside(NamedTuple):
    """Who is in a room: their right was found once, and is asked again at each event."""

    places: "list[tuple[Listener, Place]]"
    people: frozenset[int]


class Channel:
    """A room with listeners in this process; slow: the rooms that are read apart."""

    __slots__ = (
        "delivered",
        "gate",
        "head",
        "kept",
        "listeners",
        "reading",
        "recent",
        "room_id",
        "slow",
    )

    def __init__(self, room_id: int, slow: set[int]) -> None:
        self.room_id = room_id
        self.slow = slow
        self.listeners: dict[Listener, Place] = {}
        self.recent: Recent | None = None  # from the first right that was found on
        self.head = 0
        self.reading = False
        self.delivered = 0.0  # when something was sent to all
        self.gate = asyncio.Semaphore(GATE)
        self.kept: Inside | None = None  # what inside() says, until somebody comes or goes

    def inside(self) -> Inside:
        """Return who is in the room now; the same object until that is another."""
        if self.kept is None:
            places = [one for one in self.listeners.items() if one[1].is_open]
            self.kept = Inside(places, frozenset(listener.person_id for listener, _ in places))
        return self.kept

    async def read(self, work: Callable[..., T], *facts: Any) -> T:
        """Return what a job of chat.storing says of this room."""
        lane = lanes.apart if self.room_id in self.slow else lanes.reader
        found, seconds = await lane.run(_timed, work, self.room_id, *facts)
        if seconds > SLOW_SECONDS:
            self.slow.add(self.room_id)
        else:
            self.slow.discard(self.room_id)
        return found


def _timed(work: Callable[..., T], *facts: Any) -> tuple[T, float]:
    """Return what a job returns, and how many seconds it took once it had a thread."""
    began = clock()
    return work(*facts), clock() - began
