"""A question with more answers than fill a page: none is lost, whatever face one looks at."""

import re
from datetime import date, timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from forum import actions, queries
from forum.models import (
    ANSWERS_A_PAGE,
    Answer,
    Comment,
    Platform,
    PlatformVersion,
    Question,
    QuestionMark,
)
from people.actions import remove_post

MANY = 125
PAGES = 5


@pytest.fixture
def answers(cast, question):
    """The answers of a question, of which the last have the most votes; the oldest first."""
    moment = timezone.now() - timedelta(hours=1)
    rows = Answer.objects.bulk_create(
        Answer(
            question=question,
            author=cast.bao,
            source=f"Words of number {number}.",
            language="en",
            up=number // 5,
            created_at=moment,
        )
        for number in range(MANY)
    )
    Question.objects.filter(pk=question.pk).update(answer_count=MANY, active_at=moment)
    question.refresh_from_db()
    return rows


def shown_on(html):
    return [int(pk) for pk in re.findall(r'<article class="[^"]*" id="answer-(\d+)"', html)]


def read_pages(client, question):
    paths = [question.page_path(number) for number in range(1, PAGES + 1)]
    return [client.get(path).content.decode() for path in paths]


def test_pages_show_every_answer_once_the_best_of_all_first(browse, question, answers):
    shown = [pk for html in read_pages(browse(), question) for pk in shown_on(html)]

    best_first = sorted(answers, key=lambda row: (-row.up, row.pk))
    assert shown == [row.pk for row in best_first]
    html = browse().get(question.path).content.decode()
    assert f"<h2>{MANY} answers</h2>" in html
    assert f'"answerCount":{MANY}' in html
    assert f"Words of number {MANY - 1}." in html


def test_accepted_answer_stands_on_the_first_page_however_many_are_far_ahead(
    browse, cast, question, answers
):
    actions.accept_answer(actor=cast.aminata, question_id=question.pk, answer_id=answers[0].pk)

    pages = [shown_on(html) for html in read_pages(browse(), question)]

    assert pages[0][-1] == answers[0].pk
    assert sorted(pk for page in pages for pk in page) == [row.pk for row in answers]
    assert queries.places_of(cast.omar, question.pk).answers[0].answer == answers[120]


def test_further_page_is_told_from_the_first(browse, question, answers):
    first, second, *_others, last = read_pages(browse(), question)

    here = f"{settings.PUBLIC_URL}{question.path}"
    assert f'<link rel="canonical" href="{here}">' in first
    assert f'<link rel="next" href="{question.path}/2">' in first
    assert 'rel="prev"' not in first
    assert "application/ld+json" in first
    assert f'<link rel="canonical" href="{here}/2">' in second
    assert f'<link rel="prev" href="{question.path}">' in second
    assert f'<link rel="next" href="{question.path}/3">' in second
    assert "application/ld+json" not in second
    assert f"<title>{question.title} (2) " in second
    assert f'<a href="{question.path}/3#answers">Answers 61–90</a>' in second
    assert '<strong aria-current="page">31–60</strong>' in second
    assert 'rel="next"' not in last
    assert "noindex" not in second


def test_page_that_is_none_leads_to_one_that_is(browse, question, answers):
    for path, status, to in (
        (f"{question.path}/1", 301, question.path),
        (f"{question.path}/0", 301, question.path),
        (f"/questions/{question.pk}/old/2", 301, f"{question.path}/2"),
        (f"{question.path}/{PAGES + 1}", 302, question.path),
        (f"{question.path}/{10**12}", 302, question.path),
    ):
        found = browse().get(path)
        assert (found.status_code, found["Location"]) == (status, to)


def test_what_was_asked_of_a_page_is_asked_of_the_next(browse, cast, question, answers):
    html = browse(cast.omar).get(f"{question.path}?site=0").content.decode()

    assert f'href="{question.path}/2?site=0#answers"' in html


def test_permalink_leads_to_the_page_that_holds_the_answer(browse, cast, question, answers):
    comment = actions.comment(
        actor=cast.omar, question_id=question.pk, answer_id=answers[0].pk, source="Thanks."
    )

    for post, name in ((answers[0], "answer"), (comment, "comment")):
        assert post.path == f"/{name}s/{post.pk}"
        found = browse().get(post.path)
        assert found.status_code == 302
        assert found["Location"] == f"{question.path}/{PAGES}#{name}-{post.pk}"
        page = browse().get(f"{question.path}/{PAGES}").content.decode()
        assert page.count(f' id="{name}-{post.pk}"') == 1
    best = browse().get(f"/answers/{answers[120].pk}?read=fr")
    assert best["Location"] == f"{question.path}?read=fr#answer-{answers[120].pk}"


def test_old_permalink_finds_on_the_first_page_the_way_to_the_answer(browse, question, answers):
    html = browse().get(question.path).content.decode()

    ids = re.findall(r' id="answer-(\d+)"', html)
    assert sorted(map(int, ids)) == [row.pk for row in answers]
    way = re.search(
        rf'<a href="([^"]*)">(<span id="answer-\d+"></span>)*<span id="answer-{answers[0].pk}"',
        html,
    )
    assert way
    assert way[1] == f"{question.path}/{PAGES}#answers"


def test_permalink_of_what_one_may_not_see_is_none(browse, cast, question, answers):
    remove_post(
        actor=cast.moira,
        kind="forum.answer",
        object_id=answers[0].pk,
        rule="spam",
        reason="Not about this.",
    )

    assert browse().get(f"/answers/{answers[0].pk}").status_code == 404
    assert browse(cast.moira).get(f"/answers/{answers[0].pk}").status_code == 302
    html = "".join(read_pages(browse(), question))
    assert "Words of number 0." not in html
    assert f'answer-{answers[0].pk}"' not in html
    assert f"<h2>{MANY - 1} answers</h2>" in html


def test_few_answers_keep_their_plain_addresses(browse, question, answer):
    assert answer.path == f"{question.path}#answer-{answer.pk}"
    assert browse().get(f"/answers/{answer.pk}")["Location"] == answer.path
    html = browse().get(question.path).content.decode()
    assert "Answers 1" not in html
    assert "/2" not in html


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("kept_pages")
@pytest.mark.parametrize("number", [1, 3])
def test_visitors_page_is_read_in_few_statements_and_kept(
    number, browse, cast, question, answers, assert_asks
):
    actions.comment(
        actor=cast.omar, question_id=question.pk, answer_id=answers[60].pk, source="Seen on page 3."
    )
    path = question.page_path(number)
    browse().get("/questions")
    with assert_asks(5):
        first = browse().get(path)
    with assert_asks(0):
        again = browse().get(path)
    assert again.content == first.content
    assert ("Seen on page 3." in first.content.decode()) == (number == 3)

    actions.answer(actor=cast.clara, question_id=question.pk, source="One more", language="en")
    assert f"<h2>{MANY + 1} answers</h2>" in browse().get(path).content.decode()


def test_members_page_is_read_in_few_statements_however_far_on(
    browse, cast, question, answers, django_assert_max_num_queries
):
    client = browse(cast.omar)
    for number in (1, 3):
        client.get(question.page_path(number))
        with django_assert_max_num_queries(13):
            assert client.get(question.page_path(number)).status_code == 200


def test_page_of_very_many_leads_to_those_near_it(browse, cast, question):
    Answer.objects.bulk_create(
        Answer(question=question, author=cast.bao, source="x", language="en") for _ in range(1000)
    )
    Question.objects.filter(pk=question.pk).update(answer_count=1000)

    def linked(number):
        html = browse().get(question.page_path(number)).content.decode()
        return re.findall(r"Answers (\d+)–", html)

    assert linked(1) == [str(30 * page + 1) for page in (*range(1, 11), 33)]
    assert linked(20) == [str(30 * page + 1) for page in (0, *range(9, 19), *range(20, 30), 33)]


def test_new_answer_is_new_until_its_own_page_was_read(browse, cast, question, answers):
    client = browse(cast.omar)
    assert "since you were here" not in client.get(question.path).content.decode()
    new = actions.answer(actor=cast.clara, question_id=question.pk, source="Late", language="en")
    line = f'<a href="/answers/{new.pk}">1 new answer since you were here</a>'

    for _visit in range(2):
        assert line in client.get(question.path).content.decode()
    assert [row.is_unread for row in _newest(cast.omar)] == [True]

    place = client.get(f"/answers/{new.pk}")["Location"]
    html = client.get(place.partition("#")[0]).content.decode()
    assert place.partition("#")[0] == f"{question.path}/{PAGES}"
    assert f'<a href="#answer-{new.pk}">1 new answer since you were here</a>' in html
    assert html.count('<span class="state">new</span>') == 1
    assert "since you were here" not in client.get(question.path).content.decode()
    assert [row.is_unread for row in _newest(cast.omar)] == [False]
    assert QuestionMark.objects.get(person=cast.omar).seen_at >= new.created_at


def _newest(person):
    return queries.list_page(person, order="newest", cursor=None).results


def test_new_on_two_pages_is_read_on_both(browse, cast, question, answers):
    client = browse(cast.omar)
    client.get(question.path)
    deep = actions.answer(actor=cast.clara, question_id=question.pk, source="Deep", language="en")
    above = Comment.objects.create(
        question=question, answer=answers[120], author=cast.bao, source="Above"
    )
    path = f"{question.path}/{PAGES}"

    assert "since you were here" in client.get(question.path).content.decode()
    assert f"answer-{deep.pk}" in client.get(path).content.decode()
    told = client.get(question.path).content.decode()
    assert f'<a href="#comment-{above.pk}">1 new comment since you were here</a>' in told
    assert "since you were here" not in client.get(question.path).content.decode()


def test_live_line_leads_to_the_page_of_the_new_answer(browse, cast, question, answers):
    new = actions.answer(actor=cast.clara, question_id=question.pk, source="Late", language="en")

    part = browse(cast.omar).get(f"/questions/{question.pk}/newer?since={answers[-1].pk}")

    assert f'href="/answers/{new.pk}"' in part.content.decode()


def test_programs_get_every_answer_in_the_order_of_the_pages(browse, call, cast, question, answers):
    api = call(None)
    told = api.get(f"/api/v1/questions/{question.pk}").json()
    found = [row["answer"]["id"] for row in told["answers"]]
    assert (told["answer_count"], len(found)) == (MANY, ANSWERS_A_PAGE)

    address = told["further_answers"]
    back = None
    while address:
        page = api.get(address).json()
        found += [row["answer"]["id"] for row in page["results"]]
        address, back = page["next"], page["previous"]

    assert found == [pk for html in read_pages(browse(), question) for pk in shown_on(html)]
    before = api.get(back).json()
    assert [row["answer"]["id"] for row in before["results"]] == found[-20 - 25 : -20]
    all_in_one = api.get(f"/api/v1/questions/{question.pk}/answers?page_size=100").json()
    assert [row["answer"]["id"] for row in all_in_one["results"]] == found[:100]
    assert all_in_one["results"][-1]["answer"]["source"].startswith("Words of number")
    assert all_in_one["previous"] is None


def test_short_question_has_no_further_answers(call, question, answer):
    told = call(None).get(f"/api/v1/questions/{question.pk}").json()
    listed = call(None).get(f"/api/v1/questions/{question.pk}/answers").json()

    assert told["further_answers"] is None
    assert (listed["results"], listed["next"]) == (told["answers"], None)


@pytest.mark.parametrize("cursor", ["x", "WzAsLTFd", "WzAsMSwyXQ", "WzAsMS41XQ"])
def test_cursor_that_is_none_of_ours_is_refused(cursor, call, question, answers):
    found = call(None).get(f"/api/v1/questions/{question.pk}/answers?cursor={cursor}")

    assert (found.status_code, found.json()["errors"][0]["field"]) == (422, "cursor")


def test_answers_of_a_hidden_question_are_not_listed(call, cast, question, answers):
    remove_post(
        actor=cast.moira,
        kind="forum.question",
        object_id=question.pk,
        rule="spam",
        reason="Not about this.",
    )

    assert call(None).get(f"/api/v1/questions/{question.pk}/answers").status_code == 404


def test_what_is_done_on_a_further_page_works_there(browse, cast, question, answers):
    php = Platform.objects.create(key="php", name="PHP")
    PlatformVersion.objects.create(platform=php, value="8.2", since=date(2024, 1, 1))
    last = answers[0]
    accepted = browse(cast.aminata).post(
        f"/questions/{question.pk}/acceptance",
        {"answer": last.pk},
        headers={"HX-Request": "true"},
    )
    assert accepted["HX-Redirect"] == question.path
    works = browse(cast.omar).post(
        f"/answers/{answers[1].pk}/attestation",
        {"fact": "php=8.2"},
        headers={"HX-Request": "true"},
    )
    assert works.status_code == 200
    assert f"works-on-{answers[1].pk}" in works.content.decode()


def test_feed_of_the_answers_leads_to_their_pages(browse, question, answers):
    feed = browse().get(f"/questions/{question.pk}.atom").content.decode()

    assert f"/answers/{answers[-1].pk}" in feed


def test_translation_of_a_far_answer_is_read_on_its_page(browse, cast, question, answers):
    row = actions.render_post(
        actor=cast.omar,
        kind="forum.answer",
        object_id=answers[0].pk,
        language="fr",
        title="",
        source="Les mots du premier.",
        from_revision=1,
    )

    moved = browse(cast.clara).get(row.path)

    last = f"{question.path}/{PAGES}"
    assert moved["Location"] == f"{last}?read=fr#answer-{answers[0].pk}"
    read = browse(cast.clara).get(moved["Location"]).content.decode()
    assert "Les mots du premier." in read
    original = re.search(r'href="(/answers/\d+)">Read the original', read)
    assert original is not None
    assert browse(cast.clara).get(original[1])["Location"] == f"{last}#answer-{answers[0].pk}"
