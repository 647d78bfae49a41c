"""What is new since one was here, on a question and in lists."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from forum import actions, queries
from forum.models import ListMark, QuestionMark
from people.actions import read_notices_about
from people.models import Notice
from tests.conftest import asked_of
from tests.faces import DONE, FACES, SIGN_IN, UNSEEN, Act

READ_LIST = Act(
    page=lambda _: ("/questions/reading", {"tag": ""}),
    api=lambda _: ("PUT", "/api/v1/questions/reading", {"tag": ""}),
)
READ_TAG = Act(
    page=lambda _: ("/questions/reading", {"tag": "PHP"}),
    api=lambda _: ("PUT", "/api/v1/questions/reading", {"tag": "PHP"}),
)
READ = Act(  # the page does it by being shown
    page=lambda _: ("", {}),
    api=lambda q: ("PUT", f"/api/v1/questions/{q.pk}/reading", None),
)


def unread(person, **filters) -> list[bool]:
    page = queries.list_page(person, order="newest", cursor=None, **filters)
    return [row.is_unread for row in page.results]


def answer_of(person, question, text="One more"):
    return actions.answer(actor=person, question_id=question.pk, source=text, language="en")


def test_answers_since_one_was_here_are_marked(browse, cast, question, answer):
    client = browse(cast.omar)
    first = client.get(question.path).content.decode()
    assert "since you were here" not in first

    new = answer_of(cast.clara, question)
    actions.comment(actor=cast.bao, question_id=question.pk, answer_id=new.pk, source="Yes")
    html = client.get(question.path).content.decode()

    assert f'<a href="#answer-{new.pk}">1 new answer since you were here</a>' in html
    assert html.count('<span class="state">new</span>') == 2
    assert "since you were here" not in client.get(question.path).content.decode()


def test_what_one_wrote_is_not_new(browse, cast, question):
    browse(cast.omar).get(question.path)
    answer_of(cast.omar, question)

    assert "since you were here" not in browse(cast.omar).get(question.path).content.decode()


def test_mark_costs_nothing_to_read_and_is_written_when_something_moved(browse, cast, question):
    """The visitor's page is pinned elsewhere; the mark is read in the question's own statement."""
    client = browse(cast.omar)

    def asked():
        with CaptureQueriesContext(connection) as found:
            client.get(question.path)
        asked = asked_of(found.captured_queries)
        return len(asked), sum("INSERT" in one and "questionmark" in one for one in asked)

    first, again = asked(), asked()
    assert (first[1], again[1]) == (1, 0)
    assert again[0] < first[0]
    answer_of(cast.bao, question)
    assert asked()[1] == 1
    assert asked()[1] == 0
    assert QuestionMark.objects.count() == 1


def test_visitors_leave_no_mark(browse, question):
    browse().get(question.path)

    assert not QuestionMark.objects.exists()


def test_list_shows_what_moved_since(browse, cast, question):
    assert unread(cast.omar) == [True]
    client = browse(cast.omar)
    client.get(question.path)
    assert unread(cast.omar) == [False]
    assert 'class="unread"' not in client.get("/questions").content.decode()

    answer_of(cast.bao, question)

    assert unread(cast.omar) == [True]
    assert 'class="unread"' in client.get("/questions").content.decode()
    assert 'class="unread"' not in browse().get("/questions").content.decode()


@pytest.mark.parametrize("face", FACES)
def test_list_is_marked_as_read(face, perform, cast, question):
    for _again in range(2):
        assert perform(face, cast.omar, READ_LIST, None) == DONE

    assert (unread(cast.omar), unread(cast.clara)) == ([False], [True])
    assert perform(face, None, READ_LIST, None) == SIGN_IN
    answer_of(cast.bao, question)
    assert unread(cast.omar) == [True]


@pytest.mark.parametrize("face", FACES)
def test_list_of_a_tag_has_a_mark_of_its_own(face, perform, cast, question):
    assert perform(face, cast.omar, READ_TAG, None) == DONE

    assert unread(cast.omar, tag="php") == [False]
    assert unread(cast.omar) == [True]
    assert ListMark.objects.get().tag == "php"


def test_question_is_marked_as_read_by_programs(perform, cast, question, answer):
    assert perform("api", cast.omar, READ, question) == DONE
    assert unread(cast.omar) == [False]

    assert perform("api", None, READ, question) == SIGN_IN
    type(question).objects.update(visibility="removed")
    assert perform("api", cast.clara, READ, question) == UNSEEN


def test_programs_are_told_what_of_a_list_is_unread(browse, call, cast, question):
    def told(person, query=""):
        rows = call(person).get(f"/api/v1/questions{query}").json()["results"]
        return [row["is_unread"] for row in rows if row["id"] == question.pk]

    assert (told(cast.omar), told(None)) == ([True], [None])
    browse(cast.omar).get(question.path)
    assert (told(cast.omar), told(cast.clara)) == ([False], [True])
    answer_of(cast.bao, question)
    assert told(cast.omar) == [True]

    actions.read_list(actor=cast.omar, tag="php")

    assert (told(cast.omar, "?tag=PHP"), told(cast.omar)) == ([False], [True])
    own = call(cast.aminata).get("/api/v1/questions/mine").json()["results"]
    assert [row["is_unread"] for row in own] == [True]


def test_programs_are_told_what_is_new_on_a_question(call, cast, question, answer):
    def told(person):
        return call(person).get(f"/api/v1/questions/{question.pk}").json()["reading"]

    assert told(None) is None
    assert told(cast.omar) == {"seen_at": None, "new_answers": [], "new_comments": []}
    actions.read_question(actor=cast.omar, question_id=question.pk)
    mark = QuestionMark.objects.get(person=cast.omar)
    new, own = answer_of(cast.clara, question), answer_of(cast.omar, question)
    said = [
        actions.comment(actor=cast.bao, question_id=question.pk, answer_id=pk, source="Yes").pk
        for pk in (None, new.pk)
    ]

    shown = told(cast.omar)

    assert parse_datetime(shown["seen_at"]) == mark.seen_at
    assert (shown["new_answers"], shown["new_comments"]) == ([new.pk], said)
    assert own.pk not in shown["new_answers"]
    assert told(cast.omar) == shown  # reading by a program marks nothing
    actions.read_question(actor=cast.omar, question_id=question.pk)
    assert [told(cast.omar)[name] for name in ("new_answers", "new_comments")] == [[], []]


def test_telling_programs_what_is_new_costs_the_same_with_many(call, cast, question):
    client = call(cast.omar)

    def costs():
        asked = []
        for path in (f"/api/v1/questions/{question.pk}", "/api/v1/questions"):
            with CaptureQueriesContext(connection) as found:
                client.get(path)
            asked.append(len(asked_of(found.captured_queries)))
        return asked

    answer_of(cast.bao, question)
    actions.read_question(actor=cast.omar, question_id=question.pk)
    answer_of(cast.bao, question)
    costs()  # what is read once and kept
    with_one = costs()
    for _more in range(3):
        answer_of(cast.clara, question)

    assert costs() == with_one


def test_what_was_there_before_one_came_is_not_unread(cast, question):
    cast.omar.joined_at = question.active_at
    cast.omar.save()

    assert unread(cast.omar) == [False]


def test_what_is_long_past_is_not_unread(cast, question):
    type(question).objects.update(active_at=timezone.now() - timedelta(days=15))

    assert unread(cast.omar) == [False]


def noticed(person) -> list[str]:
    """Return what someone is told of and has not read."""
    rows = Notice.objects.visible_to(person).unread().order_by("pk")
    return list(rows.values_list("verb", flat=True))


def test_opening_a_question_reads_the_notices_about_it(browse, cast, question, run_tasks):
    other = actions.ask(
        actor=cast.aminata, title="Another page", source="It is so.", language="en", tag_names=[]
    )
    new = answer_of(cast.clara, question)
    actions.comment(actor=cast.bao, question_id=question.pk, answer_id=new.pk, source="Yes")
    answer_of(cast.clara, other)
    run_tasks()
    before = noticed(cast.aminata)
    assert before.count("forum.answer_posted") == 2
    client = browse(cast.aminata)

    for header in ({"sec-purpose": "prefetch;prerender"}, {"purpose": "prefetch"}):
        client.get(question.path, headers=header)
    client.head(question.path)
    browse(cast.omar).get(question.path)
    assert noticed(cast.aminata) == before
    html = client.get(question.path).content.decode()

    assert noticed(cast.aminata) == ["forum.answer_posted"]
    assert "1 new notice<" in html
    actions.read_question(actor=cast.aminata, question_id=other.pk)
    assert noticed(cast.aminata) == []


def test_answer_that_is_not_shown_is_not_read(cast, question, run_tasks):
    first, second = answer_of(cast.clara, question), answer_of(cast.clara, question, "Two")
    run_tasks()
    assert noticed(cast.aminata) == ["forum.answer_posted"] * 2

    shown = {"forum.question": [question.pk], "forum.answer": [first.pk], "forum.comment": []}
    assert read_notices_about(actor=cast.aminata, shown=shown) == 1

    assert Notice.objects.visible_to(cast.aminata).unread().get().thing_id == second.pk


def test_page_of_who_has_read_all_asks_nothing_more(browse, cast, question, run_tasks):
    client = browse(cast.aminata)
    answer_of(cast.clara, question)
    client.get(question.path)  # what is made once is made, and the mark moves
    with CaptureQueriesContext(connection) as without:
        client.get(question.path)
    run_tasks()
    client.get(question.path)

    with CaptureQueriesContext(connection) as after:
        client.get(question.path)

    assert noticed(cast.aminata) == []
    assert len(after) == len(without)
