"""What was closed, locked and moved: one line each of the public log, by which rule, of nobody."""

import importlib

import pytest
from django.apps import apps
from django.utils import translation
from django_tasks_db.models import DBTaskResult

from core.journal import PUBLIC, record
from core.models import JournalLine
from forum import actions
from forum.models import Closure, Lock
from people import public_log
from people.actions import remove_post
from people.models import LogLine, Person, Trust
from tests.faces import DONE, FACES
from tests.forum.test_curating import CLOSE, LOCK, MERGE, REOPEN, UNDO_MERGE, UNLOCK, twin

__all__ = ["twin"]  # a fixture

BEFORE = "It was asked before"
UNCLEAR = "It cannot be answered as it stands"
STRAYED = "The talk went on to something else"
DISPUTE = "The talk became a dispute"
TRUSTED = "by a moderator or a trusted person"


@pytest.fixture
def logged(call, browse, run_tasks, assert_asks):
    """Return a function that reads the log on API and page, as (text, thing, rule), newest first.

    Nothing of it may be automatic, nor say whose it was.
    """

    def read() -> list[tuple[str, str, str]]:
        run_tasks()
        rows = call().get("/api/v1/moderation/log").json()["results"]
        client = browse()
        client.get("/moderation/log")
        with assert_asks(1):
            page = client.get("/moderation/log").content.decode()
        for row in rows:
            assert f"<strong>{row['text']}</strong> · {row['thing']}" in page
            assert row["rule"] in page
            assert row["is_automatic"] is False
        assert page.count("<strong>") == len(rows)
        assert ">automatic<" not in page
        for word in ("moira", "Moira", "aminata", "Aminata", "Clara", "WordPress", "screen"):
            assert word not in page
            assert word not in str(rows)
        return [(row["text"], row["thing"], row["rule"]) for row in rows]

    return read


@pytest.fixture
def write_line(question, db):
    """Return a function that records a line as the journal held it before."""

    def write(verb, actor, changes):
        return record(verb, actor=actor, thing=question, audience=PUBLIC, changes=changes)

    return write


@pytest.mark.parametrize("face", FACES)
def test_each_act_is_one_line_with_its_rule(face, perform, cast, question, twin, logged):
    for act in (CLOSE, CLOSE, REOPEN, REOPEN, LOCK, LOCK, UNLOCK, UNLOCK):
        assert perform(face, cast.moira, act, twin) == DONE
    assert logged() == [
        ("Unlocked", "a question", DISPUTE),
        ("Locked", "a question", DISPUTE),
        ("Opened again", "a question", UNCLEAR),
        ("Closed", "a question", UNCLEAR),
    ]


@pytest.mark.parametrize("face", FACES)
def test_what_is_moved_and_brought_back_is_told(face, perform, cast, question, twin, logged):
    for act in (MERGE, MERGE, UNDO_MERGE):
        assert perform(face, cast.moira, act, twin) == DONE
    assert logged() == [
        ("A merger taken back", "a question", BEFORE),
        ("Merged into another", "a question", BEFORE),
    ]


def test_a_split_and_its_undoing_are_told(cast, question, answer, logged):
    move = actions.split_question(
        actor=cast.moira,
        question_id=question.pk,
        title="Something else entirely",
        source="It was asked beside.",
        reason="strayed",
        answer_ids=[answer.pk],
    )
    actions.undo_split(actor=cast.moira, question_id=move.into_id)

    assert logged() == [
        ("A split taken back", "a question", STRAYED),
        ("Split in two", "a question", STRAYED),
    ]


def test_a_trusted_person_who_closes_is_no_moderator(cast, question, twin, browse, logged):
    Trust.objects.create(person=cast.omar, level=2)
    actions.close_question(
        actor=Person.objects.get(pk=cast.omar.pk),
        question_id=question.pk,
        reason="duplicate",
        original_id=twin.pk,
    )

    assert logged() == [("Closed", "a question", BEFORE)]
    assert TRUSTED in browse().get("/moderation/log").content.decode()


def test_askers_moderate_nobody(cast, question, hidden, logged):
    for row in (question, hidden):
        for reason in ("unclear", "outdated"):
            actions.close_question(actor=cast.aminata, question_id=row.pk, reason=reason)
            actions.reopen_question(actor=cast.aminata, question_id=row.pk)

    assert logged() == []
    assert not LogLine.objects.exists()


def test_moderator_who_asked_unnamed_and_opens_what_another_closed_is_no_automaton(
    cast, question, logged
):
    own = actions.ask(
        actor=cast.moira,
        title="How do I leave without being found?",
        source="I would rather not be named here.",
        language="en",
        tag_names=["privacy"],
        under_pseudonym=True,
    )
    Closure.objects.create(question=own, reason="unclear", by=cast.aminata)

    actions.reopen_question(actor=cast.moira, question_id=own.pk)

    assert logged() == [("Opened again", "a question", UNCLEAR)]
    assert JournalLine.objects.get(verb="forum.question_reopened").actor is None


def test_what_is_hidden_is_told_without_its_title(cast, question, logged):
    actions.close_question(actor=cast.moira, question_id=question.pk, reason="unclear")
    remove_post(
        actor=cast.moira, kind="forum.question", object_id=question.pk, rule="spam", reason="No."
    )

    assert logged() == [
        ("Taken away", "a question", "Advertising or spam"),
        ("Closed", "a question", UNCLEAR),
    ]


def test_line_from_before_says_its_rule_too(cast, question, write_line, logged):
    write_line("forum.question_locked", cast.moira, {"reason": "spam"})
    write_line("forum.question_closed", cast.moira, {"reason": "unclear", "original": None})
    write_line("forum.question_closed", None, {"reason": "outdated", "original": None})

    assert logged() == [
        ("Closed", "a question", UNCLEAR),
        ("Locked", "a question", str(Lock.Reason.SPAM.label)),
    ]


@pytest.mark.parametrize("reason", [*Closure.Reason.values])
def test_every_reason_is_said_in_french(reason):
    row = LogLine(act="forum.question_closed", rule=reason, thing_kind="forum.question")
    row.at = JournalLine._meta.get_field("at").get_default()
    with translation.override("en"):
        english = public_log.show(row)
    with translation.override("fr"):
        french = public_log.show(row)

    assert english.rule
    assert english.rule != french.rule
    assert (english.text, french.text) == ("Closed", "Fermeture")


def test_what_was_done_before_the_log_stands_in_it_where_it_belongs(
    cast, question, twin, hidden, write_line, call, run_tasks
):
    """Those lines had no followers: who did what is told from the journal alone."""
    write_line("forum.question_closed", cast.moira, {"reason": "unclear", "original": None})
    write_line("forum.question_closed", cast.aminata, {"reason": "outdated", "original": None})
    write_line("forum.question_reopened", None, {"reason": "outdated", "original": None})
    write_line("forum.question_locked", cast.moira, {"reason": "dispute"})
    write_line("forum.question_unlocked", cast.moira, {})
    write_line("forum.questions_merged", cast.moira, {"into": twin.pk, "posts": 1})
    write_line("forum.question_split", cast.moira, {"into": twin.pk, "posts": 1})
    DBTaskResult.objects.all().delete()
    actions.lock_question(actor=cast.moira, question_id=twin.pk, reason="spam")
    run_tasks()
    backfill = importlib.import_module("forum.migrations.0021_acts_before_the_log").tell

    for _again in range(2):
        backfill(apps, None)

    rows = call().get("/api/v1/moderation/log").json()["results"]
    assert [(row["text"], row["rule"]) for row in rows] == [
        ("Locked", str(Lock.Reason.SPAM.label)),
        ("Split in two", ""),
        ("Merged into another", BEFORE),
        ("Unlocked", ""),
        ("Locked", DISPUTE),
        ("Closed", UNCLEAR),
    ]
    assert not any(row["is_automatic"] for row in rows)
    lines = JournalLine.objects.in_bulk(LogLine.objects.values_list("line_id", flat=True))
    assert all(row.at == lines[row.line_id].at for row in LogLine.objects.all())
