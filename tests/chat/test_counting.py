"""Ten lines a person, over all processes: what others hold is heard of, and heals by itself."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat import counting, live
from chat.consumers import TOO_MANY
from chat.counting import TOLD_SECONDS, Elsewhere
from tests.chat.ears import LIVE, socket_of, until

MOST = 10


def held(process, *lines):
    return {"type": "live.here", "process": process, "rooms": [], "lines": list(lines)}


def changed(process, *lines):
    return {"type": "live.lines", "process": process, "lines": list(lines)}


def test_process_that_dies_takes_its_lines_with_it():
    elsewhere = Elsewhere()
    elsewhere.hear_all("a", {1: 6, 2: 1}, 0.0)
    elsewhere.hear_all("b", {1: 3}, 5.0)
    assert [elsewhere.count(person) for person in (1, 2, 3)] == [9, 1, 0]

    elsewhere.expire(TOLD_SECONDS)
    assert [elsewhere.count(person) for person in (1, 2)] == [3, 0]


def test_changes_count_at_once_and_all_that_is_held_replaces_them():
    elsewhere = Elsewhere()
    assert not elsewhere.hear("a", {1: 6}, 0.0)
    assert elsewhere.hear("a", {1: 7, 2: 1}, 1.0)
    assert [elsewhere.count(1), elsewhere.count(2)] == [7, 1]

    elsewhere.hear_all("a", {1: 2}, 2.0)
    assert [elsewhere.count(1), elsewhere.count(2)] == [2, 0]


@given(st.dictionaries(st.text("abcdef", min_size=1, max_size=3), st.integers(0, 10)))
def test_processes_that_heard_of_each_other_close_all_but_ten(counts):
    left = 0
    for name, here in counts.items():
        elsewhere = Elsewhere()
        for other in counts.keys() - {name}:
            elsewhere.hear_all(other, {1: counts[other]}, 0.0)
        left += here - elsewhere.too_many(name, 1, here, MOST)

    assert left == min(MOST, sum(counts.values()))


@pytest.fixture(params=list(LIVE))
def ear(request):
    return LIVE[request.param]


@pytest.mark.django_db(transaction=True)
async def test_eleventh_line_is_refused_wherever_the_others_are(ear, cast, room, monkeypatch):
    monkeypatch.setattr(live, "SWEEP_SECONDS", 0.1)
    first = await socket_of(cast.bao)  # so that this process listens
    await until(first, "hello")
    live.hub.hear(changed("other", (cast.aminata.pk, 10)))

    one = ear(cast.aminata, room)
    await one.open()
    assert await one.ended() == 429
    await one.close()

    live.hub.hear(changed("other", (cast.aminata.pk, 9)))
    again = await socket_of(cast.aminata)
    assert (await until(again, "hello"))[-1]["person"] == "aminata"
    await again.disconnect()
    await first.disconnect()


@pytest.mark.django_db(transaction=True)
async def test_lines_of_a_killed_process_are_forgotten(cast, room, monkeypatch):
    monkeypatch.setattr(live, "SWEEP_SECONDS", 0.1)
    monkeypatch.setattr(counting, "TOLD_SECONDS", 0.5)
    first = await socket_of(cast.bao)
    live.hub.hear(changed("killed", (cast.aminata.pk, 10)))
    refused = await socket_of(cast.aminata)
    assert (await until(refused, "bye"))[-1]["code"] == TOO_MANY

    await asyncio.sleep(1)

    again = await socket_of(cast.aminata)
    assert (await until(again, "hello"))[-1]["person"] == "aminata"
    await again.disconnect()
    await first.disconnect()


@pytest.mark.django_db(transaction=True)
async def test_lines_opened_in_two_processes_at_once_are_closed_down_to_ten(cast, room):
    sockets = [await socket_of(cast.aminata) for _number in range(8)]
    for socket in sockets:
        await until(socket, "hello")

    live.hub.hear(changed("~ a later name", (cast.aminata.pk, 8)))
    live.hub.hear(held("", (cast.aminata.pk, 7)))

    for socket in sockets[3:]:  # the last that came
        assert (await until(socket, "bye"))[-1]["code"] == TOO_MANY
    assert len(live.hub.people[cast.aminata.pk]) == 3
    for socket in sockets:
        await socket.disconnect()


@pytest.mark.django_db(transaction=True)
async def test_process_that_is_new_to_another_is_told_all(cast, room, monkeypatch):
    told = []
    monkeypatch.setattr(live, "SWEEP_SECONDS", 0.1)
    monkeypatch.setattr("chat.herald.herald.tell", told.append)
    socket = await socket_of(cast.aminata)
    await until(socket, "hello")
    monkeypatch.setattr(live, "HERE_SWEEPS", 10**9)
    await asyncio.sleep(0.5)
    told.clear()

    live.hub.hear(changed("new", (cast.bao.pk, 1)))
    await asyncio.sleep(0.5)

    (here,) = told
    assert (here["type"], here["lines"]) == ("live.here", [[cast.aminata.pk, 1]])
    await socket.disconnect()
