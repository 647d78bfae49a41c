"""Why a row of a list stands where it stands: said of every ranked list, to visitors too."""

import re

import pytest

from forum import actions
from forum.models import Question

LISTS = ["/questions", "/questions/unanswered", "/questions/active", "/tags/php"]
LISTS += ["/tags/php?order=unanswered", "/tags/php?order=active", "/questions?language=en"]


def lines_of(html):
    return re.findall(r'<p class="small muted">(Here [^<]*)</p>', html)


@pytest.mark.parametrize("path", LISTS)
def test_list_says_of_every_row_why_it_is_there_when_asked(path, browse, ask_many):
    asked = ask_many(4)
    client = browse()
    plain = client.get(path).content.decode()
    links = re.findall(r'<a href="(\?[^"]*why=1)">Why here\?</a>', plain)
    assert len(links) == 1
    assert lines_of(plain) == []

    html = client.get(path.partition("?")[0] + links[0].replace("&amp;", "&")).content.decode()

    shown = [int(pk) for pk in re.findall(r'<h2><a href="/questions/(\d+)/', html)]
    lines = lines_of(html)
    assert len(lines) == len(shown) >= 2
    if "active" in path:
        rows = Question.objects.in_bulk(shown)
        moments = [rows[pk].active_at for pk in shown]
        assert moments == sorted(moments, reverse=True)
        assert all(line.startswith("Here by the last answer, or change of one, ") for line in lines)
    else:
        numbers = [
            int(re.search(r"its number, (\d+): the highest first", line)[1]) for line in lines
        ]
        assert numbers == shown == sorted(numbers, reverse=True)
    if "unanswered" in path:
        assert {row.pk for row in asked[::2]} == set(shown)
        assert all("waits for an answer" in line for line in lines)
    assert f'href="/questions/{shown[0]}/ranking"' in html
    assert ('content="noindex"' if path.startswith("/questions") else 'rel="canonical"') in html
    assert "Why here?</a></p>" not in html


def test_narrowed_list_says_what_it_holds(browse, ask_many):
    ask_many(2)

    html = browse().get("/tags/php?language=en&solved=no&why=1").content.decode()

    assert (
        "Listed is what bears the tag php or one merged into it. Listed is what is written in "
        "English. Listed is what is not solved." in html
    )
    assert "Listed is" not in browse().get("/questions?why=1").content.decode()


def test_asking_why_costs_no_statement_more(browse, ask_many, statements):
    ask_many(6)
    for path in ("/questions", "/tags/php"):
        assert len(statements(browse(), f"{path}?why=1")) == len(statements(browse(), path))


@pytest.fixture
def found(cast, run_tasks):
    """Two questions that the word is found in: in a title, a tag and what solved it; in a text."""
    first, second = (
        actions.ask(actor=cast.clara, title=title, source=source, language="en", tag_names=[tag])
        for title, source, tag in (
            ("The padlock is a warning", "It is there since noon.", "padlock"),
            ("A warning in the address bar", "I see an open padlock.", "browser"),
        )
    )
    row = actions.answer(
        actor=cast.bao, question_id=first.pk, source="Renew the padlock.", language="en"
    )
    actions.accept_answer(actor=cast.clara, question_id=first.pk, answer_id=row.pk)
    run_tasks()
    return first, second


def test_search_says_what_the_score_of_each_hit_is_made_of(call, found):
    asked = {"q": "padlock warning"}
    assert [hit["why"] for hit in call(None).get("/api/v1/search", asked).json()["results"]] == [
        [],
        [],
    ]

    hits = call(None).get("/api/v1/search", {**asked, "why": "true"}).json()["results"]

    assert [hit["id"] for hit in hits] == [row.pk for row in found]
    for hit in hits:
        assert sum(part["points"] for part in hit["why"]) == pytest.approx(hit["score"])
        points = [part["points"] for part in hit["why"]]
        assert points == sorted(points, reverse=True)
    told = [{part["where"]: part["words"] for part in hit["why"]} for hit in hits]
    assert told == [
        {
            "title": ["padlock", "warning"],
            "tags": ["padlock"],
            "accepted": ["padlock"],
            "all": ["padlock", "warning"],
        },
        {"title": ["warning"], "all": ["padlock", "warning"]},
    ]


def test_search_page_says_it_in_words(browse, call, found):
    client = browse()
    plain = client.get("/search?q=padlock+warning").content.decode()
    link = re.search(r'<a href="(\?[^"]*)">Why here\?</a>', plain)[1].replace("&amp;", "&")

    html = client.get(f"/search{link}").content.decode()

    hits = call(None).get("/api/v1/search?q=padlock+warning&why=true").json()["results"]
    for hit in hits:
        assert f"= <strong>{hit['score']:.2f}</strong>" in html
    assert "in what solved it" in html
    assert "again 3 times in the title, 2 times as a tag, 1.5 times in what solved it" in html
    assert "Why here?" not in html
    assert "in the title" not in plain
