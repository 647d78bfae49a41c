"""What feeds, sitemaps and search engines see: what every visitor sees, and no more."""

import json
import re
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.utils import timezone

from forum import actions
from forum.models import Question
from people.actions import remove_post
from people.models import Person
from tests.cast import SECRET

ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
FEEDS = [
    "/questions.atom",
    "/questions/unanswered.atom",
    "/questions/active.atom",
    "/questions/tagged/php.atom",
]


def entries(answer) -> list[ElementTree.Element]:
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("application/atom+xml")
    return ElementTree.fromstring(answer.content).findall(f"{ATOM}entry")


def titles(answer) -> list[str | None]:
    return [entry.findtext(f"{ATOM}title") for entry in entries(answer)]


def locations(answer) -> list[str | None]:
    assert answer.status_code == 200
    return [one.text for one in ElementTree.fromstring(answer.content).iter(f"{MAP}loc")]


@pytest.mark.parametrize("path", FEEDS)
def test_feeds_hold_the_questions_of_their_list(path, browse, cast, question):
    actions.ask(
        actor=cast.omar, title="Another thing entirely", source="x", language="en", tag_names=[]
    )

    found = titles(browse().get(path))

    both = ["Another thing entirely", question.title]
    assert found == ([question.title] if "tagged" in path else both)


def test_entry_has_a_lasting_id_whatever_becomes_of_its_title(browse, cast, question):
    (entry,) = entries(browse().get("/questions.atom"))
    assert entry.findtext(f"{ATOM}id") == f"tag:localhost,2026:question/{question.pk}"
    assert entry.find(f"{ATOM}author/{ATOM}name").text == "Aminata"
    assert "<strong>last night</strong>" in entry.findtext(f"{ATOM}summary")

    actions.edit_question(
        actor=cast.aminata,
        question_id=question.pk,
        revision=1,
        title="White page after updating it",
        source="x",
        tag_names=["php"],
    )

    (again,) = entries(browse().get("/questions.atom"))
    assert again.findtext(f"{ATOM}id") == entry.findtext(f"{ATOM}id")
    assert again.findtext(f"{ATOM}title") == "White page after updating it"


def test_feed_of_a_question_holds_its_answers(browse, cast, question, answer):
    path = f"/questions/{question.pk}.atom"
    (entry,) = entries(browse().get(path))

    assert entry.find(f"{ATOM}link").get("href").endswith(f"#answer-{answer.pk}")
    assert (
        f'type="application/atom+xml" href="{path}"' in browse().get(question.path).content.decode()
    )
    assert browse().get("/questions/999.atom").status_code == 404


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("who", [None, "aminata"])
def test_feed_is_sent_once(who, browse, cast, question, answer, kept_pages):
    client = browse(getattr(cast, who) if who else None)
    for path in [*FEEDS, f"/questions/{question.pk}.atom"]:
        first = client.get(path)
        again = client.get(path, headers={"If-None-Match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b""), path

    actions.answer(actor=cast.omar, question_id=question.pk, source="More", language="en")
    first_etag = first["ETag"]
    assert client.get(path, headers={"If-None-Match": first_etag}).status_code == 200


@pytest.mark.parametrize("state", ["removed", "pending"])
def test_hidden_posts_are_nowhere_even_for_who_sees_them(state, browse, cast, question, answer):
    hidden = actions.ask(
        actor=cast.aminata,
        title=f"Hidden {SECRET} question",
        source=SECRET,
        language="en",
        tag_names=["php"],
    )
    Question.objects.filter(pk=hidden.pk).update(visibility=state)
    type(answer).objects.filter(pk=answer.pk).update(visibility=state, html=f"<p>{SECRET}</p>")

    for client in (browse(), browse(cast.aminata), browse(cast.moira)):
        for path in [*FEEDS, f"/questions/{question.pk}.atom", "/sitemap-0.xml"]:
            got = client.get(path)
            assert got.status_code == 200
            assert SECRET.lower() not in got.content.decode().lower(), path
        assert client.get(f"/questions/{hidden.pk}.atom").status_code == 404
    assert SECRET not in browse().get(question.path).content.decode()


def test_sitemaps_name_what_may_be_found(browse, cast, question, answer, monkeypatch):
    old = actions.ask(
        actor=cast.omar, title="An old one nobody answered", source="x", language="en", tag_names=[]
    )
    Question.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=31))
    site = "http://localhost:8000"
    assert locations(browse().get("/sitemap.xml")) == [f"{site}/sitemap-0.xml"]
    found = locations(browse().get("/sitemap-0.xml"))
    assert site + question.path in found
    assert site + old.path not in found
    assert 'content="noindex"' in browse().get(old.path).content.decode()
    assert 'content="noindex"' not in browse().get(question.path).content.decode()

    monkeypatch.setattr("forum.queries.finding.IN_A_SITEMAP", question.pk)

    assert len(locations(browse().get("/sitemap.xml"))) == 2 + (old.pk - question.pk) // question.pk
    assert site + question.path in locations(browse().get("/sitemap-1.xml"))
    assert browse().get("/sitemap-99.xml").status_code == 404


def test_sitemap_and_feeds_cost_the_same_for_few_and_many(browse, cast, question, assert_asks):
    for number in range(12):
        actions.ask(
            actor=cast.omar,
            title=f"One of many {number}",
            source="x",
            language="en",
            tag_names=["php"],
        )

    client = browse()
    for path, statements in (("/sitemap-0.xml", 2), ("/questions.atom", 2), ("/sitemap.xml", 1)):
        with assert_asks(statements):
            assert client.get(path).status_code == 200


def test_robots_are_told_where_to_look(browse, db):
    text = browse().get("/robots.txt").content.decode()

    assert "Disallow: /accounts/" in text
    assert "Sitemap: http://localhost:8000/sitemap.xml" in text


def data_of(html: str) -> dict:
    (found,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    return json.loads(found)


def test_page_says_what_it_is_to_search_engines(browse, cast, question, answer):
    actions.accept_answer(actor=cast.aminata, question_id=question.pk, answer_id=answer.pk)

    html = browse().get(question.path).content.decode()

    entity = data_of(html)["mainEntity"]
    assert (entity["name"], entity["answerCount"]) == (question.title, 1)
    assert entity["acceptedAnswer"]["text"] == "Rename the plugins folder."
    assert f'<meta property="og:title" content="{question.title}">' in html
    assert '<meta name="description" content="Since last night every page is white.">' in html
    assert "ld+json" not in browse(cast.omar).get(question.path).content.decode()


def test_nothing_written_ends_the_block_of_data(browse, cast, question):
    actions.answer(
        actor=cast.bao,
        question_id=question.pk,
        source="Write `</script><script>alert(1)</script>` & so",
        language="en",
    )

    html = browse().get(question.path).content.decode()

    assert "<script>alert" not in html
    assert "</script><script>alert(1)" in data_of(html)["mainEntity"]["suggestedAnswer"]["text"]


def test_question_without_answers_has_no_block(browse, question):
    assert "ld+json" not in browse().get(question.path).content.decode()


def test_lists_name_their_feeds(browse, cast, question):
    Person.objects.update(interface_language="en")
    for page, feed in (
        ("/questions", "/questions.atom"),
        ("/questions/active", "/questions/active.atom"),
        ("/questions?tag=c%2B%2B", "/questions/tagged/c++.atom"),
    ):
        html = browse().get(page).content.decode()
        (found,) = re.findall(r'type="application/atom\+xml" href="([^"]*)"', html)
        assert found == feed
        assert browse().get(found).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_removal_takes_it_out_of_kept_feeds(browse, cast, question, kept_pages):
    assert titles(browse().get("/questions.atom")) == [question.title]

    remove_post(
        actor=cast.moira, kind="forum.question", object_id=question.pk, rule="spam", reason="Spam."
    )

    assert titles(browse().get("/questions.atom")) == []
