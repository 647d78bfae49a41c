"""Pages kept for visitors: alike for all, new at once after a change, and nobody's own."""

import gzip

import brotli
import pytest
from django.db import connection
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from core.kept import kept_for_visitors, outdate
from forum import actions
from people.actions import remove_post
from people.models import Flag

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("kept_pages")]


@pytest.fixture
def question(cast):
    return actions.ask(
        actor=cast.aminata,
        title="White page after an update",
        source="Every page is white.",
        language="en",
        tag_names=["php"],
    )


def reply(cast, question, words: str):
    return actions.answer(actor=cast.bao, question_id=question.pk, source=words, language="en")


@pytest.mark.parametrize("path", ["/", "/questions", "/mentoring", "the question"])
def test_visitors_share_a_page_that_asks_the_database_nothing(browse, question, path):
    path = question.path if path == "the question" else path
    first = browse().get(path)

    with CaptureQueriesContext(connection) as asked:
        second = browse().get(path)

    assert len(asked) == 0
    assert second.content == first.content
    assert b"csrf" not in first.content
    assert not first.cookies


def test_kept_page_shows_a_change_at_once(browse, cast, question):
    assert "Rename the folder" not in browse().get(question.path).content.decode()

    row = reply(cast, question, "Rename the folder")
    page = browse().get(question.path).content.decode()
    assert "Rename the folder" in page
    assert "1 answer<" in page

    remove_post(
        actor=cast.moira,
        kind="forum.answer",
        object_id=row.pk,
        rule=Flag.Reason.SPAM,
        reason="It sells something.",
    )
    page = browse().get(question.path).content.decode()
    assert "Rename the folder" not in page
    assert "0 answers<" in page


def test_reader_with_a_session_gets_a_page_of_their_own(browse, cast, question):
    browse().get(question.path)

    own = browse(cast.aminata).get(question.path)

    assert "Aminata" in own.content.decode()
    assert "csrf" in own.content.decode()
    assert "ETag" not in own.headers
    assert "csrf" not in browse().get(question.path).content.decode()


def test_each_language_has_its_page(browse, question):
    english, french = browse(), browse()
    english.get(question.path)

    page = french.get(question.path, headers={"accept-language": "fr"})

    assert '<html lang="fr"' in page.content.decode()
    assert '<html lang="en"' in english.get(question.path).content.decode()


def test_browser_that_has_the_page_is_told_so_in_few_bytes(browse, cast, question):
    first = browse().get(question.path)
    asks = {"if-none-match": first["ETag"]}

    again = browse().get(question.path, headers=asks)
    assert (again.status_code, again.content) == (304, b"")

    reply(cast, question, "Something new")
    assert browse().get(question.path, headers=asks).status_code == 200


def test_page_travels_compressed_to_those_who_read_it_so(browse, question):
    plain = browse().get(question.path)

    packed = browse().get(question.path, headers={"accept-encoding": "gzip, br;q=0"})

    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert "Content-Encoding" not in plain.headers
    smaller = browse().get(question.path, headers={"accept-encoding": "gzip, br"})
    assert smaller["Content-Encoding"] == "br"
    assert brotli.decompress(smaller.content) == plain.content
    assert len(smaller.content) < len(packed.content)


def statements(browse, path: str, **options) -> int:
    with CaptureQueriesContext(connection) as asked:
        browse().get(path, **options)
    return len(asked)


@pytest.mark.parametrize("path", ["/questions?language=en", "/questions?x=1", "/search"])
def test_addresses_with_a_query_and_other_pages_are_not_kept(browse, question, path):
    assert statements(browse, path) == statements(browse, path)
    assert "ETag" not in browse().get(path).headers


def test_refusals_are_not_kept(browse, question):
    for _twice in range(2):
        assert browse().get(f"/questions/{question.pk + 1}/nothing").status_code == 404


def test_visitor_with_a_message_reads_it_alone(browse, question):
    told = browse()
    told.cookies["messages"] = "whatever"

    assert "ETag" not in told.get(question.path).headers
    assert "ETag" not in told.get(question.path, headers={"hx-request": "true"}).headers
    assert "ETag" in browse().get(question.path).headers


def draws_a_token(request):
    return HttpResponse(get_token(request))


def sets_a_cookie(request):
    answer = HttpResponse("welcome")
    answer.set_cookie("mine", "alone")
    return answer


@pytest.mark.parametrize("view", [draws_a_token, sets_a_cookie])
def test_page_that_holds_something_of_its_reader_is_not_kept(view):
    keeping = kept_for_visitors("forum")(view)

    for _twice in range(2):
        assert "ETag" not in keeping(RequestFactory().get("/")).headers


def test_page_rendered_while_something_changed_is_not_shown_again():
    words = iter(["before", "after"])

    def changing(request):
        shown = HttpResponse(next(words))
        outdate("forum")  # someone's change is committed after this page was read
        return shown

    keeping = kept_for_visitors("forum")(changing)

    assert keeping(RequestFactory().get("/")).content == b"before"
    assert keeping(RequestFactory().get("/")).content == b"after"


def test_visitor_chooses_a_language_without_a_token(browse, question):
    client = browse()

    answer = client.post("/language", {"language": "fr", "next": question.path})

    assert answer.status_code == 302
    assert '<html lang="fr"' in client.get(question.path).content.decode()
