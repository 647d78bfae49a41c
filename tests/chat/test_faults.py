"""Small faults over real processes; the long ones are in tests/faults (`make faults`)."""

import asyncio
import itertools
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import pytest
from django.db import connection, connections, transaction

from chat.actions import open_room, post_message
from chat.models import ChatMessage, Room
from helpdesk.actions import open_ticket
from people.models import RoleGrant
from tests.cast import session_of
from tests.faults import servers
from tests.faults.checking import complaints_of
from tests.faults.people import Http, Reader, Writer, token_of
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


@pytest.fixture
def naive_server(tmp_path):
    """One that stores what comes as often as it comes."""
    one = servers.web(tmp_path, application="tests.faults.naive_sends:application")
    with servers.killed_at_the_end(one):
        one.start()
        yield one


def sent_ten_times(server, person, room) -> list[str]:
    """Send the same ten times at once by every way without a socket; return what is wrong then.

    By the API and by the form, which are all the ways that take a client id.
    """
    facts = {"source": "the same", "client_id": "the same", "csrfmiddlewaretoken": "a" * 32}
    body = urlencode(facts).encode()

    async def by_api() -> None:
        writer = Writer(server.port, person.handle, token, room.pk)
        numbers.append(await writer.say("the same"))
        writer.http.close()

    async def by_form() -> None:
        cookies = f"sessionid={session}; csrftoken={'a' * 32}"
        headers = {
            "Cookie": cookies,
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": f"http://localhost:{server.port}",
        }
        http = Http(server.port, headers)
        status, answer = await http.send("POST", f"/rooms/{room.pk}/messages", body)
        http.close()
        assert status == 303, (status, answer)

    async def at_once() -> None:
        await asyncio.gather(*(ask() for ask in (by_api, by_form) * 5))
        await asyncio.sleep(0.1)

    token, session = token_of(person), session_of(person)
    numbers: list[int] = []
    asyncio.run(at_once())
    assert len(numbers) == 5
    said = {(person.handle, "the same"): numbers[0]}
    found = complaints_of(room.pk, said, {}, named="source")
    return [*found, "not one number"] if len(set(numbers)) > 1 else found


def test_same_send_ten_times_at_once_over_every_way_is_one_message(server, cast, room):
    assert sent_ten_times(server, cast.aminata, room) == []
    assert ChatMessage.objects.filter(room=room).count() == 1


def test_naive_way_stores_the_same_send_as_often_as_it_comes(naive_server, cast, room):
    found = sent_ten_times(naive_server, cast.aminata, room)

    assert "not one number" in found
    assert any("stored twice" in text for text in found)
    assert ChatMessage.objects.filter(room=room).count() == 10


def sent_over_a_cut_line(server, person, room) -> list[str]:
    """Send something whose first answer is lost on the way; return what is wrong then."""
    token = token_of(person)
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
        writer = Writer(servers.port(5), person.handle, token, room.pk)
        async with proxy:
            number = await writer.say("cut")
        writer.http.close()
        await asyncio.sleep(0.5)  # the relay's lines end too
        return number, writer.tries

    number, tries = asyncio.run(said_twice())
    assert (cut, tries) == ([201], 2)
    return complaints_of(room.pk, {(person.handle, "cut"): number}, {}, named="source")


def test_line_cut_after_the_commit_gives_the_same_message_again(server, cast, room):
    assert sent_over_a_cut_line(server, cast.aminata, room) == []
    assert ChatMessage.objects.filter(room=room).count() == 1


def test_naive_way_stores_what_was_not_answered_a_second_time(naive_server, cast, room):
    found = sent_over_a_cut_line(naive_server, cast.aminata, room)

    assert found == ["stored twice: 1, as [('aminata', 'cut')]"]


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


of_many_writers = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite has one writer"
)


def overtaken(first, second, *, meanwhile=lambda: None, look=lambda: None) -> None:
    """Write by `first` and commit that after a second; call `second` as soon as it is written.

    meanwhile: called ten times before the commit. look: again and again, until after both.
    """
    written = threading.Event()

    def dawdle() -> None:
        try:
            with transaction.atomic():
                first()
                written.set()
                for _time in range(10):
                    time.sleep(0.1)
                    meanwhile()
        finally:
            connections.close_all()

    def hurry() -> None:
        try:
            written.wait(10)
            second()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        todo = [pool.submit(dawdle), pool.submit(hurry)]
        while not all(one.done() for one in todo):
            look()
            time.sleep(0.02)
    look()
    for one in todo:
        one.result()


@of_many_writers
def test_transaction_that_dawdles_before_commit_is_never_overtaken(server, cast, room):
    """n is written and not committed, n + 1 is said meanwhile: it waits, and nobody sees a hole."""
    reader, seen_meanwhile = Reader(server.port, session_of(cast.bao), room.pk), []

    def say(person, text: str) -> None:
        post_message(actor=person, room_id=room.pk, source=text, client_id=text)

    def both() -> None:
        overtaken(
            lambda: say(cast.bao, "first"),
            lambda: say(cast.aminata, "second"),
            meanwhile=lambda: seen_meanwhile.append(list(reader.heard)),
        )

    async def play() -> None:
        following = [asyncio.create_task(reader.follow())]
        while not frame_of(reader, "sync"):
            await asyncio.sleep(0.02)
        await asyncio.to_thread(both)
        assert await reader.has(2, 10)
        await ended(following)

    asyncio.run(play())

    assert seen_meanwhile == [[]] * 10
    assert reader.heard == [(1, "first"), (2, "second")]
    said = {("bao", "first"): 1, ("aminata", "second"): 2}
    assert complaints_of(room.pk, said, {"reader": reader.heard}) == []


@of_many_writers
def test_naive_numbers_are_overtaken_and_who_asks_for_newer_ones_misses_one(cast, room):
    """Numbers by a counter, as a sequence gives them; a reader who asks for what is newer."""
    numbers, heard = itertools.count(1), []

    def say(person, text: str) -> None:
        facts = {"client_id": text, "source": text, "html": text}
        ChatMessage.objects.create(room=room, number=next(numbers), author=person, **facts)

    def look() -> None:
        last = heard[-1][0] if heard else 0
        newer = ChatMessage.objects.filter(room=room, number__gt=last).order_by("number")
        heard.extend(newer.values_list("number", "client_id"))

    overtaken(lambda: say(cast.bao, "first"), lambda: say(cast.aminata, "second"), look=look)
    Room.objects.filter(pk=room.pk).update(head=2)

    said = {("bao", "first"): 1, ("aminata", "second"): 2}
    assert heard == [(2, "second")]
    assert complaints_of(room.pk, said, {"reader": heard}) == [
        "reader: 1 missing, 0 twice, 0 out of order, 0 false"
    ]
