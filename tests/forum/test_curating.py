"""Closing, locking, merging, splitting: on all faces, who may, and taken back exactly."""

from typing import Any

import pytest

from core.errors import InvalidInput, WrongMoment
from forum import actions, queries
from forum.models import (
    Acceptance,
    Answer,
    Closure,
    Comment,
    Lock,
    MovedPost,
    Question,
    Relocation,
    Vote,
)
from people.actions import remove_post
from people.models import Notice, Person, Trust
from tests.faces import DONE, FACES, INVALID, NOT_ALLOWED, SIGN_IN, UNSEEN, WRONG_MOMENT, Act
from tests.forum.test_faces import ACCEPT as SOLVED
from tests.forum.test_faces import (
    ANSWER,
    COMMENT,
    COMMENT_QUESTION,
    EDIT,
    EDIT_QUESTION,
    UNDO,
    UNVOTE,
    VOTE,
)
from tests.forum.test_renditions import EDIT as EDIT_RENDITION
from tests.forum.test_renditions import rendered
from tests.forum.test_revising import UNDO_WIKI, WIKI
from tests.forum.test_suggesting import ACCEPT, SUGGEST
from tests.forum.test_suggesting import WORDS as SUGGESTED


def noun(name: str, form: Any = None) -> Act:
    return Act(
        page=lambda q: (f"/questions/{q.pk}/{name}", form or {}),
        api=lambda q: ("PUT", f"/api/v1/questions/{q.pk}/{name}", form),
    )


def undoing(name: str) -> Act:
    return Act(
        page=lambda q: (f"/questions/{q.pk}/{name}/undo", {}),
        api=lambda q: ("DELETE", f"/api/v1/questions/{q.pk}/{name}", None),
    )


CLOSE, REOPEN = noun("closure", {"reason": "unclear"}), undoing("closure")
CLOSE_BADLY = noun("closure", {"reason": "duplicate"})
LOCK, UNLOCK = noun("lock", {"reason": "dispute"}), undoing("lock")
UNDO_MERGE, UNDO_SPLIT = undoing("merger"), undoing("split")
SPLIT = Act(
    page=lambda q: (
        f"/questions/{q.pk}/split",
        {
            "title": "Something else entirely",
            "source": "It was asked beside.",
            "reason": "strayed",
            "posts": [f"answer-{row.pk}" for row in q.answers.all()],
        },
    ),
    api=lambda q: (
        "POST",
        f"/api/v1/questions/{q.pk}/splits",
        {
            "title": "Something else entirely",
            "source": "It was asked beside.",
            "reason": "strayed",
            "answers": [row.pk for row in q.answers.all()],
        },
    ),
)


def with_original(question: Question) -> Question:
    return Question.objects.exclude(pk=question.pk).order_by("pk")[0]


CLOSE_DUPLICATE = Act(
    page=lambda q: (
        f"/questions/{q.pk}/closure",
        {"reason": "duplicate", "original": with_original(q).path},
    ),
    api=lambda q: (
        "PUT",
        f"/api/v1/questions/{q.pk}/closure",
        {"reason": "duplicate", "original": with_original(q).pk},
    ),
)
MERGE = Act(
    page=lambda q: (
        f"/questions/{q.pk}/merger",
        {"into": str(with_original(q).pk), "reason": "duplicate"},
    ),
    api=lambda q: (
        "PUT",
        f"/api/v1/questions/{q.pk}/merger",
        {"into": with_original(q).pk, "reason": "duplicate"},
    ),
)
SETUP = Act(
    page=lambda q: (f"/questions/{q.pk}/setup", {}),
    api=lambda q: ("PUT", f"/api/v1/questions/{q.pk}/setup", {"facts": {}}),
)
FOR_MODERATORS = [LOCK, UNLOCK, MERGE, UNDO_MERGE, SPLIT, UNDO_SPLIT]


@pytest.fixture
def twin(cast, question):
    """Another question, with an accepted answer and a comment on it."""
    row = actions.ask(
        actor=cast.clara,
        title="Blank screen since the update",
        source="All white.",
        language="en",
        tag_names=["wordpress"],
    )
    answer = actions.answer(
        actor=cast.bao, question_id=row.pk, source="Turn plugins off.", language="en"
    )
    actions.comment(actor=cast.omar, question_id=row.pk, answer_id=answer.pk, source="It works")
    actions.accept_answer(actor=cast.clara, question_id=row.pk, answer_id=answer.pk)
    return row


def everything() -> dict[str, list[Any]]:
    """Return all rows that a move may touch."""
    models = (Question, Answer, Comment, Vote, Acceptance, Closure)
    return {
        model.__name__: list(model._default_manager.order_by("pk").values()) for model in models
    }


@pytest.mark.parametrize("face", FACES)
def test_asker_and_moderator_close_and_open_again(face, perform, cast, question):
    for person, by_asker in ((cast.aminata, True), (cast.moira, False)):
        assert perform(face, person, CLOSE, question) == DONE
        assert perform(face, person, CLOSE, question) == DONE
        row = Closure.objects.get()
        assert (row.by, row.by_asker, row.reason) == (person, by_asker, "unclear")

        assert perform(face, person, REOPEN, question) == DONE
        assert perform(face, person, REOPEN, question) == DONE
        assert not Closure.objects.exists()


@pytest.mark.parametrize("face", FACES)
def test_asker_does_not_open_what_a_moderator_closed(face, perform, cast, question):
    actions.close_question(actor=cast.moira, question_id=question.pk, reason="off_topic")

    assert perform(face, cast.aminata, REOPEN, question) == NOT_ALLOWED
    assert perform(face, cast.moira, CLOSE, question) == WRONG_MOMENT
    assert perform(face, cast.moira, REOPEN, question) == DONE


@pytest.mark.parametrize("face", FACES)
def test_closed_question_takes_comments_and_votes_and_no_answer(
    face, perform, cast, question, answer
):
    actions.close_question(actor=cast.moira, question_id=question.pk, reason="unclear")

    assert perform(face, cast.bao, ANSWER, question) == WRONG_MOMENT
    for act, row in ((COMMENT_QUESTION, question), (COMMENT, answer), (VOTE, answer)):
        assert perform(face, cast.omar, act, row) == DONE


@pytest.mark.parametrize("face", FACES)
def test_locked_question_takes_nothing(face, perform, cast, question, answer):
    suggestion = actions.suggest(
        actor=cast.omar, kind="forum.answer", object_id=answer.pk, **SUGGESTED
    )
    assert perform(face, cast.moira, LOCK, question) == DONE
    assert perform(face, cast.moira, LOCK, question) == DONE
    assert Lock.objects.get().by == cast.moira

    assert perform(face, cast.omar, ANSWER, question) == WRONG_MOMENT
    for act, row in (
        (COMMENT_QUESTION, question),
        (COMMENT, answer),
        (VOTE, answer),
        (UNVOTE, answer),
    ):
        assert perform(face, cast.omar, act, row) == WRONG_MOMENT
    assert perform(face, cast.bao, EDIT, answer) == WRONG_MOMENT
    assert perform(face, cast.aminata, EDIT_QUESTION, question) == WRONG_MOMENT
    assert perform(face, cast.bao, ACCEPT, suggestion) == WRONG_MOMENT
    assert perform(face, cast.clara, SUGGEST, answer) == WRONG_MOMENT
    assert perform(face, cast.aminata, SETUP, question) == WRONG_MOMENT
    assert perform(face, cast.moira, SETUP, question) == DONE
    assert perform(face, cast.moira, EDIT, answer) == DONE

    assert perform(face, cast.moira, UNLOCK, question) == DONE
    assert perform(face, cast.moira, UNLOCK, question) == DONE
    assert perform(face, cast.omar, VOTE, answer) == DONE


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("form", [{}, {"reason": ""}, {"reason": "unclear"}])
def test_question_is_locked_for_a_reason_of_locks_alone(face, form, perform, cast, question):
    assert perform(face, cast.moira, noun("lock", form), question) == INVALID
    with pytest.raises(InvalidInput):
        actions.lock_question(
            actor=cast.moira, question_id=question.pk, reason=form.get("reason", "")
        )

    assert not Lock.objects.exists()
    assert perform(face, cast.bao, ANSWER, question) == DONE


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("form", [{}, {"reason": ""}, {"reason": "dispute"}])
def test_question_is_closed_for_a_reason_of_closures_alone(face, form, perform, cast, question):
    for person in (cast.aminata, cast.moira):
        assert perform(face, person, noun("closure", form), question) == INVALID
        with pytest.raises(InvalidInput):
            actions.close_question(
                actor=person, question_id=question.pk, reason=form.get("reason", "")
            )

    assert not Closure.objects.exists()
    assert perform(face, cast.bao, ANSWER, question) == DONE


@pytest.mark.parametrize("face", FACES)
def test_who_asked_a_locked_question_says_what_solved_it_later(
    face, perform, browse, cast, question, answer
):
    page, said = question.path, "Not solved after all"
    assert perform(face, cast.aminata, SOLVED, answer) == DONE
    actions.lock_question(actor=cast.moira, question_id=question.pk, reason="dispute")

    for act in (SOLVED, UNDO):
        assert perform(face, cast.aminata, act, answer) == WRONG_MOMENT

    assert Acceptance.objects.get().answer == answer
    assert said not in browse(cast.aminata).get(page).content.decode()
    actions.unlock_question(actor=cast.moira, question_id=question.pk)
    assert said in browse(cast.aminata).get(page).content.decode()
    assert perform(face, cast.aminata, UNDO, answer) == DONE


@pytest.mark.parametrize("face", FACES)
def test_wikis_and_translations_of_a_locked_question_are_changed_by_moderators_alone(
    face, perform, cast, question, answer
):
    rendition = rendered(cast.clara, answer)
    actions.lock_question(actor=cast.moira, question_id=question.pk, reason="dispute")

    for person, act, row in (
        (cast.bao, WIKI, answer),
        (cast.bao, UNDO_WIKI, answer),
        (cast.clara, EDIT_RENDITION, rendition),
    ):
        assert perform(face, person, act, row) == WRONG_MOMENT
        assert perform(face, cast.moira, act, row) == DONE


@pytest.mark.parametrize("face", FACES)
def test_duplicate_leads_to_its_original_and_back(
    face, perform, browse, call, cast, question, twin
):
    assert perform(face, cast.aminata, CLOSE_BADLY, question) == INVALID
    assert perform(face, cast.aminata, CLOSE_DUPLICATE, question) == DONE

    solution = Acceptance.objects.get(question=twin).answer_id
    html = browse().get(question.path).content.decode()
    assert f"{twin.path}#answer-{solution}" in html
    assert question.path in browse().get(twin.path).content.decode()
    told = call(None).get(f"/api/v1/questions/{question.pk}").json()
    assert (told["closure"]["reason"], told["closure"]["original"]) == ("duplicate", twin.pk)
    told = call(None).get(f"/api/v1/questions/{twin.pk}").json()
    assert [row["id"] for row in told["duplicates"]] == [question.pk]

    assert perform(face, cast.aminata, REOPEN, question) == DONE
    twin.refresh_from_db()
    assert twin.duplicate_count == 0


def test_original_is_no_duplicate_no_secret_and_not_itself(cast, question, twin, ask_many):
    [third] = ask_many(1)
    actions.close_question(
        actor=cast.moira, question_id=question.pk, reason="duplicate", original_id=twin.pk
    )
    away = actions.ask(
        actor=cast.bao, title="Advertising everywhere", source="x", language="en", tag_names=[]
    )
    remove_post(actor=cast.moira, kind="forum.question", object_id=away.pk, rule="spam", reason="x")
    for wrong in (question.pk, third.pk, away.pk, 10**9):
        with pytest.raises(InvalidInput) as refused:
            actions.close_question(
                actor=cast.moira, question_id=third.pk, reason="duplicate", original_id=wrong
            )
        assert refused.value.errors[0].field == "original"


def test_title_of_a_removed_original_is_not_told(browse, call, cast, question, twin):
    actions.close_question(
        actor=cast.moira, question_id=question.pk, reason="duplicate", original_id=twin.pk
    )
    remove_post(actor=cast.moira, kind="forum.question", object_id=twin.pk, rule="spam", reason="x")

    assert twin.title not in browse().get(question.path).content.decode()
    assert twin.title not in browse(cast.omar).get(question.path).content.decode()


@pytest.mark.parametrize("face", FACES)
def test_moderator_merges_and_takes_it_back_exactly(face, perform, browse, cast, question, twin):
    before = everything()

    assert perform(face, cast.moira, MERGE, twin) == DONE
    assert perform(face, cast.moira, MERGE, twin) == DONE

    [answer] = Answer.objects.all()
    assert answer.question == question
    assert Comment.objects.get().question == question
    assert [row.answer_count for row in Question.objects.order_by("pk")] == [1, 0]
    assert (MovedPost.objects.get().from_question, Relocation.objects.get().by) == (
        twin,
        cast.moira,
    )
    assert "Turn plugins off" in browse().get(question.path).content.decode()
    assert perform(face, cast.moira, REOPEN, twin) == WRONG_MOMENT

    assert perform(face, cast.moira, UNDO_MERGE, twin) == DONE
    assert everything() == before
    assert perform(face, cast.moira, UNDO_MERGE, twin) == WRONG_MOMENT
    assert Relocation.objects.get().undone_by == cast.moira


def test_merge_keeps_a_closure_that_stood_before(cast, question, twin):
    actions.close_question(
        actor=cast.clara, question_id=twin.pk, reason="duplicate", original_id=question.pk
    )
    before = everything()

    actions.merge_question(
        actor=cast.moira, question_id=twin.pk, into_id=question.pk, reason="duplicate"
    )
    actions.undo_merge(actor=cast.moira, question_id=twin.pk)

    assert everything() == before


@pytest.mark.parametrize("face", FACES)
def test_moderator_splits_and_takes_it_back_exactly(face, perform, cast, question, answer):
    actions.comment(actor=cast.omar, question_id=question.pk, answer_id=answer.pk, source="Hm")
    before = everything()

    assert perform(face, cast.moira, SPLIT, question) == DONE

    new = Question.objects.get(title="Something else entirely")
    answer.refresh_from_db()
    assert (answer.question, new.answer_count, new.author) == (new, 1, cast.moira)
    assert list(new.comments.values_list("answer_id", flat=True)) == [answer.pk]
    assert sorted(new.tags.names()) == ["php", "wordpress"]

    assert perform(face, cast.moira, UNDO_SPLIT, new) == DONE
    after = everything()
    after["Question"] = [row for row in after["Question"] if row["id"] != new.pk]
    assert after == before
    assert Question.objects.get(pk=new.pk).visibility == "removed"
    assert perform(face, cast.moira, UNDO_SPLIT, new) == WRONG_MOMENT


def test_single_comments_are_split_off_and_come_back(cast, question, answer):
    said = actions.comment(
        actor=cast.omar, question_id=question.pk, answer_id=answer.pk, source="And how about mail?"
    )

    move = actions.split_question(
        actor=cast.moira,
        question_id=question.pk,
        title="And how about mail?",
        source="Asked beside.",
        reason="strayed",
        comment_ids=[said.pk],
    )
    said.refresh_from_db()
    assert (said.question, said.answer) == (move.into, None)

    actions.undo_split(actor=cast.moira, question_id=move.into_id)
    said.refresh_from_db()
    assert (said.question, said.answer) == (question, answer)


def test_what_went_on_since_is_not_undone(cast, question, answer):
    move = actions.split_question(
        actor=cast.moira,
        question_id=question.pk,
        title="Something else entirely",
        source="x",
        reason="strayed",
        answer_ids=[answer.pk],
    )
    actions.answer(actor=cast.omar, question_id=move.into_id, source="More", language="en")

    with pytest.raises(WrongMoment, match="posts of its own") as refused:
        actions.undo_split(actor=cast.moira, question_id=move.into_id)
    assert refused.value.code == "has_posts"


def test_accepted_answer_is_not_split_off(cast, twin):
    answer = twin.answers.get()

    with pytest.raises(InvalidInput) as refused:
        actions.split_question(
            actor=cast.moira,
            question_id=twin.pk,
            title="Something else entirely",
            source="x",
            reason="strayed",
            answer_ids=[answer.pk],
        )
    assert refused.value.errors[0].code == "accepted"


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("act", FOR_MODERATORS)
def test_others_do_not_curate(face, act, perform, cast, question, twin):
    for person in (cast.aminata, cast.bao, cast.omar, cast.nadia):
        assert perform(face, person, act, twin) == NOT_ALLOWED


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("act", [CLOSE, REOPEN, *FOR_MODERATORS])
def test_what_is_not_there_is_unseen_and_visitors_sign_in(face, act, perform, cast, question, twin):
    assert perform(face, None, act, twin) == SIGN_IN
    remove_post(actor=cast.moira, kind="forum.question", object_id=twin.pk, rule="spam", reason="x")
    assert perform(face, cast.omar, act, twin) == UNSEEN


def test_closed_question_waits_for_nobody(browse, cast, question, run_tasks):
    assert question in queries.questions_for(cast.bao)
    actions.close_question(actor=cast.moira, question_id=question.pk, reason="unclear")
    run_tasks()

    assert question not in queries.questions_for(cast.bao)
    assert queries.waiting_asks(cast.bao) == []
    assert not queries.waiting_questions(cast.bao)
    assert [notice.verb for notice in cast.aminata.notices.all()] == ["forum.question_closed"]


def test_pages_of_curating_show_to_each_what_they_may(browse, cast, question, twin):
    path = f"/questions/{twin.pk}/curating"
    for_moderator = browse(cast.moira).get(path).content.decode()
    for_asker = browse(cast.clara).get(path).content.decode()

    assert "Lock the question" in for_moderator
    assert "Close the question" in for_asker
    assert "Lock the question" not in for_asker
    assert browse(cast.omar).get(path).status_code == 403


def test_answer_that_was_agreed_to_stays_with_its_question(cast, question, ask_many):
    agreed = actions.publish_agreed(
        actor=None,
        title="From a ticket, with consent",
        source="Asked",
        answer_source="Answered",
        language="en",
        tag_names=["php"],
    )
    acts = {
        "merge": lambda: actions.merge_question(
            actor=cast.moira, question_id=agreed.pk, into_id=question.pk, reason="duplicate"
        ),
        "split": lambda: actions.split_question(
            actor=cast.moira,
            question_id=agreed.pk,
            title="Something else entirely",
            source="x",
            reason="strayed",
            answer_ids=[agreed.answers.get().pk],
        ),
    }
    Acceptance.objects.filter(question=agreed).delete()
    for act in acts.values():
        with pytest.raises(WrongMoment) as refused:
            act()
        assert refused.value.code == "agreed"
    assert not Closure.objects.exists()
    assert not Relocation.objects.exists()


def test_translations_go_with_their_answer_and_come_back(cast, question, twin, run_tasks):
    answer = twin.answers.get()
    row = actions.render_post(
        actor=cast.nadia,
        kind="forum.answer",
        object_id=answer.pk,
        language="fr",
        source="Désactivez les extensions.",
        from_revision=1,
    )

    def stands() -> tuple[Any, ...]:
        for one in (row, question, twin):
            one.refresh_from_db()
        return row.question_id, question.rendered_in, twin.rendered_in

    actions.merge_question(
        actor=cast.moira, question_id=twin.pk, into_id=question.pk, reason="duplicate"
    )
    assert stands() == (question.pk, "fr", "")

    actions.undo_merge(actor=cast.moira, question_id=twin.pk)
    assert stands() == (twin.pk, "", "fr")


def test_asker_who_closed_hears_what_a_moderator_does(cast, question, twin, run_tasks):
    actions.close_question(
        actor=cast.aminata, question_id=question.pk, reason="duplicate", original_id=twin.pk
    )
    actions.lock_question(actor=cast.moira, question_id=question.pk, reason="dispute")
    run_tasks()

    verbs = Notice.objects.filter(person=cast.aminata).values_list("line__verb", flat=True)
    assert "forum.question_locked" in verbs
    assert "forum.question_closed" not in verbs


@pytest.mark.parametrize("face", FACES)
def test_who_is_trusted_with_it_closes_a_duplicate_and_nothing_else(
    face, perform, cast, question, twin
):
    assert perform(face, cast.omar, CLOSE_DUPLICATE, question) == NOT_ALLOWED

    Trust.objects.create(person=cast.omar, level=2)
    omar = Person.objects.get(pk=cast.omar.pk)

    assert perform(face, omar, CLOSE, question) == NOT_ALLOWED
    assert perform(face, omar, CLOSE_DUPLICATE, question) == DONE
    assert Closure.objects.get().original == twin


def test_page_offers_who_is_trusted_the_duplicate_alone(browse, cast, question):
    Trust.objects.create(person=cast.omar, level=2)

    page = browse(cast.omar).get(f"/questions/{question.pk}/curating").content.decode()

    assert 'value="duplicate"' in page
    assert 'value="unclear"' not in page


@pytest.mark.parametrize(
    ("who", "said"), [("aminata", "Close my question"), ("bao", "Close this question")]
)
def test_only_the_asker_is_offered_to_close_their_own(who, said, browse, cast, question):
    Trust.objects.update_or_create(person=cast.bao, defaults={"level": 4})
    client = browse(getattr(cast, who))

    for path in (question.path, f"/questions/{question.pk}/curating"):
        html = client.get(path).content.decode()
        assert {one for one in ("Close my question", "Close this question") if one in html} == {
            said
        }


def test_where_it_was_asked_before_is_said_to_be_needed(browse, cast, question):
    Trust.objects.update_or_create(person=cast.bao, defaults={"level": 4})
    page = f"/questions/{question.pk}/curating"

    asker = browse(cast.aminata).get(page).content.decode()
    helper = browse(cast.bao).get(page).content.decode()

    for html in (asker, helper):
        assert "(needed when it was asked before)" in html
        assert "(optional)" not in html


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("reason", ["", "spam", "strayed"])
def test_question_is_merged_for_a_reason_of_mergers_alone(
    face, reason, perform, cast, question, twin
):
    act = Act(
        page=lambda q: (f"/questions/{q.pk}/merger", {"into": str(question.pk), "reason": reason}),
        api=lambda q: (
            "PUT",
            f"/api/v1/questions/{q.pk}/merger",
            {"into": question.pk, "reason": reason},
        ),
    )
    before = everything()

    assert perform(face, cast.moira, act, twin) == INVALID
    assert everything() == before
    with pytest.raises(InvalidInput):
        actions.merge_question(
            actor=cast.moira, question_id=twin.pk, into_id=question.pk, reason=reason
        )


def test_reasons_of_moves_are_said_to_the_asker_to_moderators_and_to_programs(
    browse, call, cast, question, answer, twin, run_tasks
):
    api = call(cast.moira)
    told = api.put(
        f"/api/v1/questions/{twin.pk}/merger", {"into": question.pk, "reason": "together"}
    )
    assert told.json()["reason"] == "together"
    split = api.post(
        f"/api/v1/questions/{question.pk}/splits",
        {
            "title": "Something else entirely",
            "source": "It was asked beside.",
            "reason": "several",
            "answers": [answer.pk],
        },
    ).json()
    run_tasks()

    page = browse(cast.moira).get(f"/questions/{twin.pk}/curating").content.decode()
    assert "The answers belong together<br>" in page
    page = browse(cast.moira).get(f"/questions/{split['into']}/curating").content.decode()
    assert "It was several questions in one<br>" in page
    for reader, verb, why in (
        (twin.author, "forum.questions_merged", "The answers belong together"),
        (question.author, "forum.question_split", "It was several questions in one"),
    ):
        rows = call(reader).get("/api/v1/notices").json()["results"]
        assert [row["text"][-len(why) - 2 :] for row in rows if row["verb"] == verb] == [f"({why})"]
