"""Rights taken away in mid-stream, and a socket older than a day, with real servers."""

import asyncio
import contextlib
import http.client
import json
import time
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone
from websockets.exceptions import ConnectionClosed

from chat.actions import open_room
from chat.models import Room
from helpdesk.actions import open_ticket
from people.models import RoleGrant, Session
from tests.cast import session_of
from tests.faults import servers
from tests.faults.people import Reader, Writer, token_of
from tests.faults.scene import Scene

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
AGAIN_LATER_SECONDS = 1.0
SIGNED_OUT, OUT, AGED = 4401, 4403, 1000


@dataclass
class Loss:
    """What one who loses a right hears; head: the room's, once the loss was committed."""

    heard: list[int] = field(default_factory=list)
    head: int = 0
    code: int | None = None
    seconds: float | None = None  # from the commit to the close; None: not within the time

    def complaints(self, code: int, at_most: float) -> list[str]:
        """Return what is wrong with it."""
        after = [number for number in self.heard if number > self.head]
        found = [f"heard {len(after)} events said after the loss"] if after else []
        if self.seconds is None:
            return [*found, "never closed"]
        if self.seconds > at_most:
            found.append(f"closed after {self.seconds:.1f} s")
        if self.code != code:
            found.append(f"closed with {self.code}")
        return found


def played(reader: Reader, speaker: Writer, lose, patience: float) -> Loss:
    """Return what a reader heard of one who goes on talking while the reader loses a right."""
    loss = Loss()

    def take_away() -> float:
        try:
            lose()
            loss.head = Room.objects.get(pk=reader.room_id).head
            return time.monotonic()
        finally:
            connections.close_all()

    async def listen(line) -> None:
        async for text in line:
            frame = json.loads(text)
            if frame["type"] == "event":
                loss.heard.append(frame["number"])
                await reader.up(line, "seen", number=frame["number"])

    async def play() -> None:
        over = asyncio.Event()
        async with reader.connect() as line:
            await reader.up(line, "subscribe", since=0)
            talking = asyncio.create_task(speaker.talk(over, 0.25))
            listening = asyncio.create_task(listen(line))
            async with asyncio.timeout(60):
                while len(loss.heard) < 4:
                    await asyncio.sleep(0.02)
            lost_at = await asyncio.to_thread(take_away)
            done, _rest = await asyncio.wait([listening], timeout=patience)
            if done:
                loss.seconds, loss.code = time.monotonic() - lost_at, line.close_code
            over.set()
            await talking
        with contextlib.suppress(asyncio.CancelledError, ConnectionClosed):
            listening.cancel()
            await listening
        await asyncio.sleep(0.1)  # what was aborted is closed by the loop

    asyncio.run(play())
    return loss


@pytest.fixture
def room(cast, levels):
    """A ticket's: its opener talks, an agent listens."""
    ticket = open_ticket(actor=cast.aminata, subject="Down", source="Help", language="en")
    return open_room(actor=cast.aminata, kind="helpdesk.ticket", object_id=ticket.pk)


def asked(port, person, method, path, **facts):
    """Ask the server's API, as another would."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Authorization": f"Token {token_of(person)}", "Content-Type": "application/json"}
    headers["Host"] = f"localhost:{port}"
    line.request(method, f"/api/v1/{path}", json.dumps(facts), headers)
    answer = line.getresponse()
    assert answer.status < 300, answer.read()
    line.close()


def suspend(cast, port):
    asked(port, cast.moira, "PUT", "people/nadia/sanction", reason="Be kind to each other.", days=7)


def end_roles(cast, port):
    for grant in RoleGrant.objects.filter(person=cast.nadia, until=None):
        asked(port, cast.nadia, "DELETE", f"role-grants/{grant.pk}")


def delete_roles(cast, port):
    RoleGrant.objects.filter(person=cast.nadia).delete()


def end_session(cast, port):
    for row in Session.objects.all():
        if row.get_decoded().get("_auth_user_id") == str(cast.nadia.pk):
            row.delete()


AT_ONCE = 1.0  # by the hint at commit
SOON = 2.5  # what no action did has no hint: the sweep's second, and what else the machine does
# Who is signed out still has the right until the session is looked at; what they hear is theirs.
CASES = [
    (suspend, OUT, AT_ONCE),
    (end_roles, OUT, AT_ONCE),
    (delete_roles, OUT, SOON),
    (end_session, SIGNED_OUT, 60.0),
]


def lost(case, cast, room, folder, patience, **more) -> Loss:
    server = servers.web(folder, **more)
    with servers.killed_at_the_end(server):
        server.start()
        reader = Reader(server.port, session_of(cast.nadia), room.pk)
        speaker = Writer(server.port, "aminata", token_of(cast.aminata), room.pk)
        loss = played(reader, speaker, lambda: case(cast, server.port), patience)
    heard, code = len(loss.heard), loss.code
    seconds = "never" if loss.seconds is None else f"after {loss.seconds:.2f} s"
    print(f"\n{case.__name__} {more}: closed {seconds} with {code}, {heard} heard")
    return loss


@pytest.mark.parametrize(("case", "code", "at_most"), CASES)
def test_right_taken_away_ends_the_stream(case, code, at_most, cast, room, tmp_path):
    loss = lost(case, cast, room, tmp_path, at_most + 10)

    if case is end_session:
        loss.head = max(loss.heard)
    assert loss.complaints(code, at_most) == []
    assert loss.heard == list(range(1, len(loss.heard) + 1))


@pytest.mark.parametrize(("case", "code", "at_most"), CASES)
def test_naive_way_goes_on_telling_who_lost_the_right(case, code, at_most, cast, room, tmp_path):
    patience = 30 if case is end_session else 6  # ours closes within 20 s and within 1
    loss = lost(case, cast, room, tmp_path, patience, application="tests.faults.naive:application")

    found = loss.complaints(code, at_most)
    print(found)
    assert "never closed" in found
    assert any("said after the loss" in text for text in found)


def aged(folder, **more) -> Scene:
    """Return a scene in which a server grew a day and an hour older; one session is shorter."""
    server = servers.web(folder, **more)
    scene = Scene(server.port, writers=4, readers=3)
    short = Session.objects.get(session_key=scene.readers[-1].session)
    short.expire_date = timezone.now() + timedelta(hours=12)
    short.save()
    for one in scene.readers:
        one.again_seconds = AGAIN_LATER_SECONDS

    async def fault() -> None:
        await asyncio.sleep(2)
        (folder / "later").touch()
        await asyncio.sleep(8)

    with servers.killed_at_the_end(server):
        server.start()
        scene.play(fault, a_second=16)
    print(
        f"\na day older {more}: {scene.count} acknowledged, lines "
        f"{[one.lines for one in scene.readers]}, codes {[one.codes for one in scene.readers]}"
    )
    return scene


def test_socket_older_than_a_day_is_taken_up_again_and_loses_nothing(tmp_path):
    scene = aged(tmp_path, application="tests.faults.aged:application")

    *stay, over = scene.readers
    assert [one.codes for one in stay] == [[AGED], [AGED]]
    assert set(over.codes[1:]) == {SIGNED_OUT}
    scene.readers = stay
    assert scene.complaints() == []


def test_naive_way_loses_what_is_said_while_an_old_socket_is_taken_up_again(tmp_path):
    scene = aged(tmp_path, application="tests.faults.naive_aged:application")

    scene.readers.pop()
    print("\n".join(scene.complaints()))
    assert any("missing" in text for text in scene.complaints())
