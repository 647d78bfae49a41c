"""One suite for all ways to hear a room (socket, long poll, Server-Sent Events, page and API), and
to speak in it (plain form, fragment, API, mail)."""

import asyncio

import pytest
from channels.db import database_sync_to_async
from django.contrib.auth.models import AnonymousUser

from chat import actions, live
from chat.models import ChatMessage
from helpdesk.actions import open_ticket, share, unshare
from people import actions as people
from people.models import RoleGrant
from tests.cast import SECRET
from tests.chat.ears import EARS, LIVE, MOUTHS, post, post_many, session_for

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=list(EARS))
def ear(request):
    return EARS[request.param]


@pytest.fixture(params=list(LIVE))
def live_ear(request):
    """One that hears by itself: what it is told of ends too, where a page is still read."""
    return LIVE[request.param]


@pytest.fixture(params=list(MOUTHS))
def speak(request):
    return database_sync_to_async(MOUTHS[request.param])


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
    assert after[0]["author"]["name"] == "Bao"
    await one.close()


async def test_listener_resumes_after_its_last_number(ear, cast, room):
    await post_many(cast.bao, room, 5)
    one = ear(cast.aminata, room, since=3)
    await one.open()

    assert numbers(await one.hear(2)) == [4, 5]
    await one.close()


async def test_what_is_said_in_any_way_is_heard_in_every_way(ear, speak, cast, room):
    one = ear(cast.aminata, room)
    await one.open()

    for text in ("**One**", "Two"):
        assert await speak(cast.bao, room, text, text.strip("*"))

    events = await one.hear(2)
    assert numbers(events) == [1, 2]
    assert "<strong>One</strong>" in events[0]["html"]
    assert "Two" in events[1]["html"]
    await one.close()


async def test_same_send_in_any_way_is_heard_once(ear, speak, cast, room):
    one = ear(cast.aminata, room)
    await one.open()

    for _time in range(3):
        assert await speak(cast.bao, room, "Once", "same")
    assert await speak(cast.bao, room, "Then", "other")

    assert numbers(await one.hear(2)) == [1, 2]
    await one.close()


async def test_who_may_not_speak_is_taken_in_no_way(speak, cast, room, working_room):
    assert not await speak(cast.omar, room, SECRET, "a")
    cast.omar.state = "silenced"
    await cast.omar.asave()
    assert not await speak(cast.omar, working_room, SECRET, "b")
    await database_sync_to_async(actions.close_room)(
        actor=cast.moira, room_id=working_room.pk, reason="Enough."
    )
    assert not await speak(cast.bao, working_room, SECRET, "c")

    assert not await ChatMessage.objects.filter(kind="message").aexists()


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
    monkeypatch.setattr("chat.doors.SESSION_SWEEPS", 1)
    session = await session_for(cast.aminata)
    one = ear(cast.aminata, room, session=session)
    await one.open()
    await post(cast.bao, room, "before")
    await one.hear(1)

    await session.adelete()

    assert await one.ended() == 401
    await one.close()


async def test_new_password_ends_it(ear, cast, room, monkeypatch):
    monkeypatch.setattr("chat.doors.SESSION_SWEEPS", 1)
    one = ear(cast.aminata, room, session=await session_for(cast.aminata))
    await one.open()
    await post(cast.bao, room, "before")
    await one.hear(1)

    cast.aminata.set_password("another")
    await cast.aminata.asave()

    assert await one.ended() == 401
    await one.close()


@pytest.fixture
def ticket(cast, levels):
    """One of aminata's that nadia works on, and omar is shown."""
    made = open_ticket(actor=cast.aminata, subject="Down", source="Help", language="en")
    share(actor=cast.aminata, ticket_id=made.pk, person=cast.omar)
    return made


@pytest.fixture
def ticket_room(cast, ticket):
    return actions.open_room(actor=cast.aminata, kind="helpdesk.ticket", object_id=ticket.pk)


def shown_no_more(cast, ticket):
    unshare(actor=cast.aminata, ticket_id=ticket.pk, person=cast.omar)


def suspended(cast, ticket):
    people.sanction(actor=cast.moira, handle="nadia", reason="Be kind to each other.", days=7)


def agent_no_more(cast, ticket):
    for grant in RoleGrant.objects.filter(person=cast.nadia, role="agent"):
        people.end_role(actor=cast.nadia, grant_id=grant.pk)


@pytest.mark.parametrize(
    ("who", "lose"), [("nadia", suspended), ("nadia", agent_no_more), ("omar", shown_no_more)]
)
@pytest.mark.parametrize("way", ["at commit", "from another process", "by the sweep"])
async def test_who_loses_a_right_is_sent_away_within_a_second(
    way, who, lose, live_ear, cast, ticket, ticket_room, monkeypatch
):
    """At commit the sweep is off; a hint of another process is what its herald would tell."""
    told = []
    if way == "by the sweep":
        monkeypatch.setattr("chat.live.hint_rights", lambda **facts: None)
    else:
        monkeypatch.setattr(live, "SWEEP_SECONDS", 60.0)
    if way == "from another process":
        monkeypatch.setattr("chat.live.hint_rights", lambda **facts: told.append(facts))
    one = live_ear(getattr(cast, who), ticket_room)
    await one.open()
    await post(cast.aminata, ticket_room, "before")
    await one.hear(1)

    await database_sync_to_async(lose)(cast, ticket)
    began = asyncio.get_running_loop().time()
    for facts in told:
        heard = {"type": "live.rights", "process": "other", "people": [], "things": [], **facts}
        live.hub.hear(heard)

    assert await one.ended() in {403, 404}
    assert asyncio.get_running_loop().time() - began < (1 if way != "by the sweep" else 2.5)
    await one.close()
