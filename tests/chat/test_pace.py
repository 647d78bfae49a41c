"""How fast one may speak and mark, at the settings a site begins with."""

from datetime import UTC, datetime

import pytest
import time_machine

from chat.models import ChatMessage, RoomMark
from core import limits
from tests.faces import DONE, FACES, TOO_MANY, UNSEEN, Act

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 24, 12, 0, 5, tzinfo=UTC)
MORE_THAN_A_MINUTES = 65  # writes, of anything else


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def say(number: int, source: str = "Hello") -> Act:
    body = {"source": source, "client_id": f"c{number}"}
    return Act(
        page=lambda room: (f"/rooms/{room.pk}/messages", body),
        api=lambda room: ("POST", f"/api/v1/rooms/{room.pk}/messages", body),
    )


def mark(number: int) -> Act:
    body = {"number": number}
    return Act(
        page=lambda room: (f"/rooms/{room.pk}/mark", body),
        api=lambda room: ("PUT", f"/api/v1/rooms/{room.pk}/mark", body),
    )


@pytest.mark.parametrize("face", FACES)
def test_both_sides_speak_and_read_a_whole_lively_minute(face, perform, cast, room, clock):
    for number in range(1, MORE_THAN_A_MINUTES + 1):
        assert perform(face, cast.bao, say(number), room) == DONE
        assert perform(face, cast.aminata, mark(number), room) == DONE
        clock.shift(0.25)

    assert ChatMessage.objects.filter(room=room).count() == MORE_THAN_A_MINUTES
    assert RoomMark.objects.get(room=room, person=cast.aminata).seen == MORE_THAN_A_MINUTES


def test_who_talked_a_lot_may_still_write_elsewhere(browse, cast, room, clock):
    browser = browse(cast.bao)
    for number in range(MORE_THAN_A_MINUTES):
        assert browser.post(f"/rooms/{room.pk}/messages", {"source": "x", "client_id": number})
        clock.shift(0.25)

    statuses = [browser.post("/language").status_code for _number in range(61)]

    assert 429 not in statuses[:60]
    assert statuses[60] == 429


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize(("act", "most"), [(say, 20), (mark, 50)])
def test_burst_ends_and_goes_on_a_second_later(face, act, most, perform, cast, room, clock):
    done = [perform(face, cast.bao, act(number), room) for number in range(most + 1)]

    assert done == [DONE] * most + [TOO_MANY]
    assert perform(face, cast.aminata, act(0), room) == DONE
    clock.shift(1)
    assert perform(face, cast.bao, act(most + 1), room) == DONE


@pytest.mark.parametrize("face", FACES)
def test_burst_is_one_on_all_faces(face, perform, cast, room, clock):
    for number in range(20):
        perform(FACES[number % len(FACES)], cast.bao, say(number), room)

    assert perform(face, cast.bao, say(20), room) == TOO_MANY


@pytest.mark.parametrize("face", ["fragment", "api"])  # no page has a form for them
def test_outsider_who_tries_a_lot_is_counted_too(face, perform, cast, room, clock):
    tried = [perform(face, cast.omar, say(number), room) for number in range(21)]

    assert tried == [UNSEEN] * 20 + [TOO_MANY]


def test_nothing_said_is_counted_too(browse, cast, room, clock):
    browser = browse(cast.bao)
    path = f"/rooms/{room.pk}/messages"

    statuses = [browser.post(path, {"client_id": f"c{n}"}).status_code for n in range(21)]

    assert statuses == [422] * 20 + [429]


def test_what_came_too_fast_stays_in_the_form(browse, cast, room, clock):
    browser = browse(cast.bao)
    path = f"/rooms/{room.pk}/messages"
    for number in range(20):
        browser.post(path, {"source": "x", "client_id": f"c{number}"})

    refused = browser.post(path, {"source": "The last of many", "client_id": "last"})

    assert refused.status_code == 429
    assert "The last of many" in refused.content.decode()


def test_false_tokens_are_counted_by_their_address(call, room, clock, monkeypatch):
    monkeypatch.setitem(limits.OWN_PACE_AT_AN_ADDRESS, "burst", 3)
    program, path = call(), f"/api/v1/rooms/{room.pk}/messages"

    seen = [
        program.post(path, headers={"Authorization": f"Token {n}"}).status_code for n in range(4)
    ]

    assert seen == [401] * 3 + [429]


def test_visitors_are_counted_as_everywhere(browse, room, clock):
    browser, path = browse(), f"/rooms/{room.pk}/messages"

    statuses = [browser.post(path, {"source": "x"}).status_code for _number in range(61)]

    assert 429 not in statuses[:60]
    assert statuses[60] == 429
