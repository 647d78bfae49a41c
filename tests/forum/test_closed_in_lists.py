"""Questions that were closed are told from open ones wherever they are listed or found."""

import pytest

from forum import actions
from search.actions import rebuild_index

DUPLICATE = '<span class="state quiet">Duplicate</span>'


@pytest.fixture
def duplicate(cast, question):
    """A question of aminata's tag that was closed for the other one."""
    row = actions.ask(
        actor=cast.clara,
        title="Blank screen since the WordPress update",
        source="All pages are blank.",
        language="en",
        tag_names=["wordpress"],
    )
    actions.close_question(
        actor=cast.moira, question_id=row.pk, reason="duplicate", original_id=question.pk
    )
    return row


@pytest.mark.parametrize(
    "path",
    [
        "/questions",
        "/questions/active",
        "/tags/wordpress",
        "/search?q=blank",
        "/search/now?q=blank",
    ],
)
def test_duplicates_are_marked_in_lists_and_hits(path, browse, cast, duplicate, run_tasks):
    run_tasks()
    rebuild_index()
    for client in (browse(), browse(cast.omar)):
        text = client.get(path).content.decode()
        assert text.count(DUPLICATE) == 1, path

    actions.reopen_question(actor=cast.moira, question_id=duplicate.pk)
    run_tasks()
    assert DUPLICATE not in browse(cast.omar).get(path).content.decode()


def test_what_was_closed_for_another_reason_says_so(browse, cast, question):
    actions.close_question(actor=cast.moira, question_id=question.pk, reason="unclear")

    text = browse().get("/questions").content.decode()

    assert '<span class="state quiet">Closed</span>' in text
    assert DUPLICATE not in text


def test_lists_ask_nothing_more_for_it(cast, browse, question, duplicate, statements):
    lists = ("/questions", "/tags/wordpress")
    with_one = [len(statements(browse(), path)) for path in lists]
    actions.reopen_question(actor=cast.moira, question_id=duplicate.pk)

    assert [len(statements(browse(), path)) for path in lists] == with_one


def test_programs_are_told_too(call, cast, duplicate, run_tasks):
    run_tasks()
    rebuild_index()

    listed = call(cast.omar).get("/api/v1/questions").json()["results"]
    found = call(cast.omar).get("/api/v1/search?q=blank").json()["results"]

    assert {row["id"]: row["closed_for"] for row in listed} == {
        duplicate.pk: "duplicate",
        duplicate.closure.original_id: None,
    }
    assert [row["closed_for"] for row in found if row["id"] == duplicate.pk] == ["duplicate"]
