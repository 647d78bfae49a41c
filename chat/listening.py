"""What a socket, a long poll and an event stream have in common: cursors, a window, a pump.

A listener is sent what is next from its room's buffer when the room grows; whatever else it
lacks is read for it alone, by a pump that runs only then. One listener never waits for another.
"""

import asyncio
import logging
import types
from collections.abc import Coroutine, Generator, Sequence
from typing import Any

from django.contrib.auth import HASH_SESSION_KEY
from django.db import Error

from chat import live, storing
from chat.cursor import FAR, WINDOW_FRAMES, Cursor, Frame, Window, lasts
from people import second_factor

MOST_LATER = 32
NO_NEWS = storing.News()
TOGETHER_BYTES = 8 * 1024  # sent in one go, before one looks whether it is taken
logger = logging.getLogger(__name__)


class Place(Cursor):
    """Where a listener is in one room: not open until the right was found, once."""

    __slots__ = ("at", "is_open", "owes_sync", "pumping", "since")

    def __init__(self, since: int | None, at: int = 0) -> None:
        super().__init__()
        self.since = since  # None: from now on
        self.at = at  # which of the things the room tells of is looked at; 0: none
        self.is_open = False
        self.owes_sync = True
        self.pumping = False


class Listener:
    """One who follows rooms, in the event loop of its process alone."""

    __slots__ = (
        "blocked_since",
        "handle",
        "has_factor",
        "is_over",
        "later",
        "name",
        "news",
        "person_id",
        "places",
        "send_out",
        "session_hash",
        "session_key",
        "window",
    )

    def begin(self, person: Any, session: Any, send_out: Any) -> None:
        """Take what is needed of the person, and no more: there are thousands of these."""
        self.person_id: int = person.pk or 0
        self.handle: str = getattr(person, "handle", "")
        self.name: str = getattr(person, "display_name", "")
        self.session_key: str | None = None
        self.session_hash = ""
        self.has_factor = False  # a second one, as far as the session knew
        if session is not None:
            self.has_factor = bool(session.get(second_factor.KNOWN))
            self.session_key = session.session_key
            self.session_hash = session.get(HASH_SESSION_KEY, "")
        self.places: dict[int, Place] = {}
        self.window = Window()
        self.blocked_since: float | None = None  # its line is full
        self.later: list[dict[str, Any]] | None = None
        self.is_over = False
        self.news = NO_NEWS
        self.send_out = send_out

    lingers = False  # in a room, a little after having left it

    # What each kind of listener says in its own way.

    def say(self, number: int, text: str) -> None:
        """Send one event, which is the next."""
        raise NotImplementedError

    def say_together(self, frames: Sequence[Frame]) -> None:
        """Send several events, which are the next."""
        for number, text, _size in frames:
            self.say(number, text)

    def say_sync(self, room_id: int, number: int, *, is_far: bool) -> None:
        """Tell that all was sent up to a number."""
        raise NotImplementedError

    def say_hint(self, text: str) -> None:
        """Tell what may be dropped."""

    def say_presence(self, text: str) -> None:
        """Tell who is in a room now."""
        self.say_hint(text)

    def say_news(self, news: storing.News) -> None:
        """Tell that the figures of the bell and the menu are others."""

    def lost(self, room_id: int, *, was_open: bool) -> None:
        """Tell that a room may not be entered: not any more, or never."""
        raise NotImplementedError

    def end(self, code: int) -> None:
        """Close; nothing is sent after that."""
        raise NotImplementedError

    def said(self, room_id: int) -> None:
        """Notice that a delivery to this room is done."""

    def beat(self, now: float) -> None:
        """Do what is done once a second."""

    # Following rooms.

    def follow(self, room_id: int, since: int | None, at: int = 0) -> None:
        """Follow a room from a number on, if one may enter it.

        at: which of the things it tells of is looked at, by its number: one is in the room, and is
        told of who looks at the same alone. Only the right to enter the room is asked about.
        """
        self.forget(room_id)
        place = self.places[room_id] = Place(since, at)
        live.hub.join(room_id, self, place)
        self.pump(room_id, place)

    def forget(self, room_id: int) -> None:
        """Follow a room no more."""
        place = self.places.pop(room_id, None)
        if place is not None:
            place.leave(self.window)
            live.hub.leave(room_id, self, place)

    def forget_all(self) -> None:
        for room_id in list(self.places):
            self.forget(room_id)

    def stop(self) -> None:
        """Follow no more, and be counted no more; harmless twice, and before it has begun."""
        if hasattr(self, "places"):
            self.is_over = True
            self.forget_all()
            live.hub.dismiss(self)

    def deliver(
        self, room_id: int, place: Place, frames: Sequence[Frame] | None, now: float
    ) -> None:
        """Send what is next of these frames; None, or a hole before them, starts the pump."""
        if self.blocked_since is not None or self.is_over:
            return
        if frames is None:
            if self.window.full_since is None:
                self.pump(room_id, place)
            return
        is_little = len(frames) > 1 and sum(size for *_, size in frames) <= TOGETHER_BYTES
        step = len(frames) if is_little else 1
        for start in range(0, len(frames), step):
            together = frames[start : start + step]
            taken = [one for one in together if place.take(one[0], one[2], self.window, now)]
            if len(taken) == 1:
                self.say(taken[0][0], taken[0][1])
            elif taken:
                self.say_together(taken)
            if self.blocked_since is not None or self.is_over:
                return
            if place.sent < together[-1][0]:
                if self.window.full_since is None:
                    self.pump(room_id, place)
                break
        self.said(room_id)

    def pump(self, room_id: int, place: Place) -> None:
        """Read what is missing, if nobody does already."""
        if place.pumping or self.is_over:
            return
        place.pumping = True
        live.hub.start(self._pump(room_id, place))

    async def _pump(self, room_id: int, place: Place) -> None:
        try:
            while await self._pumped(room_id, place):
                pass
        except Error as error:  # the database is away: the sweep starts this again
            logger.warning("A reader waits for the database: %s", type(error).__name__)
        finally:
            place.pumping = False

    async def _pumped(self, room_id: int, place: Place) -> bool:
        """Read once, and send; return whether there is more to do now."""
        channel = live.hub.channels.get(room_id)
        if channel is None or not self._is_at(room_id, place):
            return False
        since = place.sent if place.is_open else place.since
        async with channel.gate:
            found = await channel.read(storing.caught_up, self.person_id, since, WINDOW_FRAMES)
        if not self._is_at(room_id, place):
            return False
        if found is None:
            self.forget(room_id)
            self.lost(room_id, was_open=place.is_open)
            return False
        if not place.is_open:
            place.sent = found.head if since is None else min(since, found.head)
            place.is_open = True
            live.hub.opened(room_id, self, found.head)
        return self._caught_up(room_id, place, found)

    def _caught_up(self, room_id: int, place: Place, found: storing.Caught) -> bool:
        channel = live.hub.channels[room_id]
        if self.blocked_since is not None:
            return False
        if found.head - place.sent > FAR:
            if self.window.stays_full(live.clock()):
                return False  # to be told to page would empty it, and who reads nothing stay
            place.jump(found.head, self.window)
            place.owes_sync = False
            self.say_sync(room_id, place.sent, is_far=True)
        before = place.sent
        for number, text, size in found.frames:
            if place.take(number, size, self.window, live.clock()):
                self.say(number, text)
            if self.blocked_since is not None or self.is_over:
                return False
        self.said(room_id)
        if channel.recent is None or place.sent < max(found.head, channel.recent.last):
            # If nothing moved though the window is open, the sweep looks again.
            return self.window.full_since is None and place.sent > before
        if place.owes_sync and self._is_at(room_id, place):
            place.owes_sync = False
            self.say_sync(room_id, place.sent, is_far=False)
        return False

    def _is_at(self, room_id: int, place: Place) -> bool:
        return not self.is_over and self.places.get(room_id) is place

    def resume(self) -> None:
        """Start the pump of every room that lacks something and may be sent it."""
        if self.blocked_since is not None or self.window.full_since is not None:
            return
        for room_id, place in list(self.places.items()):
            channel = live.hub.channels.get(room_id)
            recent = channel.recent if channel is not None else None
            # What the buffer has not got either is being read for everyone.
            if not place.is_open or (recent is not None and place.sent < recent.last):
                self.pump(room_id, place)

    # Sending without waiting.

    def put(self, message: dict[str, Any]) -> None:
        """Send a message of ASGI's; where the line is full, the rest waits in a task of its own.

        A line that takes it at once, as nearly always, costs no task. What comes while it is full
        is kept, a little of it: events are not among that, for their cursor waits.
        """
        if self.blocked_since is not None:
            self.later = self.later or []
            if len(self.later) < MOST_LATER:
                self.later.append(message)
            return
        sending = self.send_out(message)
        try:
            waits_for = sending.send(None)
        except StopIteration:
            return
        except Exception:  # the line is gone: its end comes as a message too
            self.is_over = True
            return
        self.hold()
        live.hub.start(_rest(sending, waits_for)).add_done_callback(self._sent)

    def _sent(self, task: "asyncio.Task[None]") -> None:
        if task.cancelled() or task.exception() is not None:
            self.is_over = True
        else:
            self.go_on()

    def hold(self) -> None:
        """Send no more for now: the line is full. Events wait in the database."""
        if self.blocked_since is None:
            self.blocked_since = live.clock()

    def go_on(self) -> None:
        """Send again: what was kept, and what there is now."""
        self.blocked_since = None
        later, self.later = self.later, None
        for message in later or ():
            self.put(message)
        self.resume()

    def is_stuck(self, now: float) -> bool:
        """Return whether its line or its window has been full for too long."""
        return lasts(self.blocked_since, now) or lasts(self.window.full_since, now)


@types.coroutine
def _awaited(sending: Coroutine[Any, Any, None], waits_for: Any) -> Generator[Any, Any, None]:
    """Go on with a coroutine that was begun outside of any task."""
    while True:
        try:
            value = yield waits_for
        except BaseException as error:  # the task's own end, and the line's
            sending.throw(error)
            raise
        try:
            waits_for = sending.send(value)
        except StopIteration:
            return


async def _rest(sending: Coroutine[Any, Any, None], waits_for: Any) -> None:
    await _awaited(sending, waits_for)
