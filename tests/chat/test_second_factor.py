"""A second factor is asked for when a line opens, and of lines that are open when it is needed."""

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from asgiref.sync import sync_to_async
from channels.db import database_sync_to_async
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chat import doors
from people import actions, second_factor
from people.models import RoleGrant
from tests.chat.ears import LIVE, following, post, session_for, socket_of, until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def strict(settings):
    settings.SECOND_FACTOR_FOR_STAFF = True


@database_sync_to_async
def grant(cast, person, role="agent"):
    cast.moira.is_superuser = True
    return actions.grant_role(actor=cast.moira, person_id=person.pk, role=role)


@database_sync_to_async
def set_up(person):
    TOTP.activate(person, generate_totp_secret())


@pytest.mark.parametrize("ear", list(LIVE))
async def test_who_becomes_an_agent_without_one_is_closed_at_once(ear, cast, room):
    listener = LIVE[ear](cast.aminata, room)
    await listener.open()
    await post(cast.bao, room, "one")
    await listener.hear(1)

    await grant(cast, cast.aminata)

    assert await listener.ended() == 401
    await listener.close()


async def test_who_becomes_a_helper_or_has_one_stays(cast, room):
    await set_up(cast.bao)
    sockets = [await following(person, room) for person in (cast.aminata, cast.bao)]

    await grant(cast, cast.aminata, "helper")
    await grant(cast, cast.bao)
    await post(cast.bao, room, "one")

    for socket in sockets:
        assert [frame["type"] for frame in await until(socket, "event")] == ["event"]
        await socket.disconnect()


async def test_lost_hint_heals_within_the_sweeps_that_look_at_sessions(cast, room, monkeypatch):
    monkeypatch.setattr(doors, "SESSION_SWEEPS", 1)
    socket = await following(cast.aminata, room)

    await RoleGrant.objects.acreate(person=cast.aminata, role="agent", granted_by=cast.moira)

    assert (await until(socket, "bye"))[-1]["code"] == doors.SIGNED_OUT


async def test_session_that_knows_of_one_is_asked_no_more(cast, room, monkeypatch):
    monkeypatch.setattr(doors, "SESSION_SWEEPS", 1)
    session = await session_for(cast.nadia)
    session[second_factor.KNOWN] = True
    await sync_to_async(session.save)()
    socket = await socket_of(cast.nadia, session)
    await until(socket, "hello")

    await grant(cast, cast.nadia, "trainer")

    with pytest.raises(TimeoutError):
        await until(socket, "bye", seconds=2.5)


def test_missing_is_told_of_many_in_one_statement(cast, settings):
    people = [cast.aminata.pk, cast.bao.pk, cast.omar.pk, *range(10**9, 10**9 + 40_000)]

    with CaptureQueriesContext(connection) as asked:
        assert second_factor.missing_among(people) == set()
    assert len(asked) == 1
    assert second_factor.missing_among([*people, cast.nadia.pk]) == {cast.nadia.pk}
    settings.SECOND_FACTOR_FOR_STAFF = False
    assert second_factor.missing_among([cast.nadia.pk]) == set()
