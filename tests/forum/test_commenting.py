"""Changing a comment: who may, what is kept of it, and what stays hidden; on every face."""

import pytest

from core.errors import StaleRevision
from forum import actions
from forum.models import CommentRevision
from people.actions import flag, remove_post
from people.models import Trust
from tests.faces import DONE, FACES, NOT_ALLOWED, SIGN_IN, UNSEEN, WRONG_MOMENT, Act
from tests.forum.test_purging import SECRET, TYPED, purging, tables_with

NEW = "Which version of PHP is that?"


def editing(source=NEW, revision=1):
    data = {"source": source, "revision": revision}
    return Act(
        page=lambda c: (f"/comments/{c.pk}/edit", data),
        api=lambda c: ("PUT", f"/api/v1/comments/{c.pk}", data),
    )


EDIT = editing()


@pytest.fixture
def comment(cast, answer):
    return actions.comment(
        actor=cast.clara,
        question_id=answer.question_id,
        answer_id=answer.pk,
        source="Which verison is that?",
    )


@pytest.mark.parametrize("face", FACES)
def test_its_author_and_moderators_change_a_comment(face, perform, cast, comment):
    Trust.objects.update_or_create(person=cast.omar, defaults={"level": 4})
    assert perform(face, cast.omar, EDIT, comment) == NOT_ALLOWED
    assert perform(face, cast.aminata, EDIT, comment) == NOT_ALLOWED
    assert perform(face, cast.bao, EDIT, comment) == NOT_ALLOWED
    assert perform(face, None, EDIT, comment) == SIGN_IN
    assert perform(face, cast.clara, EDIT, comment) == DONE
    comment.refresh_from_db()
    assert (comment.source, comment.revision) == (NEW, 2)
    assert "Which version" in comment.html
    assert comment.edited_at is not None
    assert perform(face, cast.moira, editing("Which?"), comment) == WRONG_MOMENT
    assert perform(face, cast.moira, editing("Which?", 2), comment) == DONE
    texts = CommentRevision.objects.filter(comment=comment).order_by("number")
    assert list(texts.values_list("number", "source", "author__handle")) == [
        (1, "Which verison is that?", "clara"),
        (2, NEW, "clara"),
        (3, "Which?", "moira"),
    ]


@pytest.mark.parametrize("face", FACES)
def test_nothing_is_changed_in_a_locked_or_removed_question(face, perform, cast, comment):
    actions.lock_question(actor=cast.moira, question_id=comment.question_id, reason="dispute")

    assert perform(face, cast.clara, EDIT, comment) == WRONG_MOMENT
    remove_post(
        actor=cast.moira,
        kind="forum.question",
        object_id=comment.question_id,
        rule="other",
        reason="x",
    )
    assert perform(face, cast.clara, EDIT, comment) == UNSEEN
    assert not CommentRevision.objects.exists()


def test_the_same_text_again_changes_nothing(cast, comment):
    for _time in range(2):
        actions.edit_comment(
            actor=cast.clara, comment_id=comment.pk, revision=1, source=comment.source
        )

    assert not CommentRevision.objects.exists()
    actions.edit_comment(actor=cast.clara, comment_id=comment.pk, revision=1, source=NEW)
    with pytest.raises(StaleRevision):
        actions.edit_comment(actor=cast.clara, comment_id=comment.pk, revision=1, source=NEW)


def test_readers_are_offered_what_they_may_do_with_a_comment(cast, browse, comment):
    def offered(person):
        page = browse(person).get(comment.question.path).content.decode()
        return (
            f"/comments/{comment.pk}/edit" in page,
            f"kind=forum.comment&amp;id={comment.pk}" in page,
        )

    assert offered(None) == (False, False)
    assert offered(cast.clara) == (True, False)
    assert offered(cast.bao) == (False, True)
    assert offered(cast.moira) == (True, True)
    actions.lock_question(actor=cast.moira, question_id=comment.question_id, reason="dispute")
    assert offered(cast.clara) == (False, False)


def test_what_is_just_sent_is_offered_to_be_changed(cast, browse, answer):
    page = browse(cast.clara).post(
        f"/answers/{answer.pk}/comments",
        {"source": "Thanks!"},
        headers={"HX-Request": "true"},
    )

    assert f"/comments/{answer.comments.get().pk}/edit" in page.content.decode()


def test_everyone_reads_how_a_comment_stood(cast, browse, call, comment):
    actions.edit_comment(actor=cast.clara, comment_id=comment.pk, revision=1, source=NEW)

    question = browse(None).get(comment.question.path).content.decode()
    assert f'href="/comments/{comment.pk}/revisions"' in question
    page = browse(None).get(f"/comments/{comment.pk}/revisions").content.decode()
    assert "verison" in page
    assert "reversion" not in page
    compared = browse(None).get(f"/comments/{comment.pk}/revisions/compare?old=1&new=2")
    assert "verison" in compared.content.decode()
    listed = call(None).get(f"/api/v1/comments/{comment.pk}/revisions").json()["results"]
    assert [(row["number"], row["source"]) for row in listed] == [
        (2, NEW),
        (1, "Which verison is that?"),
    ]
    assert call(None).get(f"/api/v1/comments/{comment.pk}").json()["revision"] == 2


def test_what_a_hidden_comment_said_is_hidden_too(cast, browse, call, comment):
    actions.edit_comment(actor=cast.clara, comment_id=comment.pk, revision=1, source=NEW)
    remove_post(
        actor=cast.moira, kind="forum.comment", object_id=comment.pk, rule="other", reason="x"
    )

    for client, root in ((browse, ""), (call, "/api/v1")):
        for person, status in ((None, 404), (cast.bao, 404), (cast.clara, 200), (cast.moira, 200)):
            path = f"{root}/comments/{comment.pk}/revisions"
            assert client(person).get(path).status_code == status


def test_another_flags_a_comment_by_its_page(cast, browse, comment):
    page = browse(cast.bao).get(f"/flags/new?kind=forum.comment&id={comment.pk}")

    assert page.status_code == 200
    flag(actor=cast.bao, kind="forum.comment", object_id=comment.pk, reason="unkind", text="x")


def test_who_asked_without_a_name_changes_a_comment_without_it(cast, browse, hidden):
    row = actions.comment(actor=cast.aminata, question_id=hidden.pk, source="More about it.")

    actions.edit_comment(actor=cast.aminata, comment_id=row.pk, revision=1, source="Even more.")

    assert not CommentRevision.objects.exclude(author=None).exists()
    page = browse(None).get(f"/comments/{row.pk}/revisions").content.decode()
    assert cast.aminata.display_name not in page
    assert "under a pseudonym" in page


@pytest.mark.parametrize("face", FACES)
def test_its_author_takes_a_secret_out_of_a_comment_and_how_it_stood(
    face, perform, cast, call, answer
):
    row = actions.comment(actor=cast.clara, question_id=answer.question_id, source=TYPED)
    actions.edit_comment(actor=cast.clara, comment_id=row.pk, revision=1, source="Never mind.")

    assert perform(face, cast.bao, purging(), answer.question) == NOT_ALLOWED
    assert perform(face, cast.clara, purging(), answer.question) == DONE
    assert not tables_with(SECRET)
    assert [one.is_rewritten for one in row.revisions.order_by("number")] == [True, False]
    assert row.revisions.get(number=2).source == "Never mind."


def test_a_secret_that_stands_in_an_edited_comment_leaves_a_text_of_nobody(cast, call, answer):
    row = actions.comment(actor=cast.clara, question_id=answer.question_id, source="Hello.")
    actions.edit_comment(actor=cast.clara, comment_id=row.pk, revision=1, source=TYPED)

    actions.purge_secret(
        actor=cast.clara, kind="forum.question", object_id=answer.question_id, texts=[SECRET]
    )

    assert not tables_with(SECRET)
    listed = call(None).get(f"/api/v1/comments/{row.pk}/revisions").json()["results"]
    assert [(one["number"], one["is_purge"]) for one in listed] == [
        (3, True),
        (2, False),
        (1, False),
    ]
    with pytest.raises(StaleRevision):  # what was written before does not bring it back
        actions.edit_comment(actor=cast.clara, comment_id=row.pk, revision=2, source=f"{TYPED}!")


def test_who_edits_a_secret_out_of_a_comment_is_led_to_take_it_out_for_good(cast, browse, answer):
    row = actions.comment(actor=cast.clara, question_id=answer.question_id, source=TYPED)

    page = browse(cast.clara).post(
        f"/comments/{row.pk}/edit", {"source": "Never mind.", "revision": 1}
    )

    assert page["Location"] == f"/questions/{answer.question_id}/purge"
