"""Who looks at one of the things a room tells of is told of who looks at the same."""

import json

import pytest

from chat import live
from tests.chat.ears import following, frame_of, socket_of, until
from tests.chat.test_poll_hints import Polled, of_type

pytestmark = pytest.mark.django_db(transaction=True)
HERE, OTHER = 4711, 4712


async def looking(person, room, at):
    """Return a socket that follows a room and looks at one thing of it."""
    socket = await socket_of(person)
    assert (await frame_of(socket))["type"] == "hello"
    await socket.send_json_to({"type": "subscribe", "room": room.pk, "since": 0, "at": at})
    await until(socket, "sync")
    return socket


async def people_told(socket, handles):
    """Wait until a socket is told that these are here; return the frame."""
    while True:
        frame = (await until(socket, "presence"))[-1]
        if [one["handle"] for one in frame["people"]] == handles:
            return frame


async def test_only_who_looks_at_the_same_is_told(cast, room, monkeypatch):
    monkeypatch.setattr(live, "SWEEP_SECONDS", 0.2)
    first = await looking(cast.bao, room, HERE)
    assert (await people_told(first, ["bao"]))["at"] == HERE
    second = await looking(cast.aminata, room, HERE)
    elsewhere = await looking(cast.aminata, room, OTHER)
    whole = await following(cast.bao, room)

    await people_told(first, ["aminata", "bao"])
    assert (await people_told(elsewhere, ["aminata"]))["at"] == OTHER
    assert "at" not in await people_told(whole, ["aminata", "bao"])
    await second.send_json_to({"type": "typing", "room": room.pk})
    typing = (await until(first, "typing"))[-1]
    assert (typing["at"], typing["person"]["handle"]) == (HERE, "aminata")
    for socket in (elsewhere, whole):
        assert await socket.receive_nothing(timeout=0.6)

    await second.disconnect()
    await people_told(first, ["bao"])
    for socket in (first, elsewhere, whole):
        await socket.disconnect()


async def test_outsider_is_told_of_nobody(cast, room):
    inside, outsider = await looking(cast.bao, room, HERE), await socket_of(cast.omar)
    await until(outsider, "hello")

    await outsider.send_json_to({"type": "subscribe", "room": room.pk, "since": 0, "at": HERE})

    assert (await frame_of(outsider))["code"] == "not_found"
    assert await outsider.receive_nothing(timeout=1.5)
    frame = await people_told(inside, ["bao"])
    assert len(frame["people"]) == 1
    for socket in (inside, outsider):
        await socket.disconnect()


async def test_a_poll_is_told_too(cast, room):
    first = await Polled(cast.aminata, room, f"since=0&wait=0&here=0&at={HERE}").answer(10)
    (frame,) = of_type(first, "presence")
    assert (frame["at"], [one["handle"] for one in frame["people"]]) == (HERE, ["aminata"])

    poll = Polled(cast.aminata, room, f"since=0&wait=25&here={first['here']}&at={HERE}")
    await poll.ask(poll.query)
    whole = await following(cast.bao, room)  # which is no news to who looks at one thing
    socket = await looking(cast.bao, room, HERE)
    assert await poll.begun() == 200
    body = json.loads((await poll.line.receive_output(timeout=1))["body"])
    (frame,) = of_type(body, "presence")
    assert (frame["at"], [one["handle"] for one in frame["people"]]) == (HERE, ["aminata", "bao"])
    await poll.close()
    for one in (whole, socket):
        await one.disconnect()


async def test_a_process_tells_what_another_says(cast, room, monkeypatch):
    monkeypatch.setattr(live, "SWEEP_SECONDS", 0.2)
    told = []
    monkeypatch.setattr(live.herald.herald, "tell", told.append)
    socket = await looking(cast.bao, room, HERE)
    await people_told(socket, ["bao"])
    bao = (cast.bao.pk, "bao", cast.bao.display_name)
    (said,) = [one for one in told if one.get("spots")][:1]
    assert said["spots"] == [[room.pk, HERE, [bao]]]

    omar = [cast.omar.pk, "omar", "Omar"]
    other = {"type": "live.here", "process": "other", "rooms": [], "lines": []}
    live.hub.hear({**other, "spots": [[room.pk, HERE, [omar]]]})
    await people_told(socket, ["bao", "omar"])
    typing = {"type": "live.typing", "process": "other", "room": room.pk, "who": omar}
    live.hub.hear(typing)  # in the room, and not at this
    live.hub.hear({**typing, "at": HERE})

    assert (await until(socket, "typing"))[-1]["at"] == HERE
    live.hub.hear({**other, "spots": []})
    await people_told(socket, ["bao"])
    await socket.disconnect()
