"""The cursor: any interleaving of hints, reads, forgotten buffers and seens delivers 1..n once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.cursor import FAR, RECENT_FRAMES, WINDOW_FRAMES, Cursor, Frame, Recent, Window, lasts

ACTS = ["grow", "hint", "read", "land", "drop", "seen", "twice"]
STEPS = st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 400)), max_size=120)


def rows(after: int, last: int):
    return [(number, str(number), 1) for number in range(after + 1, last + 1)]


class Listening:
    """A room's buffer and one listener, driven as chat.listening and chat.live drive them."""

    def __init__(self, cursor):
        self.head = 0
        self.recent = Recent(0)
        self.window, self.cursor = Window(), cursor
        self.sent: list[int] = []
        self.reads: list[list[Frame]] = []  # what was asked and has not landed yet

    def offer(self, frames):
        for number, _text, size in frames:
            if self.cursor.take(number, size, self.window, 0.0):
                self.sent.append(number)

    def grow(self, value):
        self.head += value % 9

    def hint(self, value):
        """The room is read for all: at times only a part of what there is."""
        for frame in rows(self.recent.last, min(self.head, self.recent.last + value)):
            self.recent.add(frame)
        self.offer(self.recent.after(self.cursor.sent) or ())

    def read(self, value):
        """A pump asks now, and is answered later: by then others have sent something."""
        self.reads.append(rows(self.cursor.sent, self.head)[: value + 1])

    def land(self, value):
        if self.reads:
            self.offer(self.reads.pop(value % len(self.reads)))

    def drop(self, value):
        """The buffer forgets, or goes on behind a hole."""
        self.recent.forget()
        self.recent.skip(min(self.head, self.recent.last + value % 30))

    def seen(self, value):
        self.cursor.see(value, self.window)

    def twice(self, value):
        """What was sent long ago comes again."""
        self.offer(rows(max(0, self.cursor.sent - value % 7), self.cursor.sent))

    def finish(self):
        while self.cursor.sent < self.head:
            self.cursor.see(self.head, self.window)
            self.offer(rows(self.cursor.sent, self.head))


def deliver(cursor, steps) -> tuple[list[int], int]:
    listening = Listening(cursor)
    for act, value in steps:
        getattr(listening, act)(value)
        assert listening.window.frames <= WINDOW_FRAMES
        assert listening.window.frames == len(listening.cursor.sizes or ())
    listening.finish()
    return listening.sent, listening.head


@given(STEPS)
def test_any_interleaving_delivers_every_number_once_and_in_order(steps):
    sent, head = deliver(Cursor(), steps)

    assert sent == list(range(1, head + 1))


class NaiveCursor(Cursor):
    """What one writes first: whatever is newer is sent, and an acknowledgement moves on."""

    def take(self, number, size, window, now):
        if number <= self.sent:
            return False
        self.sent = number - 1
        return super().take(number, size, window, now)

    def see(self, number, window):
        self.sent = max(self.sent, number)
        return super().see(number, window)


def test_naive_cursor_is_found_out():
    """The property is worth something: it fails for the cursor one writes first."""

    @given(STEPS)
    def holds(steps):
        listening = Listening(NaiveCursor())
        for act, value in steps:
            getattr(listening, act)(value)
        listening.finish()
        assert listening.sent == list(range(1, listening.head + 1))

    with pytest.raises(AssertionError):
        holds()


def test_window_is_bounded_in_bytes_and_admits_one_giant():
    window, cursor = Window(), Cursor()

    assert cursor.take(1, 300_000, window, 0.0)
    assert not cursor.take(2, 1, window, 7.0)
    assert window.full_since == 7.0
    assert not lasts(window.full_since, 66.0)
    assert lasts(window.full_since, 67.0)
    assert cursor.see(1, window)
    assert cursor.take(2, 1, window, 8.0)
    assert window.full_since is None


def test_leaving_a_room_gives_its_part_of_the_window_back():
    window, one, other = Window(), Cursor(), Cursor(10)
    for number in range(1, 4):
        one.take(number, 10, window, 0.0)
    other.take(11, 5, window, 0.0)

    one.leave(window)

    assert (window.frames, window.size) == (1, 5)


def test_jump_goes_forward_alone():
    window, cursor = Window(), Cursor(FAR)
    cursor.jump(FAR * 3, window)
    cursor.jump(FAR, window)

    assert cursor.sent == FAR * 3


def test_buffer_keeps_the_last_frames_and_says_when_they_are_not_all():
    recent = Recent(5)
    for number in range(6, 6 + RECENT_FRAMES + 10):
        recent.add((number, "x", 1))

    assert recent.after(recent.last) == ()
    assert recent.after(recent.last - 1) == ((recent.last, "x", 1),)
    assert [number for number, _text, _size in recent.after(15)] == list(range(16, recent.last + 1))
    assert recent.after(14) is None


def test_buffer_is_bounded_in_bytes():
    recent = Recent(0)
    for number in range(1, 10):
        recent.add((number, "ߒ" * 50_000, 100_000))

    assert [number for number, _text, _size in recent.frames] == [8, 9]
