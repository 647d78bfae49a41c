"""The same events without a socket: one long poll, or a stream of Server-Sent Events.

Source of the stream's format: https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import json
import re
import zlib
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from channels.exceptions import StopConsumer
from channels.generic.http import AsyncHttpConsumer
from django.utils import translation

from chat import live, storing
from chat.consumers import AGAIN_SECONDS, GONE, Straight
from chat.cursor import WINDOW_BYTES
from chat.frames import text_of
from chat.listening import Listener
from core import lanes
from core.errors import InvalidInput, NotAllowed, NotSeen, NotSignedIn, Refusal, TooMany
from core.pages import problem, whole_number

ADDRESS = re.compile(r"/live/(?:rooms/(\d{1,15})/)?events")
NOWHERE = 0  # instead of a room: the bell alone
WAIT_SECONDS = 25
HEARTBEAT_SECONDS = 15.0
NUMBERS = {"since", "wait", "here", "unread", "rooms", "typing", "at"}
WHY: dict[int, type[Refusal]] = {GONE: NotAllowed, live.TOO_MANY: TooMany}
HEADERS = [
    (b"cache-control", b"no-store"),
    (b"vary", b"Cookie, Accept"),
    (b"x-content-type-options", b"nosniff"),
]


class EventsConsumer(Listener, Straight, AsyncHttpConsumer):  # type: ignore[misc]  # no types
    """One request for one room's events, or for the figures of the bell and the menu alone.

    here, known: what a poll already knows of who is there and of the figures; without them
    (None) it is told of events alone.
    """

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Answer, or begin to; then wait until the client is gone."""
        if message["type"] == "http.request":
            if message.get("more_body"):
                return
            try:
                await self.answer()
            except Refusal as refusal:
                self.refuse(refusal)
        else:
            raise StopConsumer

    async def answer(self) -> None:
        """Begin to follow the room. Raises Refusal."""
        scope, person = self.scope, self.scope["user"]
        session = scope.get("session")
        self.begin(person, session, self.base_send)
        self.is_stream = b"text/event-stream" in header(scope, b"accept")
        self.has_begun = False
        self.events: list[str] = []
        self.hints: list[str] = []
        self.number = self.sent_size = 0
        self.beaten_at = self.began_at = live.clock()
        self.language = getattr(person, "interface_language", "en")
        if not person.is_authenticated:
            raise NotSignedIn
        question = asked(scope, self.is_stream)
        self.room_id, self.wait = question.room_id, question.wait
        self.here, self.known = question.here, question.news
        self.is_typing, self.at = question.is_typing, question.at
        self.is_stream = self.is_stream and self.room_id != NOWHERE
        self.lingers = not self.is_stream
        self.scope = None
        if not live.hub.admit(self):
            raise TooMany(retry_after=AGAIN_SECONDS)
        news, is_out, lacks_factor = await lanes.reader.run(storing.greeting, person, session)
        if is_out or lacks_factor:
            raise NotAllowed
        if self.is_over:
            return
        self.news = news
        self.say_news(news)
        if self.room_id != NOWHERE:
            self.follow(self.room_id, question.since, self.at)
        elif not self.is_over and self.wait == 0:
            self._answer_poll()

    def say(self, number: int, text: str) -> None:
        """Send an event, or keep it for the answer."""
        self.number = number
        self.places[self.room_id].see(number, self.window)  # no one acknowledges here
        if not self.is_stream:
            self.events.append(text)
            return
        self._line(f"id: {number}\ndata: {text}\n\n")

    def said(self, room_id: int) -> None:
        """Answer the poll as soon as there is something."""
        if self.is_typing and not self.is_over:
            self.is_typing = False
            live.hub.typing(room_id, self)
        if self.events and not self.is_over:
            self._answer_poll()
        elif self.is_stream and self.sent_size > WINDOW_BYTES:
            # Nobody says what was read; who resumes by the last number does.
            self._finish()

    def say_sync(self, room_id: int, number: int, *, is_far: bool) -> None:
        """Tell that all was sent; a poll without events waits on, unless it is far behind."""
        self.number = number
        if not self.is_stream:
            if not is_far:
                self.say_presence(live.hub.who_is_here(room_id, self.at))
            if not self.is_over and (is_far or live.clock() - self.began_at >= self.wait):
                self._answer_poll(is_far=is_far)
            return
        frame = {"type": "sync", "room": room_id, "number": number}
        text = text_of({**frame, "is_far": True} if is_far else frame)
        self._line(f"id: {number}\ndata: {text}\n\n")

    def say_hint(self, text: str) -> None:
        """Answer with who types, where that is wanted."""
        if self.here is not None:
            self._hint(text)

    def say_presence(self, text: str) -> None:
        """Answer with who is there, unless that is what is known."""
        if self.hints or (self.here is not None and text and stamp_of(text) != self.here):
            self._hint()

    def say_news(self, news: storing.News) -> None:
        """Answer with the figures of the bell and the menu, unless that is what is known."""
        if self.known is not None and news != self.known:
            self._hint(text_of({"type": "notices", **news._asdict()}))

    def _hint(self, *texts: str) -> None:
        self.hints += texts
        place = self.places.get(self.room_id)
        if self.is_stream or self.is_over or (self.room_id != NOWHERE and place is None):
            return
        if place is None or place.is_open:  # else with the answer of what was said
            self._answer_poll()

    def lost(self, room_id: int, *, was_open: bool) -> None:
        """Refuse, or where the stream has begun end it."""
        if self.has_begun:
            frame = text_of({"type": "error", "room": room_id, "code": "gone"})
            self._line(f"data: {frame}\n\n")
            self._finish()
        else:
            self.refuse(NotSeen())

    def end(self, code: int) -> None:
        """Refuse, or where the stream has begun say why it ends."""
        if self.is_over:
            return
        if self.has_begun:
            self._line(f"data: {text_of({'type': 'bye', 'code': code})}\n\n")
            self._finish()
        else:
            self.refuse(WHY.get(code, NotSignedIn)())

    def beat(self, now: float) -> None:
        """Answer a poll for which the next beat is too late; show that a stream is alive."""
        if self.is_over:
            return
        if not self.is_stream:
            if now - self.began_at > self.wait - live.SWEEP_SECONDS:
                self._answer_poll()
        elif self._is_in() and now - self.beaten_at >= HEARTBEAT_SECONDS:
            self._line(": still here\n\n")

    def _is_in(self) -> bool:
        """Return whether the right was found."""
        place = self.places.get(self.room_id)
        return place is not None and place.is_open

    def _line(self, text: str) -> None:
        if not self.has_begun:
            self._head(200, b"text/event-stream", (b"x-accel-buffering", b"no"))
            text = f"retry: {AGAIN_SECONDS * 200}\n\n{text}"
        self.beaten_at = live.clock()
        body = text.encode()
        self.sent_size += len(body)
        self.put({"type": "http.response.body", "body": body, "more_body": True})

    def _answer_poll(self, *, is_far: bool = False) -> None:
        if (place := self.places.get(self.room_id)) is not None:
            reached = place.sent if place.is_open else place.since or 0
            self.number = max(self.number, reached)
        extra = ',"is_far":true' if is_far else ""
        if self.here is not None or self.known is not None:
            extra += self._hinted()
        events = ",".join(self.events)
        self._head(200, b"application/json")
        self._finish(f'{{"events":[{events}],"number":{self.number}{extra}}}'.encode())

    def _hinted(self) -> str:
        """Return the part of the answer that may be dropped; `here` names what it says."""
        here = self.here or 0
        text = live.hub.who_is_here(self.room_id, self.at) if self._is_in() else ""
        if self.here is not None and text and stamp_of(text) != here:
            self.hints.append(text)
            here = stamp_of(text)
        return f',"hints":[{",".join(self.hints)}],"here":{here}'

    def refuse(self, refusal: Refusal) -> None:
        """Answer with a problem document. Source: RFC 9457."""
        with translation.override(self.language):
            body = json.dumps(problem(refusal)).encode()
        extra = []
        if "retry_after" in refusal.extra:
            extra = [(b"retry-after", str(refusal.extra["retry_after"]).encode())]
        self._head(refusal.status, b"application/problem+json", *extra)
        self._finish(body)

    def _head(self, status: int, content_type: bytes, *extra: tuple[bytes, bytes]) -> None:
        self.has_begun = True
        headers = [(b"content-type", content_type), *HEADERS, *extra]
        self.put({"type": "http.response.start", "status": status, "headers": headers})

    def _finish(self, body: bytes = b"") -> None:
        if not self.is_over:
            self.put({"type": "http.response.body", "body": body, "more_body": False})
            self.stop()


def header(scope: Any, name: bytes) -> bytes:
    """Return a header's value, empty without one."""
    return next((value for key, value in scope["headers"] if key == name), b"")


@dataclass(frozen=True)
class Question:
    """What a request asks; here, news: what it knows, None for one that is not told of it.

    at: of Listener.follow().
    """

    room_id: int
    since: int
    wait: float
    here: int | None
    news: storing.News | None
    is_typing: bool
    at: int


def asked(scope: Any, is_stream: bool) -> Question:
    """Return what a request asks. Raises NotSeen, InvalidInput, Refusal."""
    found = ADDRESS.fullmatch(scope["path"])
    if found is None:
        raise NotSeen
    if scope["method"] != "GET":
        raise MethodNotAllowed
    query = parse_qs(scope["query_string"].decode("latin1"))
    resumed = header(scope, b"last-event-id").decode("latin1") if is_stream else ""
    facts = {"since": "0", "wait": str(WAIT_SECONDS), "typing": "0"}
    facts |= {name: values[0] for name, values in query.items()}
    facts |= {"since": resumed} if resumed else {}
    numbers = {name: number_in(facts, name) for name in facts.keys() & NUMBERS}
    return Question(
        room_id=int(found[1] or NOWHERE),
        since=numbers["since"],
        wait=min(float(numbers["wait"]), WAIT_SECONDS),
        here=numbers.get("here"),
        news=storing.News(numbers["unread"], numbers.get("rooms", 0))
        if "unread" in numbers
        else None,
        is_typing=numbers["typing"] == 1,
        at=numbers.get("at", 0),
    )


def number_in(facts: dict[str, str], name: str) -> int:
    """Return a number of the query. Raises InvalidInput."""
    number = whole_number(facts[name], most_digits=15)
    if number is None:
        raise InvalidInput.of(name, "invalid", "0, 1, 2 …")
    return number


def stamp_of(text: str) -> int:
    """Return a short name for what a frame says."""
    return zlib.crc32(text.encode())


class MethodNotAllowed(Refusal):
    status = 405
    code = "method_not_allowed"
