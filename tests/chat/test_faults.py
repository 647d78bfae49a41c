"""Small faults over real processes; the long ones are in tests/faults (`make faults`)."""

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections, transaction

from chat.actions import open_room, post_message
from chat.models import ChatMessage, Room
from helpdesk.actions import open_ticket
from people.models import RoleGrant
from tests.faults import servers
from tests.faults.checking import complaints_of
from tests.faults.people import Http, Reader, Writer, session_of, token_of
from tests.faults.scene import Scene, ended, frame_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def room(working_room):
    """One that a process of its own has too: that of a claim is there in the tests alone."""
    return working_room


@pytest.fixture
def server(tmp_path):
    one = servers.web(tmp_path)
    with servers.killed_at_the_end(one):
        one.start()
        yield one


def test_killed_server_loses_nothing(server):
    scene = Scene(server.port, writers=4, readers=2)

    async def fault() -> None:
        await asyncio.sleep(0.5)
        server.kill()
        await asyncio.to_thread(server.start)
        await asyncio.sleep(0.5)

    scene.play(fault, a_second=16)

    assert scene.complaints() == []
    assert [one.lines for one in scene.readers] == [2, 2]


def test_two_processes_writing_one_room_leave_no_hole(server, tmp_path):
    scene = Scene(server.port, writers=1, readers=2)
    for _time in range(2):
        scene.beside.append(servers.Writing(tmp_path, scene.room.pk, "p0", count=150))

    scene.play(lambda: asyncio.to_thread(scene.take_in), a_second=5)

    assert scene.count > 300
    assert scene.complaints() == []


def test_same_send_ten_times_at_once_over_every_way_is_one_message(server, cast, room):
    """By the API and by the form, which are all the ways without a socket that take a client id."""
    path = f"/rooms/{room.pk}/messages"
    facts = {"source": "once", "client_id": "the same"}

    async def by_api() -> int:
        writer = Writer(server.port, "aminata", token, room.pk)
        number = await writer.say("the same")
        writer.http.close()
        return number

    async def by_form() -> int:
        form = {**facts, "csrfmiddlewaretoken": "a" * 32}
        body = "&".join(f"{name}={value.replace(' ', '+')}" for name, value in form.items())
        cookies = f"sessionid={session}; csrftoken={'a' * 32}"
        http = Http(
            server.port,
            {
                "Cookie": cookies,
                "Content-Type": "application/x-www-form-urlencoded",
                "Origin": f"http://localhost:{server.port}",
            },
        )
        status, answer = await http.send("POST", path, body.encode())
        http.close()
        assert status == 303, (status, answer)
        return 1

    async def at_once() -> list[int]:
        numbers = await asyncio.gather(*(ask() for ask in (by_api, by_form) * 5))
        await asyncio.sleep(0.1)
        return numbers

    token, session = token_of(cast.aminata), session_of(cast.aminata)

    assert set(asyncio.run(at_once())) == {1}
    assert ChatMessage.objects.filter(room=room).count() == 1


def test_line_cut_after_the_commit_gives_the_same_message_again(server, cast, room):
    token = token_of(cast.aminata)
    cut: list[int] = []

    async def relay(down: asyncio.StreamReader, up: asyncio.StreamWriter) -> None:
        """Pass a request on; the first time, drop its answer once that has come."""
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(await down.read(65536))
        answer = await reader.read(65536)
        if cut:
            up.write(answer)
            await asyncio.sleep(0.2)
        else:
            cut.append(int(answer.split()[1]))
        up.transport.abort()
        writer.transport.abort()

    async def said_twice() -> tuple[int, int]:
        proxy = await asyncio.start_server(relay, "127.0.0.1", servers.port(5))
        writer = Writer(servers.port(5), "aminata", token, room.pk)
        async with proxy:
            number = await writer.say("cut")
        writer.http.close()
        await asyncio.sleep(0.5)  # the relay's lines end too
        return number, writer.tries

    assert asyncio.run(said_twice()) == (1, 2)
    assert cut == [201]
    assert complaints_of(room.pk, {("aminata", "cut"): 1}, {}) == []


def test_who_loses_the_right_in_mid_stream_hears_nothing_said_after(server, cast, levels):
    ticket = open_ticket(actor=cast.aminata, subject="Down", source="Help", language="en")
    room = open_room(actor=cast.aminata, kind="helpdesk.ticket", object_id=ticket.pk)
    before = room.head
    stays = Reader(server.port, session_of(cast.aminata), room.pk)
    goes = Reader(server.port, session_of(cast.nadia), room.pk)

    async def play() -> None:
        following = [asyncio.create_task(one.follow()) for one in (stays, goes)]
        while not all(frame_of(one, "sync") for one in (stays, goes)):
            await asyncio.sleep(0.02)
        await asyncio.to_thread(talk)
        assert await stays.has(before + 40, 20)
        await asyncio.sleep(0.3)
        await ended(following)

    def talk() -> None:
        try:
            for number in range(40):
                if number == 20:
                    RoleGrant.objects.filter(person=cast.nadia).delete()
                name = f"m{number}"
                post_message(actor=cast.aminata, room_id=room.pk, source=name, client_id=name)
        finally:
            connections.close_all()

    asyncio.run(play())

    assert [number for number, _id in stays.heard] == list(range(1, before + 41))
    heard = [number for number, _id in goes.heard]
    assert heard == list(range(1, len(heard) + 1))
    assert len(heard) <= before + 20
    assert any(frame.get("code") in ("gone", "not_found") for frame in goes.frames)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer")
def test_transaction_that_dawdles_before_commit_is_never_overtaken(server, cast, room):
    """n is written and not committed, n + 1 is said meanwhile: it waits, and nobody sees a hole."""
    reader = Reader(server.port, session_of(cast.bao), room.pk)
    written, seen_meanwhile = threading.Event(), []

    def dawdle() -> None:
        try:
            with transaction.atomic():
                post_message(actor=cast.bao, room_id=room.pk, source="first", client_id="first")
                written.set()
                for _time in range(10):
                    time.sleep(0.1)
                    with connection.cursor():
                        seen_meanwhile.append(list(reader.heard))
        finally:
            connections.close_all()

    def hurry() -> None:
        try:
            written.wait(10)
            post_message(actor=cast.aminata, room_id=room.pk, source="second", client_id="second")
        finally:
            connections.close_all()

    async def play() -> None:
        following = [asyncio.create_task(reader.follow())]
        while not frame_of(reader, "sync"):
            await asyncio.sleep(0.02)
        with ThreadPoolExecutor(2) as pool:
            loop = asyncio.get_running_loop()
            await asyncio.gather(*(loop.run_in_executor(pool, one) for one in (dawdle, hurry)))
        assert await reader.has(2, 10)
        await ended(following)

    asyncio.run(play())

    assert seen_meanwhile == [[]] * 10
    assert reader.heard == [(1, "first"), (2, "second")]
    assert Room.objects.get(pk=room.pk).head == 2
