"""The socket tells of a ticket's and of a pair's room to those who see the thing alone."""

import asyncio
import uuid

import pytest
from channels.db import database_sync_to_async
from channels.testing import WebsocketCommunicator

from chat import actions
from chat.consumers import ChatConsumer
from tests.proofs.planting import build_world
from tests.proofs.world import words_in

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = ["aminata", "bao", "nadia", "clara", "moira", "omar", "odile", "farid", "olga", "mika"]
SILENCE_SECONDS = 1.5  # longer than the sweep that heals lost hints


async def subscribed(person, rooms) -> WebsocketCommunicator:
    """Return the socket of a person who asks for every room from its beginning."""
    socket = WebsocketCommunicator(ChatConsumer.as_asgi(), "/ws/")
    socket.scope.update(user=person, session=None)
    assert (await socket.connect())[0]
    for room in rooms:
        await socket.send_json_to({"type": "subscribe", "room": room.pk, "since": 0})
    return socket


async def words_heard(socket) -> set[str]:
    """Return the planted words a socket tells, until it has been silent for a while."""
    said = ""
    while True:
        try:
            said += str(await socket.receive_json_from(timeout=SILENCE_SECONDS))
        except TimeoutError:
            return words_in(said)


@database_sync_to_async
def say_more(world):
    for kind, name in (("helpdesk.ticket", "nadia"), ("mentoring.mentorship", "bao")):
        actions.post_message(
            actor=world.people[name],
            room_id=world.rows[f"room_of_{kind}"].pk,
            source=f"SECRETPLUMlater{kind.partition('.')[2]}",
            client_id=uuid.uuid4().hex,
        )


async def test_each_hears_the_rooms_of_what_they_see_and_no_other():
    world = await database_sync_to_async(build_world)()
    rooms = [row for name, row in world.rows.items() if name.startswith("room_of")]
    sockets = [await subscribed(world.people[name], rooms) for name in PEOPLE]

    await say_more(world)
    heard = dict(
        zip(PEOPLE, await asyncio.gather(*(words_heard(one) for one in sockets)), strict=True)
    )

    talks = {
        "tickettalk": {"tickettalk", "laterticket", "flaggedtalk"},
        "pairtalk": {"pairtalk", "latermentorship"},
    }
    assert heard == {
        name: {word for talk in talks if name in world.sees[talk] for word in talks[talk]}
        for name in PEOPLE
    }
