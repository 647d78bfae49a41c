"""The whole application as servers call it: Origin, cookie, addresses."""

import json

import pytest
from asgiref.testing import ApplicationCommunicator
from channels.testing import WebsocketCommunicator
from django.conf import settings

from core.asgi import application
from core.lines import framed
from tests.chat.ears import session_for

pytestmark = pytest.mark.django_db(transaction=True)
HERE = settings.PUBLIC_URL.encode()


async def cookie_of(person) -> tuple[bytes, bytes]:
    session = await session_for(person)
    return (b"cookie", f"language=fr; sessionid={session.session_key}".encode())


def socket(*headers, path="/ws/"):
    return WebsocketCommunicator(application, path, headers=list(headers))


async def get(path, *headers, method="GET"):
    """Return status, headers and body of an answer."""
    path, _mark, query = path.partition("?")
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "path": path,
        "query_string": query.encode(),
        "headers": [(b"host", b"localhost"), *headers],
    }
    line = ApplicationCommunicator(application, scope)
    await line.send_input({"type": "http.request", "body": b""})
    start = await line.receive_output(timeout=5)
    body = (await line.receive_output(timeout=5))["body"]
    await line.send_input({"type": "http.disconnect"})
    await line.wait(timeout=5)
    facts = {name.lower(): value for name, value in start["headers"]}
    return start["status"], facts, body


async def test_person_with_a_session_is_greeted(cast):
    line = socket((b"origin", HERE), await cookie_of(cast.bao))

    assert (await line.connect())[0]
    assert (await line.receive_json_from())["person"] == "bao"
    await line.disconnect()


@pytest.mark.parametrize(
    "origin",
    [
        None,
        b"null",
        b"https://elsewhere.example",
        b"http://[",
        b"http://x:y",
        b"http://localhost:1",
    ],
)
async def test_page_from_elsewhere_is_refused(origin, cast):
    headers = [] if origin is None else [(b"origin", origin)]
    line = socket(*headers, await cookie_of(cast.bao))

    assert await line.connect() == (False, 1000)


@pytest.mark.parametrize("cookie", [b"", b"sessionid=unknown", b"sessionid=\xff;;=", b"sessionid"])
async def test_who_is_not_signed_in_is_told(cookie, db):
    line = socket((b"origin", HERE), (b"cookie", cookie))

    assert (await line.connect())[0]
    assert await line.receive_json_from() == {"type": "bye", "code": 4401}


async def test_scope_keeps_no_headers_as_long_as_the_socket(cast):
    line = socket((b"origin", HERE), await cookie_of(cast.bao))

    await line.connect()

    assert line.scope["headers"] == []
    await line.disconnect()


async def test_waiting_request_without_a_session_is_refused(db):
    status, headers, body = await get("/live/rooms/7/events?since=0")

    assert (status, headers[b"content-type"]) == (401, b"application/problem+json")
    assert json.loads(body)["code"] == "not_signed_in"


@pytest.mark.parametrize(
    ("path", "method", "status", "code"),
    [
        ("/live/rooms/7/events", "GET", 404, "not_found"),
        ("/live/rooms/7/events?since=x", "GET", 422, "invalid_input"),
        ("/live/rooms/7/events?since=-1", "GET", 422, "invalid_input"),
        ("/live/rooms/7/events?wait=1e9", "GET", 422, "invalid_input"),
        ("/live/rooms/7/events", "POST", 405, "method_not_allowed"),
        ("/live/rooms/x/events", "GET", 404, "not_found"),
        ("/live/", "GET", 404, "not_found"),
    ],
)
async def test_waiting_request_for_nothing_is_refused(path, method, status, code, cast):
    answer = await get(path, await cookie_of(cast.bao), method=method)

    assert (answer[0], json.loads(answer[2])["code"]) == (status, code)
    assert answer[1][b"content-type"] == b"application/problem+json"
    assert answer[1][b"cache-control"] == b"no-store"


async def test_pages_are_served_beside(db):
    assert (await get("/health/live"))[0] == 200


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65535, 65536])
def test_frame_is_framed_as_the_standard_says(size):
    from websockets.frames import Frame, Opcode

    assert framed("x" * size) == Frame(Opcode.TEXT, b"x" * size).serialize(mask=False)
