"""What comes shortly one after the other goes out together, each frame still the next."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat import live
from chat.cursor import WINDOW_FRAMES
from chat.listening import TOGETHER_BYTES, Listener, Place
from core.lines import framed
from tests.chat.ears import LIVE, post, post_many


class Noting(Listener):
    """A listener that notes what it is sent: a list for each time."""

    def __init__(self) -> None:
        self.begin(type("Nobody", (), {"pk": 1})(), None, None)
        self.sent: list[list[int]] = []
        self.pumped = 0

    def say(self, number: int, text: str) -> None:
        self.sent.append([number])

    def say_together(self, frames: Any) -> None:
        self.sent.append([number for number, _text, _size in frames])

    def pump(self, room_id: int, place: Place) -> None:
        self.pumped += 1


def frames(numbers, size=100):
    return [(number, "x", size) for number in numbers]


def place_at(sent):
    place = Place(None)
    place.sent = sent
    return place


def test_little_goes_together_and_much_one_by_one():
    one, place = Noting(), place_at(0)

    one.deliver(7, place, frames(range(1, 5)), 0.0)
    one.deliver(7, place, frames((5, 6), TOGETHER_BYTES), 0.0)
    one.deliver(7, place, frames((7,)), 0.0)
    one.deliver(7, place, frames(()), 0.0)

    assert one.sent == [[1, 2, 3, 4], [5], [6], [7]]
    assert one.pumped == 0


def test_line_that_is_full_takes_no_second_piece():
    one, place = Noting(), place_at(0)

    def full(number, text):
        one.sent.append([number])
        one.blocked_since = 0.0

    one.say = full
    one.deliver(7, place, frames((1, 2), TOGETHER_BYTES), 0.0)

    assert (one.sent, place.sent) == ([[1]], 1)


@given(
    sent=st.integers(0, 4),
    first=st.integers(1, 6),
    count=st.integers(0, WINDOW_FRAMES + 6),
    size=st.sampled_from([1, 200, TOGETHER_BYTES]),
    unseen=st.integers(0, WINDOW_FRAMES),
)
def test_whatever_comes_what_is_sent_is_the_next(sent, first, count, size, unseen):
    one, place = Noting(), place_at(sent)
    one.window.frames = unseen
    last = first + count - 1

    one.deliver(7, place, frames(range(first, last + 1), size), 0.0)

    said = [number for numbers in one.sent for number in numbers]
    assert said == list(range(sent + 1, place.sent + 1))
    lacks = count > 0 and place.sent < last and one.window.full_since is None
    assert one.pumped == lacks
    if first <= sent + 1:
        assert place.sent == max(sent, last) or one.window.full_since is not None


def test_frames_that_go_together_are_the_frames():
    assert framed("one", "two" * 100) == framed("one") + framed("two" * 100)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", list(LIVE))
async def test_many_hear_a_lively_minute_in_few_goes(way, cast, room, monkeypatch):
    monkeypatch.setattr(live, "MANY", 1)
    monkeypatch.setattr(live, "TOGETHER_SECONDS", 2.0)
    deliver, goes = live.Hub._deliver, []
    monkeypatch.setattr(
        live.Hub, "_deliver", lambda hub, *facts: (goes.append(1), deliver(hub, *facts))
    )
    one = LIVE[way](cast.aminata, room)
    await one.open()
    await post(cast.bao, room, "first")
    heard = await one.hear(1)

    await post_many(cast.bao, room, 6)
    heard += await one.hear(6)

    assert [event["number"] for event in heard] == list(range(1, 8))
    assert len(goes) < 7
    await one.close()
