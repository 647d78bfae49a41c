"""One suite for the three ways to hear a room: socket, long poll, Server-Sent Events."""

import asyncio

import pytest
from channels.db import database_sync_to_async
from django.contrib.auth.models import AnonymousUser

from tests.cast import SECRET
from tests.chat.ears import EARS, post, post_many, session_for

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=list(EARS))
def ear(request):
    return EARS[request.param]


def numbers(events):
    return [event["number"] for event in events]


async def test_listener_hears_what_was_and_what_is_said_in_order(ear, cast, room):
    await post_many(cast.bao, room, 3)
    one = ear(cast.aminata, room)
    await one.open()
    before = await one.hear(3)

    await post_many(cast.bao, room, 7, start=3)
    after = await one.hear(7)

    assert numbers(before + after) == list(range(1, 11))
    assert after[0]["html"].strip().startswith("<p")
    assert after[0]["author"] == {"handle": "bao", "name": "Bao"}
    await one.close()


async def test_listener_resumes_after_its_last_number(ear, cast, room):
    await post_many(cast.bao, room, 5)
    one = ear(cast.aminata, room, since=3)
    await one.open()

    assert numbers(await one.hear(2)) == [4, 5]
    await one.close()


async def test_lost_hint_heals_by_the_sweep(ear, cast, room, monkeypatch):
    monkeypatch.setattr("chat.live.hint", lambda room_id, head: None)
    one = ear(cast.aminata, room)
    await one.open()

    await post(cast.bao, room, "unheard")

    assert numbers(await one.hear(1)) == [1]
    await one.close()


async def test_two_writers_leave_no_hole(ear, cast, room):
    one = ear(cast.aminata, room)
    await one.open()

    await asyncio.gather(
        *(post(cast.bao if n % 2 else cast.aminata, room, f"m{n}") for n in range(30))
    )

    assert numbers(await one.hear(30)) == list(range(1, 31))
    await one.close()


async def test_outsider_and_visitor_are_refused(ear, cast, room):
    await post(cast.bao, room, SECRET)
    for person, reason in ((cast.omar, 404), (AnonymousUser(), 401)):
        one = ear(person, room)
        await one.open()

        assert await one.ended() == reason
        await one.close()


async def test_who_loses_the_right_hears_nothing_said_after_it(ear, cast, claim, room):
    one = ear(cast.aminata, room)
    await one.open()
    await post(cast.bao, room, "before")
    await one.hear(1)

    await database_sync_to_async(claim.receivers.all().delete)()
    await post(cast.bao, room, SECRET)

    assert await one.ended() == 404
    await one.close()


async def test_signing_out_ends_it(ear, cast, room, monkeypatch):
    monkeypatch.setattr("chat.live.SESSION_SWEEPS", 1)
    session = await session_for(cast.aminata)
    one = ear(cast.aminata, room, session=session)
    await one.open()
    await post(cast.bao, room, "before")
    await one.hear(1)

    await session.adelete()

    assert await one.ended() == 401
    await one.close()


async def test_new_password_ends_it(ear, cast, room, monkeypatch):
    monkeypatch.setattr("chat.live.SESSION_SWEEPS", 1)
    one = ear(cast.aminata, room, session=await session_for(cast.aminata))
    await one.open()
    await post(cast.bao, room, "before")
    await one.hear(1)

    cast.aminata.set_password("another")
    await cast.aminata.asave()

    assert await one.ended() == 401
    await one.close()
