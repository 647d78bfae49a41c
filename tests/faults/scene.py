"""A room full of people, real servers, and a fault: what most proofs have in common."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from chat.actions import open_room
from chat.models import Room
from forum.actions import ask
from tests.cast import make_person, session_of
from tests.faults.checking import complaints_of
from tests.faults.people import Reader, Writer, token_of
from tests.faults.servers import Writing

FOLLOWED_SECONDS = 30  # within which all readers must be able to follow the room


def open_to_all(actor: Any) -> Room:
    """Return a room everyone signed in may enter: a question's working room."""
    question = ask(
        actor=actor, title="Why is it slow?", source="It was not.", language="en", tag_names=[]
    )
    return open_room(actor=actor, kind="forum.question", object_id=question.pk)


@dataclass(frozen=True)
class Life:
    """What was acknowledged while a server lived, and in how many seconds.

    by_http: through it, once it had answered everyone, in `steady` seconds. count: by all who say
    something, from its first answer on, in `seconds`.
    """

    by_http: int
    steady: float
    count: int
    seconds: float


class Scene:
    """Writers and readers of one room or several, spread over the ports of web processes."""

    def __init__(self, *ports: int, writers: int, readers: int, rooms: int = 1) -> None:
        people = [make_person(f"p{number}") for number in range(max(writers, readers))]
        self.rooms = [open_to_all(people[0]) for _number in range(rooms)]
        self.room = self.rooms[0]
        ids = [self.rooms[n % rooms].pk for n in range(max(writers, readers))]
        self.writers = [
            Writer(ports[n % len(ports)], people[n].handle, token_of(people[n]), ids[n])
            for n in range(writers)
        ]
        self.readers = [
            Reader(ports[n % len(ports)], session_of(people[n]), ids[n], token_of(people[n]))
            for n in range(readers)
        ]
        self.beside: list[Writing] = []  # processes that say things, too
        self.said: dict[int, dict[tuple[str, str], int]] = {}  # by those, in each room
        self.a_second = 0.0  # how many were said while the fault lasted
        self.lives: list[Life] = []  # of servers that were started (served)
        self.late = 0  # readers that had not everything when all was said and done

    def play(self, fault: Callable[[], Awaitable[None]], *, a_second: int) -> None:
        """Let all talk while the fault happens, and hear the rest.

        Raises TimeoutError where readers cannot even follow the room.
        """
        asyncio.run(self._play(fault, a_second))

    async def _play(self, fault: Callable[[], Awaitable[None]], a_second: int) -> None:
        over = asyncio.Event()
        following = [asyncio.create_task(one.follow()) for one in self.readers]
        async with asyncio.timeout(FOLLOWED_SECONDS):
            while not all(frame_of(one, "sync") for one in self.readers):
                await asyncio.sleep(0.02)
        await self._warm()
        every = len(self.writers) / a_second
        talking = [asyncio.create_task(one.talk(over, every)) for one in self.writers]
        began = time.monotonic()
        try:
            await fault()
        finally:
            seconds = time.monotonic() - began
            over.set()
            async with asyncio.timeout(60):
                await asyncio.gather(*talking)
        await asyncio.to_thread(self.take_in)
        self.a_second = self.count / seconds
        heads = {room.pk: max(self.acknowledged(room.pk).values()) for room in self.rooms}
        had = await asyncio.gather(*(one.has(heads[one.room_id], 20) for one in self.readers))
        self.late = had.count(False)
        await ended(following)
        await asyncio.sleep(0.1)  # what was aborted is closed by the loop

    async def _warm(self) -> None:
        """Let each say something first: a new server loads much for its first answers."""
        await asyncio.gather(*(one.say(f"{one.handle}-first") for one in self.writers))
        for one in self.writers:
            one.longest = 0.0

    def complaints(self) -> list[str]:
        """Return what was lost, doubled or out of order."""
        found = []
        for room in self.rooms:
            streams = {
                f"reader {n}": one.heard
                for n, one in enumerate(self.readers)
                if one.room_id == room.pk
            }
            found += complaints_of(room.pk, self.acknowledged(room.pk), streams)
        return found

    def acknowledged(self, room_id: int) -> dict[tuple[str, str], int]:
        """Return all that writers know to be stored in a room."""
        here = [one for one in self.writers if one.room_id == room_id]
        by_http = {key: number for one in here for key, number in one.said.items()}
        return by_http | self.said.get(room_id, {})

    def take_in(self) -> None:
        """End the processes beside, and read what they were told is stored."""
        while self.beside:
            one = self.beside.pop(0)
            said = self.said.setdefault(one.room_id, {})
            for name, number in one.said().items():
                said[name.split("-")[0], name] = number

    @property
    def count(self) -> int:
        return sum(len(self.acknowledged(room.pk)) for room in self.rooms)

    async def served(self, seconds: float) -> None:
        """Let a server that was just started answer everyone once, and then serve for a while.

        Its first answers take seconds: who kills it earlier kills it at rest.
        """
        first = self.count_by_http
        await self._said_by_http(first + 1)
        all_before, answered = self.stored, time.monotonic()
        await self._said_by_http(first + len(self.writers))
        before, began = self.count_by_http, time.monotonic()
        await asyncio.sleep(seconds)
        now = time.monotonic()
        by_http, count = self.count_by_http - before, self.stored - all_before
        self.lives.append(Life(by_http, now - began, count, now - answered))

    async def _said_by_http(self, count: int) -> None:
        while self.count_by_http < count:
            await asyncio.sleep(0.02)

    @property
    def count_by_http(self) -> int:
        return sum(len(one.said) for one in self.writers)

    @property
    def by_http_a_second(self) -> float:
        """How much went through the servers a second while they served (served)."""
        return sum(one.by_http for one in self.lives) / sum(one.steady for one in self.lives)

    @property
    def served_a_second(self) -> float:
        """How much was acknowledged in all a second, from a server's first answer to its end."""
        return sum(one.count for one in self.lives) / sum(one.seconds for one in self.lives)

    @property
    def stored(self) -> int:
        """How much is known to be stored, also while processes beside go on."""
        return self.count_by_http + sum(one.count for one in self.beside)

    @property
    def tries(self) -> int:
        return sum(one.tries for one in self.writers)

    @property
    def longest(self) -> float:
        """The seconds that the slowest of the writers' messages took to be acknowledged."""
        return max(one.longest for one in self.writers)

    @property
    def faults(self) -> list[str]:
        return [text for one in self.writers for text in one.faults]

    def delays(self) -> list[float]:
        """Return the seconds from the answer to hearing, of every reader and message."""
        sent = {
            (one.room_id, number): at for one in self.writers for number, at in one.said_at.items()
        }
        return sorted(
            max(0.0, at - sent[one.room_id, number])
            for one in self.readers
            for number, at in one.heard_at.items()
            if (one.room_id, number) in sent
        )


def frame_of(reader: Reader, kind: str) -> bool:
    return any(frame["type"] == kind for frame in reader.frames)


async def ended(tasks: list["asyncio.Task[Any]"]) -> None:
    """Cancel tasks; raises what one of them met before."""
    for task in tasks:
        task.cancel()
    for task in tasks:
        with contextlib.suppress(asyncio.CancelledError):
            await task
