"""What only the socket has: its frames, its window, its limits."""

import asyncio
from datetime import timedelta

import pytest
from channels.db import database_sync_to_async
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.utils import timezone

from chat import cursor, live, storing
from chat.consumers import BAD_FRAME, GONE, SIGNED_OUT, TOO_MANY
from chat.models import Room
from core.journal import record
from people.models import Notice, Sanction
from tests.cast import SECRET
from tests.chat.ears import (
    events_of,
    fill,
    following,
    frame_of,
    post,
    post_many,
    session_for,
    silent,
    socket_of,
    until,
)

pytestmark = pytest.mark.django_db(transaction=True)


async def closed(socket) -> int:
    """Return the code of the close that follows `bye`."""
    bye = (await until(socket, "bye"))[-1]
    message = await socket.receive_output(timeout=5)
    assert message == {"type": "websocket.close", "code": bye["code"]}
    return bye["code"]


async def test_visitor_is_closed(cast, room):
    assert await closed(await socket_of(AnonymousUser())) == SIGNED_OUT


async def test_outsider_joins_nothing(cast, room):
    await post(cast.bao, room, SECRET)
    socket = await socket_of(cast.omar)
    await until(socket, "hello")

    await socket.send_json_to({"type": "subscribe", "room": room.pk, "since": 0})

    refused = {"type": "error", "room": room.pk, "code": "not_found"}
    assert await frame_of(socket) == refused
    await post(cast.bao, room, f"{SECRET} again")
    assert await socket.receive_nothing(timeout=1.5)
    await socket.disconnect()


async def test_who_loses_the_last_room_is_closed_though_nothing_is_said(cast, claim, room):
    socket = await following(cast.aminata, room)

    await database_sync_to_async(claim.receivers.all().delete)()

    assert (await until(socket, "error"))[-1]["code"] == "gone"
    assert await closed(socket) == GONE


async def test_suspended_person_is_closed(cast, room):
    socket = await following(cast.aminata, room)

    await Sanction.objects.acreate(
        person=cast.aminata,
        kind=Sanction.Kind.SUSPENSION,
        by=cast.moira,
        reason="x",
        until=timezone.now() + timedelta(days=1),
    )
    cast.aminata.state = "suspended"
    await cast.aminata.asave()

    assert await closed(socket) == GONE
    again = await socket_of(await type(cast.aminata).objects.aget(pk=cast.aminata.pk))
    assert await closed(again) == GONE


async def test_suspension_that_is_over_closes_nobody(cast, room):
    await Sanction.objects.acreate(
        person=cast.aminata,
        kind=Sanction.Kind.SUSPENSION,
        by=cast.moira,
        reason="x",
        until=timezone.now() - timedelta(days=1),
    )
    cast.aminata.state = "suspended"
    await cast.aminata.asave()

    socket = await following(cast.aminata, room)
    await post(cast.bao, room, "one")

    assert (await events_of(socket, 1))[0]["number"] == 1
    await socket.disconnect()


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "{",
        "[" * 9000,
        '{"type": "event"}',
        '{"type": ["ping"]}',
        '{"type": "subscribe"}',
        '{"type": "subscribe", "room": "7"}',
        '{"type": "subscribe", "room": true}',
        '{"type": "subscribe", "room": 1, "since": -1}',
        '{"type": "subscribe", "room": 99999999999999999999999}',
        '{"type": "seen", "room": 1}',
        " " * 20000,
        "é" * 9000,
    ],
)
async def test_bad_frame_closes(text, cast, room):
    socket = await socket_of(cast.aminata)
    await until(socket, "hello")

    await socket.send_to(text_data=text)

    assert await closed(socket) == BAD_FRAME
    await socket.disconnect()


async def test_bytes_close(cast, room):
    socket = await socket_of(cast.aminata)
    await until(socket, "hello")

    await socket.send_to(bytes_data=b'{"type": "ping"}')

    assert await closed(socket) == BAD_FRAME


async def test_ping_is_answered(cast, room):
    socket = await socket_of(cast.aminata)
    await until(socket, "hello")

    await socket.send_json_to({"type": "ping"})

    assert await frame_of(socket) == {"type": "pong"}
    await socket.disconnect()


async def test_flood_is_closed_and_the_rest_of_it_passed_over(cast, room):
    socket = await socket_of(cast.aminata)
    await until(socket, "hello")

    for _number in range(1000):
        await socket.send_json_to({"type": "ping"})

    frames = await until(socket, "bye")
    assert frames[-1] == {"type": "bye", "code": TOO_MANY, "again_after_seconds": 5}
    assert 200 <= len(frames) < 400
    assert (await socket.receive_output())["code"] == TOO_MANY
    assert await socket.receive_nothing(timeout=0.2)
    await socket.disconnect()


async def test_who_answers_each_of_five_hundred_events_floods_nobody(cast, room, monkeypatch):
    monkeypatch.setattr(live, "clock", lambda: 7.0)  # however fast they come: nothing is earned
    await fill(room, cast.bao, 500)
    socket = await socket_of(cast.aminata)
    await socket.send_json_to({"type": "subscribe", "room": room.pk, "since": 0})

    heard = []
    while len(heard) < 500:
        event = (await until(socket, "event"))[-1]
        heard.append(event["number"])
        await socket.send_json_to({"type": "seen", "room": room.pk, "number": event["number"]})

    assert heard == list(range(1, 501))
    assert [frame["type"] for frame in await until(socket, "sync")] == ["sync"]
    await socket.disconnect()


async def test_acknowledging_the_same_again_and_again_is_a_flood(cast, room):
    await fill(room, cast.bao, 1)
    socket = await following(cast.aminata, room)

    for _number in range(1000):
        await socket.send_json_to({"type": "seen", "room": room.pk, "number": 1})

    assert await closed(socket) == TOO_MANY
    await socket.disconnect()


async def test_eleventh_socket_is_closed_and_a_closed_one_makes_place(cast, room):
    sockets = [await socket_of(cast.aminata) for _number in range(10)]

    assert await closed(await socket_of(cast.aminata)) == TOO_MANY
    other = await socket_of(cast.bao)
    await until(other, "hello")
    await sockets.pop().disconnect()
    again = await socket_of(cast.aminata)
    await until(again, "hello")

    for socket in (*sockets, other, again):
        await socket.disconnect()


async def test_fifty_first_room_is_refused(cast, room):
    socket = await socket_of(cast.aminata)
    await until(socket, "hello")

    for number in range(50):
        await socket.send_json_to({"type": "subscribe", "room": room.pk + number, "since": 0})
    await socket.send_json_to({"type": "subscribe", "room": 10**6, "since": 0})

    codes = {}
    while 10**6 not in codes:
        frame = (await until(socket, "error"))[-1]
        codes[frame["room"]] = frame["code"]
    assert codes[10**6] == "too_many_rooms"
    await socket.disconnect()


async def test_window_stops_at_64_frames_and_seen_opens_it(cast, room):
    await fill(room, cast.bao, 150)
    socket = await socket_of(cast.aminata)
    await socket.send_json_to({"type": "subscribe", "room": room.pk, "since": 0})

    first = await events_of(socket, 64)
    assert await silent(socket)
    await socket.send_json_to({"type": "seen", "room": room.pk, "number": 64})
    second = await events_of(socket, 64)
    assert await silent(socket)
    await socket.send_json_to({"type": "seen", "room": room.pk, "number": 10**9})
    third = await until(socket, "sync")

    heard = [frame["number"] for frame in [*first, *second, *third]]
    assert heard == [*range(1, 151), 150]
    await socket.disconnect()


async def test_window_is_of_bytes_whatever_is_written(cast, room):
    """N'Ko takes two bytes a letter, an emoji four."""
    await fill(room, cast.bao, 50, html="ߒ" * 3000 + "🎉" * 500)
    socket = await socket_of(cast.aminata)
    await socket.send_json_to({"type": "subscribe", "room": room.pk, "since": 0})

    first = await events_of(socket, 32)  # of 8,000 bytes and some, and half as many letters
    assert await silent(socket)
    await socket.send_json_to({"type": "seen", "room": room.pk, "number": 32})
    rest = await until(socket, "sync")

    assert [frame["number"] for frame in [*first, *rest]] == [*range(1, 51), 50]
    await socket.disconnect()


async def test_who_lost_the_right_while_the_window_was_full_gets_nothing_more(cast, claim, room):
    await fill(room, cast.bao, 100)
    socket = await socket_of(cast.aminata)
    await socket.send_json_to({"type": "subscribe", "room": room.pk, "since": 0})
    await events_of(socket, 64)

    await database_sync_to_async(claim.receivers.all().delete)()
    await socket.send_json_to({"type": "seen", "room": room.pk, "number": 64})

    frames = await until(socket, "bye")
    assert [frame["type"] for frame in frames] == ["error", "bye"]


async def test_reader_that_stays_full_is_closed_and_others_are_not(cast, room, monkeypatch):
    monkeypatch.setattr(cursor, "WINDOW_SECONDS", 2.0)
    stuck, reader = await following(cast.aminata, room), await following(cast.bao, room)
    await fill(room, cast.bao, 70)

    for _number in range(70):
        event = (await events_of(reader, 1))[0]
        await reader.send_json_to({"type": "seen", "room": room.pk, "number": event["number"]})
    await events_of(stuck, 64)

    assert event["number"] == 70
    assert await closed(stuck) == live.STUCK
    resumed = await following(cast.aminata, room, since=64)
    for socket in (stuck, reader, resumed):
        await socket.disconnect()


async def test_who_is_far_behind_is_told_to_page(cast, room):
    await fill(room, cast.bao, 501)
    socket = await socket_of(cast.aminata)
    await socket.send_json_to({"type": "subscribe", "room": room.pk, "since": 0})

    frames = await until(socket, "sync")
    await post(cast.bao, room, "next")

    assert frames[1:] == [{"type": "sync", "room": room.pk, "number": 501, "is_far": True}]
    assert [event["number"] for event in await events_of(socket, 1)] == [502]
    await socket.disconnect()


async def test_listeners_far_behind_at_once_are_told_to_page(cast, room):
    socket = await following(cast.aminata, room)

    await fill(room, cast.bao, 600)

    sync = {"type": "sync", "room": room.pk, "number": 600, "is_far": True}
    assert (await until(socket, "sync"))[-1] == sync
    await socket.disconnect()


async def test_unsubscribed_hears_nothing(cast, room):
    socket = await following(cast.aminata, room)
    await socket.send_json_to({"type": "unsubscribe", "room": room.pk})

    await post(cast.bao, room, "one")

    assert await silent(socket)
    await socket.disconnect()


async def test_acknowledging_what_was_not_sent_moves_nothing(cast, room):
    socket = await following(cast.aminata, room)
    await socket.send_json_to({"type": "seen", "room": room.pk, "number": 5})
    await socket.send_json_to({"type": "seen", "room": 999, "number": 5})

    await post_many(cast.bao, room, 3)

    assert [event["number"] for event in await events_of(socket, 3)] == [1, 2, 3]
    await socket.disconnect()


async def test_typing_is_told_to_the_others_and_not_again_at_once(cast, room):
    writer, reader = await following(cast.aminata, room), await following(cast.bao, room)

    for _number in range(3):
        await writer.send_json_to({"type": "typing", "room": room.pk})
    await writer.send_json_to({"type": "ping"})

    told = (await until(reader, "typing"))[-1]
    assert told["person"] == {"handle": "aminata", "name": "Aminata"}
    assert [frame["type"] for frame in await until(writer, "pong")] == ["pong"]
    await post(cast.bao, room, "one")
    assert [frame["type"] for frame in await until(reader, "event")] == ["event"]
    for socket in (writer, reader):
        await socket.disconnect()


async def test_outsider_types_unheard(cast, room):
    reader, outsider = await following(cast.bao, room), await socket_of(cast.omar)

    await outsider.send_json_to({"type": "typing", "room": room.pk})
    await post(cast.bao, room, "one")

    assert [frame["type"] for frame in await until(reader, "event")] == ["event"]
    for socket in (reader, outsider):
        await socket.disconnect()


async def test_presence_tells_who_came_and_who_left(cast, room):
    first = await following(cast.bao, room)
    second = await following(cast.aminata, room)

    async def people():
        return [one["handle"] for one in (await until(first, "presence"))[-1]["people"]]

    while await people() != ["aminata", "bao"]:
        pass
    await second.disconnect()
    while await people() != ["bao"]:
        pass
    await first.disconnect()


async def test_bell_is_told_at_hello_and_when_it_changes(cast, room):
    first = await following(cast.bao, room)
    line = await database_sync_to_async(transaction.atomic(record))(
        "test.happened", actor=None, thing=room
    )
    await Notice.objects.acreate(
        person=cast.bao, line=line, verb="test.happened", thing_kind="chat.room", thing_id=room.pk
    )

    assert (await until(first, "notices"))[-1] == {"type": "notices", "unread": 1, "rooms": 0}
    second = await socket_of(cast.bao)
    assert (await frame_of(second)) == {"type": "hello", "person": "bao", "unread": 1, "rooms": 0}
    await Notice.objects.aupdate(read_at=timezone.now())
    assert (await until(first, "notices"))[-1] == {"type": "notices", "unread": 0, "rooms": 0}
    for socket in (first, second):
        await socket.disconnect()


async def test_slow_room_stops_no_other(cast, claim, room, monkeypatch):
    """A room whose right takes long, with many who come in at once."""
    gate = asyncio.Event()
    other = await Room.objects.acreate(thing_kind="aid.claim", thing_id=claim.pk + 1000)
    who_may_enter, loop = storing.who_may_enter, asyncio.get_running_loop()

    def slowly(room_id, people):
        if room_id == other.pk:
            asyncio.run_coroutine_threadsafe(gate.wait(), loop).result()
        return who_may_enter(room_id, people)

    monkeypatch.setattr(storing, "who_may_enter", slowly)
    waiting = [await socket_of(person) for person in (cast.bao, cast.omar, cast.moira) * 3]
    for socket in waiting:
        await socket.send_json_to({"type": "subscribe", "room": other.pk, "since": 0})
    socket = await following(cast.aminata, room)

    await post_many(cast.bao, room, 5)

    assert [event["number"] for event in await events_of(socket, 5)] == [1, 2, 3, 4, 5]
    gate.set()
    for one in (*waiting, socket):
        await until(one, "error") if one is not socket else None
        await one.disconnect()


async def test_signed_out_socket_is_closed(cast, room, monkeypatch):
    monkeypatch.setattr("chat.doors.SESSION_SWEEPS", 1)
    session = await session_for(cast.aminata)
    socket = await following(cast.aminata, room, session=session)

    await session.adelete()

    assert await closed(socket) == SIGNED_OUT
