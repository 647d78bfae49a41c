"""Edits that meet, earlier texts, wikis, and votes for a text that is no more: on every face."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import StaleRevision
from forum import actions, queries
from forum.models import Answer, Question, Revision, Vote
from people.actions import remove_post
from people.models import Person
from tests.cast import SECRET
from tests.faces import DONE, FACES, INVALID, NOT_ALLOWED, SIGN_IN, UNSEEN, WRONG_MOMENT, Act

LONG = "First rename the folder.\n\nThen load the page again.\n\nAt last tell us."
REVERT = Act(
    page=lambda a: (
        f"/answers/{a.pk}/reversion",
        {"number": "1", "revision": "2", "why": "Was right"},
    ),
    api=lambda a: (
        "POST",
        f"/api/v1/answers/{a.pk}/reversion",
        {"number": 1, "revision": 2, "why": "Was right"},
    ),
)
REVERT_QUESTION = Act(
    page=lambda q: (f"/questions/{q.pk}/reversion", {"number": "1", "revision": "2"}),
    api=lambda q: ("POST", f"/api/v1/questions/{q.pk}/reversion", {"number": 1, "revision": 2}),
)
REVERT_UNKNOWN = Act(
    page=lambda a: (f"/answers/{a.pk}/reversion", {"number": "7", "revision": "2"}),
    api=lambda a: ("POST", f"/api/v1/answers/{a.pk}/reversion", {"number": 7, "revision": 2}),
)
WIKI = Act(
    page=lambda a: (f"/answers/{a.pk}/wiki", {}),
    api=lambda a: ("PUT", f"/api/v1/answers/{a.pk}/wiki", None),
)
UNDO_WIKI = Act(
    page=lambda a: (f"/answers/{a.pk}/wiki/undo", {}),
    api=lambda a: ("DELETE", f"/api/v1/answers/{a.pk}/wiki", None),
)


def edit_act(source: str, revision: int = 1, why: str = "") -> Act:
    facts = {"source": source, "revision": revision, "why": why}
    return Act(
        page=lambda a: (f"/answers/{a.pk}/edit", facts),
        api=lambda a: ("PUT", f"/api/v1/answers/{a.pk}", facts),
    )


def edit(actor, row, source, revision=None, **facts):
    row.refresh_from_db()
    return actions.edit_answer(
        actor=actor, answer_id=row.pk, revision=revision or row.revision, source=source, **facts
    )


@pytest.fixture
def long_answer(cast, question):
    return actions.answer(actor=cast.bao, question_id=question.pk, source=LONG, language="en")


@pytest.fixture
def edited(cast, answer):
    """An answer with two revisions."""
    return edit(cast.bao, answer, "Something else entirely", why="Better so")


@pytest.mark.parametrize("face", FACES)
def test_edit_keeps_its_reason(face, perform, cast, answer):
    assert perform(face, cast.bao, edit_act("Rename it.", why=" Shorter "), answer) == DONE

    newest = Revision.objects.get(answer=answer, number=2)
    assert (newest.why, newest.author, newest.written_on) == ("Shorter", cast.bao, None)


@pytest.mark.parametrize("face", FACES)
def test_reason_has_an_end(face, perform, cast, answer):
    assert perform(face, cast.bao, edit_act("Rename it.", why="x" * 201), answer) == INVALID


@pytest.mark.parametrize("face", FACES)
def test_changes_that_do_not_touch_both_stand(face, perform, cast, long_answer):
    edit(cast.moira, long_answer, LONG.replace("tell us", "write to us"))

    act = edit_act(LONG.replace("First", "To begin,"))
    assert perform(face, cast.bao, act, long_answer) == DONE

    long_answer.refresh_from_db()
    assert long_answer.source == LONG.replace("First", "To begin,").replace(
        "tell us", "write to us"
    )
    newest = long_answer.revisions.get(number=3)
    assert (newest.author, newest.written_on) == (cast.bao, 1)


@pytest.mark.parametrize("face", FACES)
def test_changes_that_touch_are_refused_and_nothing_is_changed(face, perform, cast, long_answer):
    edit(cast.moira, long_answer, LONG.replace("rename", "move"))

    act = edit_act(LONG.replace("rename", "delete"))
    assert perform(face, cast.bao, act, long_answer) == WRONG_MOMENT

    long_answer.refresh_from_db()
    assert (long_answer.revision, long_answer.source) == (2, LONG.replace("rename", "move"))


@pytest.mark.parametrize("face", FACES)
def test_draft_with_its_marks_is_not_taken(face, perform, cast, long_answer):
    edit(cast.moira, long_answer, LONG.replace("rename", "move"))
    with pytest.raises(StaleRevision) as stale:
        edit(cast.bao, long_answer, LONG.replace("rename", "delete"), revision=1)
    draft = stale.value.extra["merged"]["source"]

    assert perform(face, cast.bao, edit_act(draft, revision=2), long_answer) == INVALID
    assert long_answer.revisions.count() == 2


def test_page_of_a_clash_keeps_both_texts_and_a_draft(browse, cast, long_answer):
    edit(cast.moira, long_answer, LONG.replace("rename", "move").replace("tell us", "write"))
    form = {"source": LONG.replace("rename", "delete"), "revision": "1", "why": "Clearer"}

    page = browse(cast.bao).post(f"/answers/{long_answer.pk}/edit", form)

    html = page.content.decode()
    assert page.status_code == 409
    assert "First delete the folder.\n\nThen load the page again.\n\nAt last tell us." in html
    assert "First move the folder.\n\nThen load the page again.\n\nAt last write." in html
    draft = page.context["form"]["source"].value()
    assert draft == (
        "&lt;&lt;&lt;&lt;&lt;&lt;&lt; Your text\nFirst delete the folder.\n======= or\n"
        "First move the folder.\n&gt;&gt;&gt;&gt;&gt;&gt;&gt; The newer text\n\n"
        "Then load the page again.\n\nAt last write."
    ).replace("&lt;", "<").replace("&gt;", ">")
    assert 'name="revision" value="2"' in html
    assert "Clearer" in html


def test_problem_of_a_clash_carries_the_newer_text_and_a_draft(call, cast, question):
    actions.edit_question(
        actor=cast.moira,
        question_id=question.pk,
        revision=1,
        title="Blank page after a WordPress update",
        source=question.source,
        tag_names=["wordpress"],
    )

    problem = call(cast.aminata).put(
        f"/api/v1/questions/{question.pk}",
        {
            "title": "Empty page after a WordPress update",
            "source": "Other.",
            "tags": ["php", "mail"],
            "revision": 1,
        },
    )

    body = problem.json()
    assert (problem.status_code, body["code"]) == (409, "stale_revision")
    assert (body["revision"], body["newer_title"]) == (2, "Blank page after a WordPress update")
    assert (body["source"], body["tags"]) == (question.source, ["wordpress"])
    assert body["merged"] == {
        "title": "Empty page after a WordPress update",
        "source": "Other.",
        "tags": ["mail"],
    }
    assert body["conflicts"] == 1


@pytest.mark.parametrize("face", FACES)
def test_editor_brings_an_earlier_text_back_once(face, perform, cast, edited):
    assert perform(face, cast.bao, REVERT, edited) == DONE
    assert perform(face, cast.bao, REVERT, edited) == WRONG_MOMENT

    edited.refresh_from_db()
    newest = edited.revisions.get(number=3)
    assert edited.source == newest.source == "Rename the plugins folder."
    assert (newest.reverts_to, newest.why) == (1, "Was right")


@pytest.mark.parametrize("face", FACES)
def test_title_and_tags_come_back_too(face, perform, cast, question):
    before = (question.title, question.source, sorted(question.tags.names()))
    actions.edit_question(
        actor=cast.aminata,
        question_id=question.pk,
        revision=1,
        title="Quite another title",
        source="Other",
        tag_names=["mail"],
    )

    assert perform(face, cast.moira, REVERT_QUESTION, question) == DONE

    question = Question.objects.get(pk=question.pk)
    assert (question.title, question.source, sorted(question.tags.names())) == before


@pytest.mark.parametrize("face", FACES)
def test_only_editors_bring_texts_back_and_only_texts_there_are(face, perform, cast, edited):
    assert perform(face, cast.omar, REVERT, edited) == NOT_ALLOWED
    assert perform(face, cast.bao, REVERT_UNKNOWN, edited) == INVALID
    assert edited.revisions.count() == 2


@pytest.mark.parametrize("face", FACES)
def test_anyone_active_edits_a_wiki_and_its_author_takes_that_back(face, perform, cast, answer):
    assert perform(face, cast.omar, edit_act("Mine"), answer) == NOT_ALLOWED
    assert perform(face, cast.bao, WIKI, answer) == DONE
    assert perform(face, cast.bao, WIKI, answer) == DONE

    assert perform(face, cast.omar, edit_act("By omar", 1), answer) == DONE
    assert perform(face, cast.clara, edit_act("By clara", 2), answer) == DONE
    answer.refresh_from_db()
    assert (answer.writer_count, answer.author) == (3, cast.bao)

    assert perform(face, cast.bao, UNDO_WIKI, answer) == DONE
    assert perform(face, cast.bao, UNDO_WIKI, answer) == DONE
    assert perform(face, cast.omar, edit_act("Again", 3), answer) == NOT_ALLOWED
    answer.refresh_from_db()
    assert answer.source == "By clara"


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("act", [WIKI, UNDO_WIKI])
def test_author_and_moderators_say_what_is_a_wiki(face, act, perform, cast, answer):
    for person in (cast.omar, cast.aminata):
        assert perform(face, person, act, answer) == NOT_ALLOWED
    assert perform(face, cast.moira, act, answer) == DONE


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("act", [REVERT, WIKI, UNDO_WIKI])
def test_unseen_signed_out_and_suspended(face, act, perform, cast, edited):
    assert perform(face, None, act, edited) == SIGN_IN
    Person.objects.filter(pk=cast.bao.pk).update(state="suspended")
    assert perform(face, cast.bao, act, edited) == NOT_ALLOWED
    remove_post(
        actor=cast.moira, kind="forum.answer", object_id=edited.pk, rule="spam", reason="planted"
    )
    assert perform(face, cast.omar, act, edited) == UNSEEN


def test_byline_of_a_wiki_says_how_many_wrote_it(browse, cast, answer):
    actions.make_wiki(actor=cast.bao, answer_id=answer.pk)
    edit(cast.omar, answer, "By omar")

    assert "wiki, by 2 people" in browse().get(answer.question.path).content.decode()


def test_revisions_tell_what_was_added_and_removed_in_words(browse, cast, long_answer):
    edit(cast.bao, long_answer, LONG.replace("rename", "move"), why="Renaming is not enough")

    html = browse().get(f"/answers/{long_answer.pk}/revisions").content.decode()

    assert '<del><span class="hidden-label">removed: </span>rename</del>' in html
    assert '<ins><span class="hidden-label">added: </span>move</ins>' in html
    assert "Renaming is not enough" in html
    assert "reversion" not in html
    assert (
        "reversion" in browse(cast.bao).get(f"/answers/{long_answer.pk}/revisions").content.decode()
    )


def test_any_two_texts_are_compared(browse, call, cast, answer):
    for text in ("Rename a folder.", "Rename a file."):
        edit(cast.bao, answer, text)

    html = browse().get(f"/answers/{answer.pk}/revisions/compare?old=1&new=3").content.decode()
    told = call().get(f"/api/v1/answers/{answer.pk}/revisions/difference?old=3&new=1").json()

    assert "the plugins folder</del>" in html
    assert told["difference"]["source"] == [
        {"kind": "same", "text": "Rename "},
        {"kind": "removed", "text": "a file"},
        {"kind": "added", "text": "the plugins folder"},
        {"kind": "same", "text": "."},
    ]
    newest = call().get(f"/api/v1/answers/{answer.pk}/revisions/difference").json()
    assert (newest["old"], newest["new"]) == (2, 3)
    for bad in ("?old=9", "?new=99999999999999999999", "?old=x"):
        assert browse().get(f"/answers/{answer.pk}/revisions/compare{bad}").status_code == 404


def test_revisions_by_api(call, cast, question):
    actions.edit_question(
        actor=cast.aminata,
        question_id=question.pk,
        revision=1,
        title=question.title,
        source="Mended.",
        tag_names=["php"],
        why="Sorted",
    )

    rows = call().get(f"/api/v1/questions/{question.pk}/revisions").json()["results"]

    assert [(row["number"], row["why"], row["author"]) for row in rows] == [
        (2, "Sorted", "aminata"),
        (1, "", "aminata"),
    ]
    assert rows[0]["tags"] == ["php"]


@pytest.mark.parametrize("kind", ["question", "answer"])
def test_texts_of_what_is_taken_away_are_hidden_as_it_is(kind, browse, call, cast, question):
    if kind == "question":
        post = actions.ask(
            actor=cast.bao, title=f"{SECRET} hidden", source=SECRET, language="en", tag_names=[]
        )
    else:
        post = actions.answer(actor=cast.bao, question_id=question.pk, source=SECRET, language="en")
    remove_post(
        actor=cast.moira, kind=f"forum.{kind}", object_id=post.pk, rule="spam", reason="planted"
    )

    for path in ("revisions", "revisions/compare"):
        for person in (None, cast.omar, cast.aminata):
            assert browse(person).get(f"/{kind}s/{post.pk}/{path}").status_code == 404
        for person in (cast.bao, cast.moira):
            assert SECRET in browse(person).get(f"/{kind}s/{post.pk}/revisions").content.decode()
    for path in ("revisions", "revisions/difference"):
        assert call(cast.omar).get(f"/api/v1/{kind}s/{post.pk}/{path}").status_code == 404


@pytest.mark.parametrize("rows", [2, 25])
def test_revisions_cost_the_same_with_more_of_them(
    rows, browse, call, cast, answer, django_assert_max_num_queries
):
    for number in range(rows):
        edit(cast.bao, answer, f"Rename folder {number}")
    visitor, api = browse(), call()

    with django_assert_max_num_queries(5):
        assert visitor.get(f"/answers/{answer.pk}/revisions").status_code == 200
    with django_assert_max_num_queries(4):
        assert visitor.get(f"/answers/{answer.pk}/revisions/compare").status_code == 200
    with django_assert_max_num_queries(4):
        assert api.get(f"/api/v1/answers/{answer.pk}/revisions").status_code == 200


def vote(person, row, value, **facts):
    actions.vote(actor=person, kind="forum.answer", object_id=row.pk, value=value, **facts)
    row.refresh_from_db()


def test_votes_for_an_earlier_text_are_told_and_voters_vote_again(browse, cast, answer):
    vote(cast.omar, answer, 1)
    vote(cast.clara, answer, -1)
    assert set(Vote.objects.values_list("revision", "wording")) == {(1, 1)}

    edit(cast.bao, answer, "Quite another answer, in other words.")
    answer.refresh_from_db()
    assert (answer.wording, answer.votes_before, answer.score) == (2, 2, 0)
    path = answer.question.path
    assert "2 votes are for an earlier text" in browse().get(path).content.decode()
    assert "Vote so for this text too" in browse(cast.omar).get(path).content.decode()

    vote(cast.omar, answer, 1)
    assert (answer.votes_before, answer.up, answer.down) == (1, 1, 1)
    assert Vote.objects.get(person=cast.omar).revision == 2
    assert "Vote so for this text too" not in browse(cast.omar).get(path).content.decode()
    vote(cast.clara, answer, 0)
    assert (answer.votes_before, answer.up, answer.down) == (0, 1, 0)
    assert "earlier text" not in browse().get(path).content.decode()


def test_small_edit_leaves_votes_as_they_are(browse, cast, long_answer):
    vote(cast.omar, long_answer, 1)

    edit(cast.bao, long_answer, LONG.replace("rename", "move"))

    long_answer.refresh_from_db()
    assert (long_answer.wording, long_answer.votes_before) == (1, 0)
    page = browse(cast.omar).get(long_answer.question.path)
    assert "earlier text" not in page.content.decode()


def test_bringing_a_text_back_brings_its_votes_back(cast, answer):
    vote(cast.omar, answer, 1)
    edit(cast.moira, answer, "Nothing of it is left in here.")
    vote(cast.clara, answer, -1)
    assert answer.votes_before == 1

    actions.revert(actor=cast.bao, kind="forum.answer", object_id=answer.pk, number=1, revision=2)

    answer.refresh_from_db()
    assert (answer.wording, answer.votes_before) == (1, 1)  # clara's


def test_vote_is_for_the_text_that_was_read(cast, answer):
    edit(cast.bao, answer, "Quite another answer, in other words.")

    vote(cast.omar, answer, 1, revision=1)

    assert (answer.up, answer.votes_before) == (1, 1)
    assert Vote.objects.get().revision == 1


def test_votes_that_came_as_a_count_were_for_the_first_text(cast, answer):
    Answer.objects.filter(pk=answer.pk).update(up=5)

    edit(cast.bao, answer, "Quite another answer, in other words.")

    answer.refresh_from_db()
    assert answer.votes_before == 5


DEEDS = st.lists(
    st.tuples(
        st.sampled_from(["omar", "clara", "nadia", "edit", "revert"]),
        st.sampled_from([-1, 0, 1, 2, 3]),
    ),
    max_size=12,
)


@given(DEEDS)
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_votes_before_are_those_for_other_wordings(cast, question, deeds):
    row = actions.answer(actor=cast.bao, question_id=question.pk, source="none", language="en")
    for who, number in deeds:
        row.refresh_from_db()
        if who == "edit":
            edit(cast.bao, row, f"{'abcde'[number + 1] * 5} stays")
        elif who == "revert":
            facts = {"number": max(1, min(number, row.revision)), "revision": row.revision}
            actions.revert(actor=cast.bao, kind="forum.answer", object_id=row.pk, **facts)
        else:
            vote(getattr(cast, who), row, max(-1, min(number, 1)))

    row.refresh_from_db()
    votes = Vote.objects.filter(answer=row)
    assert row.up + row.down == votes.count()
    assert row.votes_before == votes.exclude(wording=row.wording).count()
    for one in votes:
        assert row.revisions.get(number=one.revision).wording == one.wording
    facts = queries.question_page(cast.omar, question.pk).answers
    shown = next(fact for fact in facts if fact.post == row)
    mine = votes.filter(person=cast.omar).first()
    assert shown.voted_before == (mine is not None and mine.wording != row.wording)


@pytest.mark.parametrize("visibility", ["visible", "pending", "removed"])
def test_only_a_change_that_is_seen_makes_a_question_active(visibility, cast, question, answer):
    Answer.objects.filter(pk=answer.pk).update(visibility=visibility)
    question.refresh_from_db()
    before = question.active_at

    actions.edit_answer(actor=cast.moira, answer_id=answer.pk, revision=1, source="Another text.")

    question.refresh_from_db()
    assert (question.active_at > before) == (visibility == "visible")
