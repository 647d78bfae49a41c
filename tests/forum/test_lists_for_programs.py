"""Lists of questions are the same on pages and for programs: what is in them, their order, why."""

import re
from datetime import UTC

import pytest
from django.utils import timezone

from forum import actions, reasons
from forum.models import Question
from people.models import Mute

SAME = {
    "/questions": "",
    "/questions/unanswered": "?order=unanswered",
    "/questions/active": "?order=active",
    "/questions?solved=yes": "?solved=true",
    "/questions/active?solved=no&language=en": "?order=active&solved=false&language=en",
    "/tags/php": "?tag=php",
    "/tags/php?order=unanswered": "?tag=PHP&order=unanswered",
    "/tags/php?order=active": "?tag=php&order=active",
    "/tags/php?solved=no": "?tag=php&solved=false",
}


@pytest.fixture
def many(cast, question, ask_many):
    """Return questions in every state that a list tells apart."""
    rows = ask_many(8)
    for row in rows[4:6]:  # one without an answer, one with
        actions.close_question(actor=cast.clara, question_id=row.pk, reason="outdated")
    accepted = rows[1].answers.get()
    actions.accept_answer(actor=cast.clara, question_id=rows[1].pk, answer_id=accepted.pk)
    actions.answer(actor=cast.bao, question_id=question.pk, source="Late", language="en")
    Mute.objects.create(
        person=cast.omar, kind="forum.tag", object_id=rows[0].tags.get(name="php").pk
    )
    return rows


def shown_on(client, path: str) -> list[int]:
    html = client.get(path).content.decode()
    return [int(pk) for pk in re.findall(r'<h2><a href="/questions/(\d+)/', html)]


def told(client, query: str) -> list[int]:
    return [row["id"] for row in client.get(f"/api/v1/questions{query}").json()["results"]]


@pytest.mark.parametrize("path", SAME)
def test_programs_get_the_list_of_the_page(path, browse, call, cast, many):
    for person in (None, cast.clara, cast.omar):
        assert told(call(person), SAME[path]) == shown_on(browse(person), path)
    assert told(call(None), SAME[path])


def test_unanswered_leaves_out_what_takes_no_answers(call, many):
    waiting = told(call(None), "?unanswered=true")

    assert waiting == told(call(None), "?order=unanswered")
    assert many[4].pk not in waiting
    assert many[5].pk in told(call(None), "?unanswered=false")
    assert told(call(None), "?unanswered=true&order=active&tag=php") == waiting


@pytest.mark.parametrize("order", ["newest", "unanswered", "active"])
def test_pages_of_a_list_follow_each_other_in_its_order(order, call, many):
    client, found = call(None), []
    path = f"/api/v1/questions?order={order}&page_size=2"
    while path:
        page = client.get(path).json()
        found += [row["id"] for row in page["results"]]
        path = page["next"]

    assert found == told(client, f"?order={order}")


@pytest.mark.parametrize("path", ["/questions", "/questions/unanswered", "/tags/php"])
def test_programs_are_told_why_in_the_words_of_the_page(path, browse, call, many):
    sign = "&" if "?" in path else "?"
    html = browse().get(f"{path}{sign}why=1").content.decode()
    query = SAME[path] or "?order=newest"

    rows = call(None).get(f"/api/v1/questions{query}&why=true").json()["results"]

    words = re.findall(r'<p class="small muted">(Here [^<]*)</p>', html)
    assert [row["why"] for row in rows] == words
    plain = call(None).get(f"/api/v1/questions{query}").json()["results"]
    assert {row["why"] for row in plain} == {None}


def test_hour_of_the_last_answer_is_told_in_utc_as_all_hours_of_the_api(call, many):
    rows = call(None).get("/api/v1/questions?order=active&why=true").json()["results"]

    with timezone.override(UTC):
        for row in rows:
            why = reasons.of_row("active", Question.objects.get(pk=row["id"]))
            assert row["why"] == why
            assert row["active_at"][11:16] in why


@pytest.mark.parametrize("query", ["order=best", "why=perhaps", "unanswered=perhaps"])
def test_list_nobody_knows_is_refused(query, call):
    refused = call(None).get(f"/api/v1/questions?{query}")

    assert refused.status_code == 422
    assert [one["field"] for one in refused.json()["errors"]] == [query.partition("=")[0]]
