"""Every action of the forum on every face: done, not allowed, wrong moment, twice, unseen."""

import pytest

from aid.models import AidLine
from forum import actions
from forum.models import Acceptance, Answer, Comment, Question, Vote
from people.actions import remove_post
from people.models import Person
from tests.faces import DONE, FACES, INVALID, NOT_ALLOWED, SIGN_IN, UNSEEN, WRONG_MOMENT, Act

ASK = Act(
    page=lambda _: (
        "/questions/ask",
        {
            "title": "How do I keep my photos?",
            "source": "Text",
            "language": "en",
            "tags": "images, php",
            "looked": "1",
        },
    ),
    api=lambda _: (
        "POST",
        "/api/v1/questions",
        {
            "title": "How do I keep my photos?",
            "source": "Text",
            "language": "en",
            "tags": ["images", "php"],
        },
    ),
)
ASK_BADLY = Act(
    page=lambda _: ("/questions/ask", {"title": "Short", "source": "", "language": "xx"}),
    api=lambda _: ("POST", "/api/v1/questions", {"title": "Short", "source": ""}),
)
ANSWER = Act(
    page=lambda q: (f"/questions/{q.pk}/answers", {"source": "Try this."}),
    api=lambda q: (
        "POST",
        f"/api/v1/questions/{q.pk}/answers",
        {"source": "Try this.", "language": "en"},
    ),
)
ACCEPT = Act(
    page=lambda a: (f"/questions/{a.question_id}/acceptance", {"answer": a.pk}),
    api=lambda a: ("PUT", f"/api/v1/questions/{a.question_id}/acceptance", {"answer": a.pk}),
)
UNDO = Act(
    page=lambda a: (f"/questions/{a.question_id}/acceptance/undo", {}),
    api=lambda a: ("DELETE", f"/api/v1/questions/{a.question_id}/acceptance", None),
)
COMMENT = Act(
    page=lambda a: (f"/answers/{a.pk}/comments", {"source": "Thanks"}),
    api=lambda a: ("POST", f"/api/v1/answers/{a.pk}/comments", {"source": "Thanks"}),
)
COMMENT_QUESTION = Act(
    page=lambda q: (f"/questions/{q.pk}/comments", {"source": "Same here"}),
    api=lambda q: ("POST", f"/api/v1/questions/{q.pk}/comments", {"source": "Same here"}),
)
VOTE = Act(
    page=lambda a: (f"/answers/{a.pk}/votes", {"value": "1"}),
    api=lambda a: ("PUT", f"/api/v1/answers/{a.pk}/vote", {"value": 1}),
)
UNVOTE = Act(
    page=lambda a: (f"/answers/{a.pk}/votes", {"value": "0"}),
    api=lambda a: ("DELETE", f"/api/v1/answers/{a.pk}/vote", None),
)
EDIT = Act(
    page=lambda a: (f"/answers/{a.pk}/edit", {"source": "Better.", "revision": "1"}),
    api=lambda a: ("PUT", f"/api/v1/answers/{a.pk}", {"source": "Better.", "revision": 1}),
)
EDIT_QUESTION = Act(
    page=lambda q: (
        f"/questions/{q.pk}/edit",
        {"title": "A clearer title here", "source": "More", "tags": "php", "revision": "1"},
    ),
    api=lambda q: (
        "PUT",
        f"/api/v1/questions/{q.pk}",
        {"title": "A clearer title here", "source": "More", "tags": ["php"], "revision": 1},
    ),
)
ON_ANSWERS = [ACCEPT, UNDO, COMMENT, VOTE, UNVOTE, EDIT]


def removed(cast, kind, row) -> None:
    remove_post(actor=cast.moira, kind=kind, object_id=row.pk, rule="spam", reason="planted")


@pytest.mark.parametrize("face", FACES)
def test_member_asks(face, perform, cast):
    assert perform(face, cast.aminata, ASK, None) == DONE

    question = Question.objects.get()
    assert (question.author, question.language) == (cast.aminata, "en")
    assert sorted(question.tags.names()) == ["images", "php"]
    assert question.revisions.count() == 1


@pytest.mark.parametrize("face", FACES)
def test_bad_question_is_refused(face, perform, cast):
    assert perform(face, cast.aminata, ASK_BADLY, None) == INVALID
    assert not Question.objects.exists()


@pytest.mark.parametrize("face", FACES)
def test_helper_answers(face, perform, cast, question):
    assert perform(face, cast.bao, ANSWER, question) == DONE

    question.refresh_from_db()
    assert question.answer_count == Answer.objects.count() == 1


@pytest.mark.parametrize("face", FACES)
def test_removed_question_takes_no_answer(face, perform, cast, question):
    removed(cast, "forum.question", question)

    assert perform(face, cast.bao, ANSWER, question) == UNSEEN
    assert perform(face, cast.bao, COMMENT_QUESTION, question) == UNSEEN
    assert perform(face, cast.aminata, ANSWER, question) == WRONG_MOMENT
    assert perform(face, cast.aminata, COMMENT_QUESTION, question) == WRONG_MOMENT


@pytest.mark.parametrize("face", FACES)
def test_asker_accepts_and_the_help_is_counted_once(face, perform, cast, answer):
    assert perform(face, cast.aminata, ACCEPT, answer) == DONE
    assert perform(face, cast.aminata, ACCEPT, answer) == DONE

    assert Acceptance.objects.get().answer == answer
    lines = dict(AidLine.objects.values_list("person", "minutes"))
    assert lines == {cast.bao.pk: 15, cast.aminata.pk: -15}


@pytest.mark.parametrize("face", FACES)
def test_asker_accepts_another_and_undoes_it(face, perform, cast, answer):
    other = actions.answer(
        actor=cast.clara, question_id=answer.question_id, source="Or this.", language="en"
    )
    assert perform(face, cast.aminata, ACCEPT, answer) == DONE
    assert perform(face, cast.aminata, ACCEPT, other) == DONE
    assert Acceptance.objects.get().answer == other

    assert perform(face, cast.aminata, UNDO, other) == DONE
    assert perform(face, cast.aminata, UNDO, other) == DONE

    assert not Acceptance.objects.exists()
    for person in (cast.bao, cast.clara, cast.aminata):
        assert sum(AidLine.objects.filter(person=person).values_list("minutes", flat=True)) == 0


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("act", [ACCEPT, UNDO])
def test_only_the_asker_accepts(face, act, perform, cast, answer):
    for person in (cast.bao, cast.omar, cast.moira, cast.nadia):
        assert perform(face, person, act, answer) == NOT_ALLOWED


@pytest.mark.parametrize("face", FACES)
def test_moderator_accepts_for_an_asker_who_is_gone(face, perform, cast, answer):
    Person.objects.filter(pk=cast.aminata.pk).update(state="erased")

    assert perform(face, cast.moira, ACCEPT, answer) == DONE
    assert not AidLine.objects.exists()


@pytest.mark.parametrize("face", FACES)
def test_own_answer_may_be_accepted_without_aid(face, perform, cast, question):
    own = actions.answer(
        actor=cast.aminata, question_id=question.pk, source="Found it.", language="en"
    )

    assert perform(face, cast.aminata, ACCEPT, own) == DONE
    assert not AidLine.objects.exists()


@pytest.mark.parametrize("face", FACES)
def test_removed_answer_is_not_accepted(face, perform, cast, answer):
    removed(cast, "forum.answer", answer)

    assert perform(face, cast.aminata, ACCEPT, answer) == UNSEEN


@pytest.mark.parametrize("face", FACES)
def test_member_votes_changes_and_takes_it_back(face, perform, cast, answer):
    assert perform(face, cast.omar, VOTE, answer) == DONE
    assert perform(face, cast.omar, VOTE, answer) == DONE
    assert perform(face, cast.clara, VOTE, answer) == DONE
    answer.refresh_from_db()
    assert (answer.up, answer.down, Vote.objects.count()) == (2, 0, 2)

    assert perform(face, cast.omar, UNVOTE, answer) == DONE
    answer.refresh_from_db()
    assert (answer.score, Vote.objects.count()) == (1, 1)


@pytest.mark.parametrize("face", FACES)
def test_author_does_not_vote_on_own_post(face, perform, cast, answer):
    assert perform(face, cast.bao, VOTE, answer) == NOT_ALLOWED


@pytest.mark.parametrize("face", FACES)
def test_anyone_active_comments(face, perform, cast, question, answer):
    assert perform(face, cast.omar, COMMENT, answer) == DONE
    assert perform(face, cast.omar, COMMENT_QUESTION, question) == DONE
    assert Comment.objects.filter(answer=answer).count() == 1
    assert Comment.objects.filter(answer=None).count() == 1


@pytest.mark.parametrize("face", FACES)
def test_author_edits_and_the_same_again_changes_nothing(face, perform, cast, answer):
    assert perform(face, cast.bao, EDIT, answer) == DONE
    assert perform(face, cast.bao, EDIT, answer) == DONE

    answer.refresh_from_db()
    assert (answer.source, answer.revision, answer.revisions.count()) == ("Better.", 2, 2)


@pytest.mark.parametrize("face", FACES)
def test_moderator_edits_anothers_post_and_others_do_not(face, perform, cast, question, answer):
    assert perform(face, cast.omar, EDIT, answer) == NOT_ALLOWED
    assert perform(face, cast.omar, EDIT_QUESTION, question) == NOT_ALLOWED
    assert perform(face, cast.moira, EDIT, answer) == DONE
    assert perform(face, cast.moira, EDIT_QUESTION, question) == DONE

    question.refresh_from_db()
    assert question.title == "A clearer title here"
    assert list(question.tags.names()) == ["php"]


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("act", ON_ANSWERS)
def test_what_is_not_there_is_unseen_and_visitors_sign_in(face, act, perform, cast, answer):
    assert perform(face, None, act, answer) == SIGN_IN
    removed(cast, "forum.question", answer.question)
    assert perform(face, cast.omar, act, answer) == UNSEEN


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("act", [ACCEPT, COMMENT, VOTE, EDIT])
def test_suspended_person_writes_nothing(face, act, perform, cast, answer):
    Person.objects.filter(pk__in=[cast.aminata.pk, cast.bao.pk, cast.omar.pk]).update(
        state="suspended"
    )
    for person in (cast.aminata, cast.bao, cast.omar):
        assert perform(face, person, act, answer) == NOT_ALLOWED
