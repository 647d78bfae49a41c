"""Who listens in this process, and how they learn that a room has grown.

A hint is sent after commit by the process that wrote; once a second every process compares heads
with the database in one query, so that a lost hint heals. When a room grows, its rows are read
and made text once for all of its listeners; each has a cursor, and is sent what is next.
"""

import asyncio
import contextlib
import logging
import time
import uuid
from collections.abc import Collection, Coroutine, Iterable
from contextvars import Context
from typing import TYPE_CHECKING, Any

from django.db import Error

from chat import herald, storing
from chat.channel import Channel, Inside
from chat.counting import Elsewhere
from chat.cursor import FAR, Recent
from chat.doors import OUT, Doors
from chat.frames import text_of
from chat.presence import Presence, Spot, Who, spot_of
from core import lanes

if TYPE_CHECKING:
    from chat.listening import Listener, Place

SWEEP_SECONDS = 1.0
HERE_SWEEPS = 5
LINGER_SECONDS = 5.0  # who polls is still there so long after an answer
MOST_LISTENERS = 10  # of one person, in all processes
STUCK, TOO_MANY = 4408, 4429
# Where much is said to many, what comes within this goes out together, for less.
TOGETHER_SECONDS, MANY = 0.03, 20
clock = time.monotonic
logger = logging.getLogger(__name__)


class Hub:
    """The listeners of one process; used from its event loop alone, but for `hint`."""

    def __init__(self) -> None:
        self.reset(None)

    def reset(self, loop: asyncio.AbstractEventLoop | None) -> None:
        """Begin anew, with nobody, in an event loop."""
        self.loop = loop
        self.name = uuid.uuid4().hex
        self.channels: dict[int, Channel] = {}
        self.people: dict[int, dict[Listener, None]] = {}  # in the order they came
        self.presence = Presence()
        self.elsewhere = Elsewhere()
        self.is_asked = False  # a process came, which knows nothing of this one
        self.tasks: set[asyncio.Task[Any]] = set()
        self.keepers: list[asyncio.Task[Any]] = []
        self.looking: dict[str, asyncio.Task[Any]] = {}
        self.slow: set[int] = set()  # rooms
        self.sweeps = 0
        self.doors = Doors(self)

    # Who listens.

    def admit(self, listener: "Listener") -> bool:
        """Take a listener in; False when their person has too many already, here or elsewhere."""
        loop = asyncio.get_running_loop()
        if self.loop is not loop:
            self.reset(loop)  # what the last loop left is gone with it
        person_id = listener.person_id
        count = len(self.people.get(person_id, ()))
        if count + self.elsewhere.count(person_id) >= MOST_LISTENERS:
            return False
        self.people.setdefault(person_id, {})[listener] = None
        herald.herald.tell_lines(self.name, person_id, count + 1)
        if not self.keepers:
            self.elsewhere.expire(clock())
            self.keepers = [self.start(self._sweep()), self.start(herald.listen(self.hear))]
        return True

    def dismiss(self, listener: "Listener") -> None:
        """Take a listener out; the sweep runs while there are any."""
        mine = self.people.get(listener.person_id, {})
        if listener not in mine:
            return
        del mine[listener]
        herald.herald.tell_lines(self.name, listener.person_id, len(mine))
        if not mine:
            self.people.pop(listener.person_id, None)
        if not self.people:
            for keeper in self.keepers:
                keeper.cancel()
            self.keepers = []

    def join(self, room_id: int, listener: "Listener", place: "Place") -> None:
        """Put a listener into a room; nothing is delivered before its place is open."""
        channel = self.channels.get(room_id)
        if channel is None:
            channel = self.channels[room_id] = Channel(room_id, self.slow)
        channel.listeners[listener] = place

    def opened(self, room_id: int, listener: "Listener", head: int) -> None:
        """Begin the room's buffer at its head for the first who listens, and say who came."""
        channel = self.channels[room_id]
        channel.kept = None
        if channel.recent is None:
            channel.recent = Recent(head)
        for spot in _spots(room_id, channel.listeners[listener]):
            self.presence.enter(spot, who(listener))
        self.grown(room_id, head)

    def leave(self, room_id: int, listener: "Listener", place: "Place") -> None:
        """Take a listener out of a room."""
        channel = self.channels.get(room_id)
        if channel is None or channel.listeners.pop(listener, None) is None:
            return
        channel.kept = None
        for spot in _spots(room_id, place) if place.is_open else ():
            if listener.lingers:
                self.presence.leave_at(spot, who(listener), clock() + LINGER_SECONDS)
            else:
                self.presence.leave(spot, who(listener))
        if not channel.listeners:
            del self.channels[room_id]

    def start(self, work: Coroutine[Any, Any, Any]) -> "asyncio.Task[Any]":
        """Run something beside everything else, in no one's context."""
        task = asyncio.get_running_loop().create_task(work, context=Context())
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return task

    # How they learn.

    def grown(self, room_id: int, head: int) -> None:
        """Read what a room has grown by, unless that is being done."""
        channel = self.channels.get(room_id)
        if channel is None:
            return
        channel.head = max(channel.head, head)
        recent = channel.recent
        if recent is not None and recent.last < channel.head and not channel.reading:
            channel.reading = True
            self.start(self._read(channel, recent))

    async def _read(self, channel: Channel, recent: Recent) -> None:
        try:
            while channel.listeners and recent.last < channel.head:
                if len(channel.listeners) >= MANY:
                    await asyncio.sleep(channel.delivered + TOGETHER_SECONDS - clock())
                if channel.head - recent.last > FAR:
                    recent.skip(channel.head)
                    for listener, place in list(channel.listeners.items()):
                        listener.pump(channel.room_id, place)
                    break
                asked = channel.inside()
                frames, entrants = await channel.read(storing.growth, recent.last, asked.people)
                if not frames:
                    break
                before = recent.last
                for frame in frames:
                    recent.add(frame)
                self._deliver(channel, recent, before, asked, entrants)
                channel.delivered = clock()
        except Error as error:  # the sweep asks again
            logger.warning("A room waits for the database: %s", type(error).__name__)
        finally:
            channel.reading = False

    def _deliver(
        self, channel: Channel, recent: Recent, before: int, asked: Inside, entrants: set[int]
    ) -> None:
        """Send what is new to those who may enter; to who came meanwhile, by their own pump.

        before: the last number before what is new. Nearly always all may who were asked about,
        nobody came, and all lack what is new alone: then neither their ids nor the buffer are
        looked at for each.
        """
        room_id, now, inside = channel.room_id, clock(), channel.inside()
        may_all = inside is asked and asked.people <= entrants
        newest = recent.after(before)
        for listener, place in inside.places:
            if may_all or listener.person_id in entrants:
                frames = newest if place.sent == before else recent.after(place.sent)
                listener.deliver(room_id, place, frames, now)
            elif listener.person_id in asked.people:
                listener.forget(room_id)
                listener.lost(room_id, was_open=True)
            else:
                listener.pump(room_id, place)

    def hear(self, message: dict[str, Any]) -> None:
        """Take in what a process tells, this one too."""
        if message["type"] == "live.heads":
            for room_id, head in message["heads"]:
                self.grown(room_id, head)
        elif message["process"] == self.name:
            return
        elif message["type"] == "live.rights":
            self.look_again(message["people"], [tuple(one) for one in message["things"]])
        elif message["type"] == "live.typing":
            self._typing(message["room"], message.get("at", 0), tuple(message["who"]))
        elif message["type"] == "live.here":
            told = [(room, 0, people) for room, people in message["rooms"]]
            here = {
                spot_of(room, at): [tuple(one) for one in people]
                for room, at, people in (*told, *message.get("spots", ()))
            }
            self.presence.hear(message["process"], here, clock())
            lines = dict(message["lines"])
            self.elsewhere.hear_all(message["process"], lines, clock())
            self._close_what_is_too_many(lines)
        elif message["type"] == "live.lines":
            lines = dict(message["lines"])
            is_known = self.elsewhere.hear(message["process"], lines, clock())
            self.is_asked = self.is_asked or not is_known
            self._close_what_is_too_many(lines)

    def _close_what_is_too_many(self, person_ids: Iterable[int]) -> None:
        """Close the last lines of who has too many in all processes, as far as it is for this."""
        for person_id in person_ids:
            mine = list(self.people.get(person_id, ()))
            count = self.elsewhere.too_many(self.name, person_id, len(mine), MOST_LISTENERS)
            for listener in reversed(mine[len(mine) - count :]):
                listener.end(TOO_MANY)

    # Hints for people: they may be dropped.

    def typing(self, room_id: int, listener: "Listener") -> None:
        """Tell a room that someone in it is writing; who looks at one thing, those who do too."""
        place = listener.places.get(room_id)
        if place is None or not place.is_open:
            return
        if not self.presence.may_type(room_id, listener.person_id, clock()):
            return
        self._typing(room_id, place.at, who(listener))
        herald.herald.tell(
            {
                "type": "live.typing",
                "process": self.name,
                "room": room_id,
                "at": place.at,
                "who": list(who(listener)),
            }
        )

    def _typing(self, room_id: int, at: int, person: Who) -> None:
        named = {"handle": person[1], "name": person[2]}
        text = text_of({"type": "typing", **_named(room_id, at), "person": named})
        self._tell(room_id, text, at=at, but=person[0])

    def _tell(self, room_id: int, text: str, *, at: int = 0, but: int = 0) -> None:
        for listener in self._inside(room_id, at):
            if listener.person_id != but:
                listener.say_hint(text)

    def _inside(self, room_id: int, at: int) -> "list[Listener]":
        """Return who is in a room and looks at this one thing of it; 0: at none."""
        channel = self.channels.get(room_id)
        places = channel.inside().places if channel is not None else []
        return [listener for listener, place in places if place.at == at]

    def people_in(self, room_id: int) -> frozenset[int]:
        """Return who is in a room, by id."""
        channel = self.channels.get(room_id)
        return channel.inside().people if channel is not None else frozenset()

    def who_is_here(self, room_id: int, at: int = 0) -> str:
        """Return the frame that says who is in a room; empty where there are too many to say.

        at: of those, who looks at this one thing; 0: all.
        """
        people = self.presence.people(spot_of(room_id, at))
        if people is None:
            return ""
        return text_of({"type": "presence", **_named(room_id, at), "people": people})

    def _tell_presence(self) -> None:
        changed, self.presence.changed = self.presence.changed, set()
        for spot in changed:
            room_id, at = spot if isinstance(spot, tuple) else (spot, 0)
            text = self.who_is_here(room_id, at) if room_id in self.channels else ""
            for listener in self._inside(room_id, at) if text else ():
                listener.say_presence(text)
        if changed or self.is_asked or self.sweeps % HERE_SWEEPS == 0:
            self.is_asked = False
            told = self.presence.told().items()
            herald.herald.tell(
                {
                    "type": "live.here",
                    "process": self.name,
                    "rooms": [[spot, all_] for spot, all_ in told if not isinstance(spot, tuple)],
                    "spots": [[*spot, all_] for spot, all_ in told if isinstance(spot, tuple)],
                    "lines": [[person_id, len(mine)] for person_id, mine in self.people.items()],
                }
            )

    # Once a second.

    async def _sweep(self) -> None:
        """Compare heads, notices, sanctions, rights; wake who waits, close who is stuck."""
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            self.sweeps += 1
            now = clock()
            self.presence.expire(now)
            self.elsewhere.expire(now)
            self._tell_presence()
            for listener in self.everyone():
                if listener.is_stuck(now):
                    listener.end(STUCK)
                else:
                    listener.beat(now)
            for work in (self._look, self.doors.check_rights, self.doors.check_sessions):
                before = self.looking.get(work.__name__)
                if before is None or before.done():  # a slow one delays only itself
                    self.looking[work.__name__] = self.start(_tried(work()))

    async def _look(self) -> None:
        looked = await lanes.keeper.run(storing.look, list(self.channels), list(self.people))
        for room_id, head in looked.heads.items():
            self.grown(room_id, head)
        for listener in self.everyone():
            if listener.person_id in looked.out:
                listener.end(OUT)
                continue
            news = looked.news.get(listener.person_id, listener.news)
            if news != listener.news:
                listener.news = news
                listener.say_news(news)
            listener.resume()

    def look_again(self, people: Collection[int], things: Collection[tuple[str, int]]) -> None:
        """Look now at the rights of these people, and of all in the rooms of these things."""
        if self.people:
            known = set(people) & self.people.keys()
            self.start(_tried(self.doors.look_again(known, things)))

    def everyone(self) -> "list[Listener]":
        """Return all who listen."""
        return [listener for mine in self.people.values() for listener in mine]


async def _tried(work: Coroutine[Any, Any, None]) -> None:
    try:
        await work
    except Error as error:  # the next sweep tries again
        logger.warning("The sweep waits for the database: %s", type(error).__name__)


def _spots(room_id: int, place: "Place") -> list[Spot]:
    """Return where one is present who is in a room: in it, and at what they look at."""
    return [room_id, spot_of(room_id, place.at)] if place.at else [room_id]


def _named(room_id: int, at: int) -> dict[str, int]:
    return {"room": room_id, "at": at} if at else {"room": room_id}


def who(listener: "Listener") -> Who:
    """Return a listener's person as presence knows them."""
    return (listener.person_id, listener.handle, listener.name)


hub = Hub()


def hint_rights(*, people: Collection[int] = (), things: Collection[tuple[str, int]] = ()) -> None:
    """Tell, from any thread, that these people, or who is in these things' rooms, lost a right."""
    loop = hub.loop
    if loop is not None:
        with contextlib.suppress(RuntimeError):  # as below
            loop.call_soon_threadsafe(hub.look_again, people, things, context=Context())
    told = {"people": list(people), "things": [list(one) for one in things]}
    herald.herald.tell({"type": "live.rights", "process": hub.name, **told})


def hint(room_id: int, head: int) -> None:
    """Tell listeners, from any thread, that a room has grown: here at once, elsewhere soon."""
    loop = hub.loop
    if loop is not None and room_id in hub.channels:
        with contextlib.suppress(RuntimeError):  # the loop is closing: the next one will sweep
            # A fresh context: the writer's would tie deliveries to its own database thread.
            loop.call_soon_threadsafe(hub.grown, room_id, head, context=Context())
    herald.herald.tell_head(room_id, head)
