"""Who asks under a pseudonym is told to nobody: planted in every place, looked for everywhere."""

import json

import pytest

from aid.models import AidLine
from core.models import JournalLine, OutgoingMail
from forum import actions, queries
from forum.actions import replying
from forum.exchange import export_forum
from forum.models import Acceptance, Answer, Comment, Pseudonym, Question, Revision
from people.actions import export_person, remove_post
from people.actions.privacy import erase_person
from people.deeds import deeds_of
from people.models import Person
from people.trust import Deeds
from tests.cast import make_person
from tests.faces import DONE, FACES, NOT_ALLOWED, SIGN_IN, WRONG_MOMENT, Act
from tests.forum.test_faces import (
    ACCEPT,
    ANSWER,
    COMMENT,
    COMMENT_QUESTION,
    EDIT_QUESTION,
    VOTE,
)

NAMES = ("aminata", "Aminata")
ASK_HIDDEN = Act(
    page=lambda _: (
        "/questions/ask",
        {
            "title": "How do I leave without being found?",
            "source": "Text",
            "language": "en",
            "tags": "",
            "looked": "1",
            "pseudonym": "on",
        },
    ),
    api=lambda _: (
        "POST",
        "/api/v1/questions",
        {
            "title": "How do I leave without being found?",
            "source": "Text",
            "language": "en",
            "under_pseudonym": True,
        },
    ),
)
LOOK = Act(
    page=lambda q: (f"/questions/{q.pk}/asker", {"reason": "safety"}),
    api=lambda q: ("POST", f"/api/v1/questions/{q.pk}/asker", {"reason": "safety"}),
)


@pytest.fixture
def lived(cast, hidden, run_tasks):
    """The hidden question with all that its asker and others do in it."""
    answer = actions.answer(
        actor=cast.bao, question_id=hidden.pk, source="Ask for a new address.", language="en"
    )
    actions.comment(actor=cast.aminata, question_id=hidden.pk, source="More about it.")
    actions.comment(
        actor=cast.aminata, question_id=hidden.pk, answer_id=answer.pk, source="Thank you."
    )
    actions.answer(
        actor=cast.aminata, question_id=hidden.pk, source="I found this too.", language="en"
    )
    actions.edit_question(
        actor=cast.aminata,
        question_id=hidden.pk,
        revision=1,
        title="How do I leave without being found here?",
        source="Said better.",
        tag_names=["privacy"],
    )
    actions.accept_answer(actor=cast.aminata, question_id=hidden.pk, answer_id=answer.pk)
    run_tasks()
    actions.close_question(actor=cast.aminata, question_id=hidden.pk, reason="outdated")
    run_tasks()
    hidden.refresh_from_db()
    return hidden


@pytest.mark.parametrize("face", FACES)
def test_member_asks_under_a_pseudonym(face, perform, cast):
    assert perform(face, cast.aminata, ASK_HIDDEN, None) == DONE

    question = Question.objects.get()
    assert (question.author, question.writer) == (None, cast.aminata)
    assert Revision.objects.get().author is None


def test_nobody_is_told_who_asked(browse, call, cast, lived):
    answer = Answer.objects.get(author=cast.bao)
    pages = [lived.path, "/questions", "/questions/active", "/questions/unanswered", "/commons"]
    pages += [f"/questions/{lived.pk}/{name}" for name in ("revisions", "ranking", "comments")]
    pages += [f"/answers/{answer.pk}/revisions", f"/questions/{lived.pk}/curating"]
    pages += ["/search?q=leave", "/search/now?q=leave", "/questions/similar?title=leave without"]
    pages += ["/questions/for-me", "/me/notices", "/commons/statement", "/commons/claims"]
    pages += [f"/flags/new?kind=forum.question&id={lived.pk}", "/questions/mine", "/rooms"]
    apis = [f"questions/{lived.pk}", "questions", "search?q=leave", f"answers/{answer.pk}"]
    apis += [f"questions/{lived.pk}/ranking", "notices", "aid/claims", "aid/statement", "asks"]
    apis += ["questions?author=aminata", "questions/mine", "people/aminata"]

    for person in (None, cast.bao, cast.omar, cast.moira, cast.nadia, cast.clara):
        for path in pages:
            html = browse(person).get(path, follow=True).content.decode()
            assert not [name for name in NAMES if name in html], (person, path)
        for path in apis:
            told = call(person).get(f"/api/v1/{path}").content.decode()
            if path == "people/aminata":
                assert '"questions":0' in told.replace(" ", "") or "questions" not in told
                continue
            assert not [name for name in NAMES if name in told], (person, path)


def test_what_was_written_bears_no_name_in_the_rows(cast, lived):
    assert set(Question.objects.values_list("author", flat=True)) == {None}
    assert set(Comment.objects.values_list("author", flat=True)) == {None}
    assert set(Answer.objects.values_list("author", flat=True)) == {cast.bao.pk, None}
    assert Pseudonym.objects.count() == 1
    assert Acceptance.objects.get().by is None
    assert not Revision.objects.filter(author=cast.aminata).exists()
    lines = JournalLine.objects.filter(verb__startswith="forum.", actor=cast.aminata)
    assert list(lines.values_list("verb", flat=True)) == []


def test_notices_and_mails_of_others_do_not_tell(cast, lived):
    texts = [mail.subject + bytes(mail.raw or b"").decode() for mail in OutgoingMail.objects.all()]
    others = [text for text in texts if "To: aminata" not in text]
    assert not [text for text in others if "minata" in text.replace("aminata@", "")]
    told = {notice.verb for notice in cast.bao.notices.all()}
    assert {"forum.answer_accepted", "forum.comment_posted"} <= told


def test_notice_says_the_asker_under_a_pseudonym(browse, cast, lived):
    html = browse(cast.bao).get("/me/notices").content.decode()

    assert "The asker, under a pseudonym" in html


def test_byline_stands_in_question_comments_and_answers(browse, lived):
    html = browse().get(lived.path).content.decode().partition("ld+json")[0]

    assert "asked under a pseudonym" in html
    assert html.count("the asker, under a pseudonym") == 3


def test_export_of_the_forum_does_not_tell(tmp_path, cast, lived):
    for public in (True, False):
        folder = tmp_path / str(public)
        export_forum(folder, public=public)
        posts = (folder / "Posts.xml").read_text()
        assert f'OwnerUserId="{cast.aminata.pk}"' not in posts
        for name in ("PostHistory.xml", "Comments.xml"):
            assert f'UserId="{cast.aminata.pk}"' not in (folder / name).read_text()


def test_help_is_counted_and_the_statement_does_not_tell(browse, call, cast, lived):
    lines = dict(AidLine.objects.values_list("person", "minutes"))
    assert lines == {cast.bao.pk: 15, cast.aminata.pk: -15}

    html = browse(cast.bao).get("/commons/claims").content.decode()
    assert "who asked under a pseudonym" in html
    told = call(cast.bao).get("/api/v1/aid/claims").json()["results"]
    assert [row["handle"] for claim in told for row in claim["receivers"]] == [""]
    actions.undo_acceptance(actor=cast.aminata, question_id=lived.pk)
    assert sum(AidLine.objects.values_list("minutes", flat=True)) == 0
    assert not [row for row in AidLine.objects.filter(person=cast.bao) if row.minutes == 0]


def test_help_counts_for_trust_and_how_many_were_helped_does_not_tell(cast, hidden, run_tasks):
    helper = make_person("hugo")

    def helped(question, asker) -> Deeds:
        row = actions.answer(actor=helper, question_id=question.pk, source="So.", language="en")
        actions.accept_answer(actor=asker, question_id=question.pk, answer_id=row.pk)
        run_tasks()
        return deeds_of([helper.pk])[helper.pk]

    def asked(asker, **facts):
        texts = {"title": "How do I leave at all?", "source": "Text", "language": "en"}
        return actions.ask(actor=asker, tag_names=[], **texts, **facts)

    assert helped(hidden, cast.aminata) == Deeds(helps={"answers": 1}, people=1)
    assert Person.objects.get(pk=helper.pk).level == 1
    # Whoever it was: one more of the same, another without a name, the same with their name.
    assert helped(asked(cast.aminata, under_pseudonym=True), cast.aminata).people == 1
    assert helped(asked(cast.omar, under_pseudonym=True), cast.omar).people == 1
    assert helped(asked(cast.aminata), cast.aminata) == Deeds(helps={"answers": 4}, people=2)


def test_help_to_oneself_under_a_pseudonym_counts_for_nothing(cast, hidden):
    row = actions.answer(actor=cast.bao, question_id=hidden.pk, source="So.", language="en")
    actions.accept_answer(actor=cast.aminata, question_id=hidden.pk, answer_id=row.pk)
    assert deeds_of([cast.bao.pk])[cast.bao.pk].people == 1

    Pseudonym.objects.update(person=cast.bao)  # as after a merger of two questions

    assert deeds_of([cast.bao.pk])[cast.bao.pk] == Deeds(helps={})


def test_asker_keeps_all_that_is_an_askers(browse, call, cast, lived):
    verbs = [notice.verb for notice in cast.aminata.notices.all()]
    assert verbs == ["forum.answer_posted"]
    assert lived.title in browse(cast.aminata).get("/questions/mine").content.decode()
    assert [row["id"] for row in call(cast.aminata).get("/api/v1/questions/mine").json()["results"]]
    assert queries.question_page(cast.aminata, lived.pk).can_accept
    exported = json.dumps(export_person(actor=cast.aminata), default=str)
    assert "How do I leave without being found here?" in exported
    assert "How do I leave" not in json.dumps(export_person(actor=cast.bao)["things"], default=str)


@pytest.mark.parametrize("face", FACES)
def test_asker_does_what_askers_do_and_not_what_they_do_not(face, perform, cast, hidden):
    answer = actions.answer(actor=cast.bao, question_id=hidden.pk, source="So.", language="en")

    assert perform(face, cast.aminata, EDIT_QUESTION, hidden) == DONE
    assert perform(face, cast.aminata, COMMENT, answer) == DONE
    assert perform(face, cast.aminata, COMMENT_QUESTION, hidden) == DONE
    assert perform(face, cast.aminata, ANSWER, hidden) == DONE
    assert perform(face, cast.aminata, ACCEPT, answer) == DONE
    own = Answer.objects.get(author=None)
    assert perform(face, cast.aminata, VOTE, own) == NOT_ALLOWED
    assert perform(face, cast.omar, EDIT_QUESTION, hidden) == NOT_ALLOWED
    assert perform(face, cast.moira, ACCEPT, answer) == NOT_ALLOWED


def test_asker_sees_their_own_removed_question(browse, cast, hidden):
    remove_post(
        actor=cast.moira, kind="forum.question", object_id=hidden.pk, rule="spam", reason="x"
    )

    assert browse(cast.aminata).get(hidden.path).status_code == 200
    assert browse(cast.omar).get(hidden.path).status_code == 404


def test_room_is_closed_to_the_asker_since_names_show_there(call, browse, cast, hidden):
    body = {"kind": "forum.question", "id": hidden.pk}

    assert call(cast.aminata).post("/api/v1/rooms", body, format="json").status_code == 403
    assert call(cast.bao).post("/api/v1/rooms", body, format="json").status_code in (200, 201)
    assert browse(cast.aminata).get(hidden.path).status_code == 200
    assert "aminata" not in call(cast.bao).get("/api/v1/rooms").content.decode()


@pytest.mark.parametrize("face", FACES)
def test_moderator_learns_who_asked_and_that_is_logged(face, perform, call, browse, cast, hidden):
    for person in (cast.bao, cast.omar, cast.clara, cast.nadia, cast.aminata):
        assert perform(face, person, LOOK, hidden) == NOT_ALLOWED
    assert perform(face, None, LOOK, hidden) == SIGN_IN

    told = call(cast.moira).post(
        f"/api/v1/questions/{hidden.pk}/asker", {"reason": "safety"}, format="json"
    )
    page = browse(cast.moira).post(f"/questions/{hidden.pk}/asker", {"reason": "law"})

    assert told.json() == {"handle": "aminata"}
    assert "Aminata" in page.content.decode()
    lines = JournalLine.objects.filter(verb="forum.asker_learnt").order_by("pk")
    assert [(row.actor, row.changes["reason"], row.audience) for row in lines] == [
        (cast.moira, "safety", "staff"),
        (cast.moira, "law", "staff"),
    ]


def test_question_with_a_name_has_nothing_to_learn(call, cast, question):
    told = call(cast.moira).post(
        f"/api/v1/questions/{question.pk}/asker", {"reason": "safety"}, format="json"
    )
    assert told.status_code == 404


def test_helpers_are_asked_and_the_asker_is_not(cast, hidden, run_tasks):
    run_tasks()

    assert hidden not in queries.questions_for(cast.aminata)
    assert hidden in queries.questions_for(cast.bao)
    assert not cast.aminata.asks.exists()


def test_merged_answers_keep_their_own_pseudonym(browse, cast, hidden, question):
    """The asker of one question is nobody's asker in the other."""
    actions.answer(actor=cast.aminata, question_id=hidden.pk, source="Mine.", language="en")
    actions.merge_question(
        actor=cast.moira, question_id=hidden.pk, into_id=question.pk, reason="duplicate"
    )

    answer = Answer.objects.get()
    assert (answer.question, answer.writer, answer.author) == (question, cast.aminata, None)
    assert "Mine." in browse(cast.omar).get(question.path).content.decode()


def test_erased_asker_is_known_to_nobody_any_more(call, cast, hidden):
    erase_person(actor=cast.aminata, handle="aminata")

    told = call(cast.moira).post(
        f"/api/v1/questions/{hidden.pk}/asker", {"reason": "safety"}, format="json"
    )
    assert told.json() == {"handle": None}
    assert Question.objects.get().writer is None


def test_lease_of_the_own_question_would_tell(cast, hidden, perform):
    act = Act(
        page=lambda q: (f"/questions/{q.pk}/lease", {}),
        api=lambda q: ("PUT", f"/api/v1/questions/{q.pk}/lease", None),
    )
    assert perform("api", cast.aminata, act, hidden) == NOT_ALLOWED
    assert perform("page", cast.bao, act, hidden) == DONE
    assert perform("page", cast.omar, act, hidden) == WRONG_MOMENT


def test_hidden_asker_mails_an_answer_once(cast, hidden):
    mail = {"object_id": hidden.pk, "source": "I found it.", "language": "en", "uploads": []}
    facts = {"actor": cast.aminata, "mail_id": "one@x", **mail}

    first, second = (replying.receive_answer(**facts) for _ in range(2))

    assert first == second
    assert hidden.answers.count() == 1
