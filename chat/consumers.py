"""The socket: speaks down what rooms say. Frames and close codes: chat/README.md.

Channels' own consumers give every message from below a task and a thread hop, which is most of
what a delivery costs; here both are left out, and events go straight to the server's send.
"""

from collections.abc import Sequence
from typing import Any

from channels.consumer import AsyncConsumer
from channels.exceptions import StopConsumer

from chat import doors, live, storing
from chat.cursor import Frame
from chat.frames import parsed, text_of
from chat.listening import Listener, Place
from core import lanes
from core.lines import line_of

MOST_ROOMS = 50
FRAMES_PER_SECOND = 100.0
BURST = 200.0
AGAIN_SECONDS = 5
BAD_FRAME, TOO_MANY = 4400, live.TOO_MANY
SIGNED_OUT, GONE = doors.SIGNED_OUT, doors.OUT


class Straight(AsyncConsumer):  # type: ignore[misc]  # ships no types
    """A consumer without a layer, whose messages from below are handled one after the other.

    What handles a message never waits, so that thousands of frames at once are gone as fast as
    they come, and are never kept.
    """

    channel_layer_alias = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.scope = scope
        self.base_send = send
        del scope, send
        try:
            while True:
                await self.dispatch(await receive())
        except StopConsumer:
            return
        finally:  # a failure and a cancellation too: who is gone is counted no more
            self.stop()

    def stop(self) -> None:
        """Follow no more, and be counted no more; harmless twice."""
        raise NotImplementedError


class ChatConsumer(Listener, Straight):
    """One browser tab, for all its rooms."""

    __slots__ = ("allowance", "base_send", "counted_at", "line", "scope")

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Handle a message; no database connection of this task is there to be closed."""
        kind = message["type"]
        if kind == "websocket.receive":
            self.receive(message.get("text"))
        elif kind == "websocket.connect":
            await self.connect()
        else:
            raise StopConsumer

    async def connect(self) -> None:
        """Accept who is signed in, and say hello; others learn why not."""
        person, session = self.scope["user"], self.scope.get("session")
        self.scope = None  # headers, cookies and the person: kilobytes, as long as the socket
        self.begin(person, session, self.base_send)
        self.allowance, self.counted_at = BURST, live.clock()
        self.line = line_of(self.base_send, self)
        await self.base_send({"type": "websocket.accept"})
        if not person.is_authenticated:
            self.end(SIGNED_OUT)
        elif not live.hub.admit(self):
            self.end(TOO_MANY)
        else:
            news, is_out, lacks_factor = await lanes.reader.run(storing.greeting, person, session)
            self.news = news
            if self.is_over:
                return
            if is_out or lacks_factor:
                self.end(GONE if is_out else SIGNED_OUT)
                return
            self.down({"type": "hello", "person": self.handle, **news._asdict()})
            if self.line is not None:
                self.line.is_read = True

    def receive(self, text: str | None) -> None:
        """Do what a frame asks; nothing here waits."""
        if self.is_over:
            return
        if not self._is_allowed():
            self.end(TOO_MANY)
            return
        frame = parsed(text)
        if frame is None:
            self.end(BAD_FRAME)
            return
        kind = frame["type"]
        if kind == "seen":
            place = self.places.get(frame["room"])
            if place is not None:
                self.see(place, frame["number"])
        elif kind == "subscribe":
            self.subscribe(frame["room"], frame["since"], frame["at"])
        elif kind == "unsubscribe":
            self.forget(frame["room"])
        elif kind == "typing":
            live.hub.typing(frame["room"], self)
        else:
            self.down({"type": "pong"})

    def admits_control(self) -> bool:
        """Count a ping or a pong of the protocol as any frame; False: it is passed over."""
        if not self.is_over and not self._is_allowed():
            self.end(TOO_MANY)
        return not self.is_over

    def _is_allowed(self) -> bool:
        now = live.clock()
        earned = (now - self.counted_at) * FRAMES_PER_SECOND
        self.allowance = min(BURST, self.allowance + earned) - 1
        self.counted_at = now
        return self.allowance >= 0

    def see(self, place: Place, number: int) -> None:
        """Open the window by what was seen; who answers what was sent floods nobody."""
        was_full = self.window.full_since is not None
        if place.see(number, self.window):
            self.allowance += 1
            if was_full:
                self.resume()

    def subscribe(self, room_id: int, since: int, at: int) -> None:
        """Follow a room from a number on, if one may enter it; at: as in follow()."""
        if room_id not in self.places and len(self.places) >= MOST_ROOMS:
            self.down({"type": "error", "room": room_id, "code": "too_many_rooms"})
        else:
            self.follow(room_id, since, at)

    def down(self, frame: dict[str, Any]) -> None:
        """Send a frame that is for this one alone."""
        self.put({"type": "websocket.send", "text": text_of(frame)})

    def say(self, number: int, text: str) -> None:
        """Send a frame that is text already, the same for all."""
        if self.line is None or not self.line.write(text):
            self.put({"type": "websocket.send", "text": text})

    def say_together(self, frames: Sequence[Frame]) -> None:
        """Send several such, in one go where the line is one we know."""
        texts = [text for _number, text, _size in frames]
        if self.line is None or not self.line.write(*texts):
            for text in texts:
                self.put({"type": "websocket.send", "text": text})

    def say_sync(self, room_id: int, number: int, *, is_far: bool) -> None:
        """Tell that all was sent up to a number, or that the rest is paged."""
        frame = {"type": "sync", "room": room_id, "number": number}
        self.down({**frame, "is_far": True} if is_far else frame)

    def say_hint(self, text: str) -> None:
        """Tell who is there or types, unless the line or the window is full."""
        if self.blocked_since is None and self.window.full_since is None:
            self.say(0, text)

    def say_news(self, news: storing.News) -> None:
        """Tell the figures of the bell and the menu."""
        self.down({"type": "notices", **news._asdict()})

    def lost(self, room_id: int, *, was_open: bool) -> None:
        """Tell that a room may not be entered; who has lost the last one is sent away."""
        code = "gone" if was_open else "not_found"
        self.down({"type": "error", "room": room_id, "code": code})
        if was_open and not self.places:
            self.end(GONE)

    def end(self, code: int) -> None:
        """Say why, and close; what still comes up is passed over."""
        if self.is_over:
            return
        bye: dict[str, Any] = {"type": "bye", "code": code}
        if code in (TOO_MANY, live.STUCK):
            bye["again_after_seconds"] = AGAIN_SECONDS
        self.down(bye)
        self.put({"type": "websocket.close", "code": code})
        if self.line is not None and self.blocked_since is not None:
            self.line.cut()  # it takes nothing: neither would it take why
        elif self.line is not None and code == TOO_MANY:
            self.line.stop_reading()
        self.stop()
