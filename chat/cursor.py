"""Where a listener is in a room, and how much it may be sent: pure, no clock and no I/O.

A cursor only ever moves by one, when the number after it is sent. Hints, reads of the database,
a buffer that forgot and acknowledgements may come in any order and any number of times.
"""

from collections import deque
from collections.abc import Sequence
from itertools import islice

WINDOW_FRAMES = 64
WINDOW_BYTES = 256 * 1024
WINDOW_SECONDS = 60.0
RECENT_FRAMES = 128
RECENT_BYTES = 256 * 1024
FAR = 500

Frame = tuple[int, str, int]  # a row's number, the frame as it is sent, and how many bytes it is


class Recent:
    """The last frames of a room, without a hole; bounded in count and in bytes."""

    __slots__ = ("frames", "last", "size")

    def __init__(self, last: int) -> None:
        """Begin behind the number `last`."""
        self.last = last
        self.frames: deque[Frame] = deque()
        self.size = 0

    def add(self, frame: Frame) -> None:
        """Keep the next frame; known ones are passed over, a hole forgets what was before it."""
        number, _text, size = frame
        if number <= self.last:
            return
        if number != self.last + 1:
            self.forget()
        self.frames.append(frame)
        self.last = number
        self.size += size
        while len(self.frames) > RECENT_FRAMES or (
            self.size > RECENT_BYTES and len(self.frames) > 1
        ):
            self.size -= self.frames.popleft()[2]

    def skip(self, number: int) -> None:
        """Go on behind a number far ahead."""
        self.forget()
        self.last = max(self.last, number)

    def forget(self) -> None:
        """Keep no frame; what comes next is still the one after `last`."""
        self.frames.clear()
        self.size = 0

    def after(self, number: int) -> Sequence[Frame] | None:
        """Return what comes after a number; None when that is not all here."""
        missing = self.last - number
        if missing <= 0:
            return ()
        count = len(self.frames)
        if missing > count:
            return None
        if missing == 1:
            return (self.frames[-1],)
        return list(islice(self.frames, count - missing, None))


class Window:
    """What a listener was sent and has not seen yet, in all of its rooms."""

    __slots__ = ("frames", "full_since", "size")

    def __init__(self) -> None:
        self.frames = 0
        self.size = 0
        self.full_since: float | None = None

    def admits(self, size: int) -> bool:
        """Return whether one more may be sent; a first one always, however large."""
        return self.frames == 0 or (
            self.frames < WINDOW_FRAMES and self.size + size <= WINDOW_BYTES
        )

    def stays_full(self, now: float) -> bool:
        """Return whether it is full, from `now` on if it was not noticed before."""
        if self.full_since is None and not self.admits(1):
            self.full_since = now
        return self.full_since is not None


def lasts(since: float | None, now: float) -> bool:
    """Return whether something has been full for too long; in seconds, of any clock."""
    return since is not None and now - since >= WINDOW_SECONDS


class Cursor:
    """How far one listener is in one room.

    sent: the last number sent. sizes: of what was sent and not seen, oldest first.
    """

    __slots__ = ("sent", "sizes")

    def __init__(self, sent: int = 0) -> None:
        self.sent = sent
        self.sizes: deque[int] | None = None

    def take(self, number: int, size: int, window: Window, now: float) -> bool:
        """Move to the next number if this is it and the window admits it: then it must be sent.

        Everything else leaves the cursor where it is.
        """
        if number != self.sent + 1:
            return False
        if not window.admits(size):
            if window.full_since is None:
                window.full_since = now
            return False
        self.sent = number
        if self.sizes is None:
            self.sizes = deque()
        self.sizes.append(size)
        window.frames += 1
        window.size += size
        return True

    def see(self, number: int, window: Window) -> bool:
        """Open the window by what was seen up to a number; return whether anything was.

        Never moves the cursor: what was not sent cannot have been seen.
        """
        before = window.frames
        while self.sizes and self.sent - len(self.sizes) + 1 <= number:
            window.frames -= 1
            window.size -= self.sizes.popleft()
            window.full_since = None
        if not self.sizes:
            self.sizes = None
        return window.frames < before

    def leave(self, window: Window) -> None:
        """Give back what stands unseen: the room is followed no more."""
        self.see(self.sent, window)

    def jump(self, number: int, window: Window) -> None:
        """Go on after a number far ahead: the listener is told, and pages what lies between."""
        self.leave(window)
        self.sent = max(self.sent, number)
