"""Who is gone is counted no more, however it ended."""

import asyncio

import pytest
from django.db import OperationalError

from chat import live, storing
from tests.chat.ears import LIVE, following, socket_of, until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=list(LIVE))
def ear(request, cast, room):
    return LIVE[request.param](cast.aminata, room)


def line_of(ear):
    """Return what the application runs on."""
    return ear.socket if hasattr(ear, "socket") else ear.line


async def test_who_was_never_greeted_is_not_counted(ear, cast, room, monkeypatch):
    def away(person, session):
        raise OperationalError("no database")

    other = await socket_of(cast.bao)  # so that the sweep goes on
    await until(other, "hello")
    monkeypatch.setattr(storing, "greeting", away)
    await ear.open()

    with pytest.raises(OperationalError):
        async with asyncio.timeout(5):
            await line_of(ear).future
    assert line_of(ear).output_queue.empty()
    assert cast.aminata.pk not in live.hub.people
    await other.disconnect()


async def test_who_is_cut_off_while_greeted_is_not_counted(ear, cast, room, monkeypatch):
    gate, loop = asyncio.Event(), asyncio.get_running_loop()

    def slowly(person, session):
        asyncio.run_coroutine_threadsafe(gate.wait(), loop).result()
        return 0, False, False

    monkeypatch.setattr(storing, "greeting", slowly)
    await ear.open()
    async with asyncio.timeout(5):
        while cast.aminata.pk not in live.hub.people:
            await asyncio.sleep(0.01)

    line_of(ear).stop()
    await asyncio.sleep(0.1)

    assert cast.aminata.pk not in live.hub.people
    gate.set()


async def test_who_is_cut_off_in_a_room_is_in_it_no_more(cast, room):
    socket = await following(cast.aminata, room)

    socket.stop()
    await asyncio.sleep(0.1)

    assert live.hub.people == {}
    assert live.hub.channels == {}


async def test_who_is_ended_while_greeted_is_told_nothing_after_that(cast, room, monkeypatch):
    gate, loop = asyncio.Event(), asyncio.get_running_loop()

    def slowly(person, session):
        asyncio.run_coroutine_threadsafe(gate.wait(), loop).result()
        return 0, False, False

    monkeypatch.setattr(storing, "greeting", slowly)
    socket = await socket_of(cast.aminata)
    async with asyncio.timeout(5):
        while cast.aminata.pk not in live.hub.people:
            await asyncio.sleep(0.01)

    next(iter(live.hub.people[cast.aminata.pk])).end(live.TOO_MANY)
    gate.set()

    assert (await until(socket, "bye"))[-1]["code"] == live.TOO_MANY
    assert (await socket.receive_output(timeout=5))["type"] == "websocket.close"
    assert await socket.receive_nothing(timeout=0.3)
    await socket.disconnect()
