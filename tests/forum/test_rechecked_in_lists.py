"""Where the platform moved away from what solved a question, lists and hits say so."""

import pytest

from forum import actions
from search.actions import rebuild_index
from tests.forum.test_platforms import attested, make_default, php  # noqa: F401

SOLVED = '<span class="state good">Solved</span>'
AGAIN = '<span class="state now">Solved, to check again</span>'


@pytest.fixture
def solved(cast, php, question, answer, run_tasks):  # noqa: F811
    """A question solved by what worked on 8.2."""
    attested(cast.omar, answer, "8.2")
    actions.accept_answer(actor=cast.aminata, question_id=question.pk, answer_id=answer.pk)
    run_tasks()
    rebuild_index()
    return question


def shown(client, path) -> tuple[int, int]:
    text = client.get(path).content.decode()
    return text.count(SOLVED), text.count(AGAIN)


def test_lists_hits_and_the_page_say_it_until_someone_confirms(
    browse, cast, solved, answer, run_tasks
):
    client = browse(cast.omar)
    paths = ["/questions", "/questions/active", "/tags/wordpress", solved.path]
    paths += ["/search?q=white", "/search/now?q=white"]
    paths += ["/questions/similar?title=White page after a WordPress update"]
    assert [shown(client, path) for path in paths] == [(1, 0)] * len(paths)

    make_default(cast, "8.4", run_tasks)
    assert [shown(client, path) for path in paths] == [(0, 1)] * len(paths)

    attested(cast.clara, answer, "8.4")
    assert [shown(client, path) for path in paths] == [(1, 0)] * len(paths)


def test_an_answer_that_waits_beside_what_solved_it_says_nothing(
    browse, cast, solved, answer, run_tasks
):
    actions.undo_acceptance(actor=cast.aminata, question_id=solved.pk)
    other = actions.answer(
        actor=cast.omar, question_id=solved.pk, source="Restart it.", language="en"
    )
    actions.accept_answer(actor=cast.aminata, question_id=solved.pk, answer_id=other.pk)
    make_default(cast, "8.4", run_tasks)

    answer.refresh_from_db()
    assert answer.rechecks
    assert shown(browse(cast.omar), "/questions") == (1, 0)


def test_lists_ask_nothing_more_for_it(browse, cast, solved, statements, run_tasks):
    lists = ("/questions", "/tags/wordpress", "/search?q=white")
    before = [len(statements(browse(cast.omar), path)) for path in lists]
    make_default(cast, "8.4", run_tasks)

    assert [len(statements(browse(cast.omar), path)) for path in lists] == before


def test_programs_are_told_too(call, cast, solved, run_tasks):
    for wanted in (False, True):
        for path in ("questions", "search?q=white"):
            (row,) = call(cast.omar).get(f"/api/v1/{path}").json()["results"]
            assert row["needs_recheck"] is wanted
        make_default(cast, "8.4", run_tasks)
