"""Pages under an ASGI server: whole in one thread that stays."""

import threading

import pytest
from asgiref.testing import ApplicationCommunicator
from django.http import HttpResponse
from django.urls import path

from core.asgi import pages

pytestmark = pytest.mark.django_db(transaction=True)


async def answered(address: str, *headers, method: str = "GET", body: bytes = b""):
    """Return status, headers and the parts of the body."""
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "path": address,
        "query_string": b"",
        "headers": [(b"host", b"localhost"), *headers],
    }
    line = ApplicationCommunicator(pages, scope)
    await line.send_input({"type": "http.request", "body": body[:3], "more_body": True})
    await line.send_input({"type": "http.request", "body": body[3:]})
    start, parts = await line.receive_output(timeout=20), []
    is_more = True
    while is_more:
        message = await line.receive_output(timeout=20)
        parts.append(message.get("body", b""))
        is_more = message.get("more_body", False)
    await line.wait(timeout=20)
    return start["status"], start["headers"], parts


noted: list[threading.Thread] = []


def tell(request):
    """Say what was sent, and note the thread that does."""
    noted.append(threading.current_thread())
    answer = HttpResponse(request.body + request.headers.get("X-Word", "").encode())
    answer.set_cookie("one", "1")
    answer.set_cookie("two", "2")
    return answer


urlpatterns = [path("told", tell)]


@pytest.fixture
def told(settings):
    """Serve `/told` alone; return the threads that answered."""
    settings.ROOT_URLCONF = __name__
    noted.clear()
    return noted


async def test_request_is_read_whole_and_every_cookie_sent(told):
    status, headers, parts = await answered("/told", (b"x-word", b" word"), body=b"a body")

    assert (status, parts) == (200, [b"a body word"])
    cookies = [value for name, value in headers if name == b"Set-Cookie"]
    assert [cookie.split(b";")[0] for cookie in cookies] == [b"one=1", b"two=2"]


async def test_threads_are_few_and_keep_nothing_of_a_request(told):
    words = [
        dict((await answered("/told", (b"accept-language", language)))[1])[b"Content-Language"]
        for language in (b"fr", b"en", b"fr")
    ]

    assert words == [b"fr", b"en", b"fr"]
    assert {thread.name.split("_")[0] for thread in told} == {"pages"}


async def test_file_is_sent_in_parts_to_its_end():
    status, headers, parts = await answered("/push-worker.js")

    assert status == 200
    assert int(dict(headers)[b"Content-Length"]) == len(b"".join(parts)) > 0
    assert (len(parts) > 1, parts[-1]) == (True, b"")


async def test_what_is_not_there_is_a_page(db):
    status, _headers, parts = await answered("/nowhere")

    assert status == 404
    assert b"</html>" in b"".join(parts)
