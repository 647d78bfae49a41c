"""What is written in the journal, that it stays, and that everyone follows it once."""

import json
import logging
from io import StringIO

import pytest
from django.db import DatabaseError, connection, transaction
from django_tasks_db.models import DBTaskResult

from core import journal, logs
from core.faces import current_face, current_request_id
from core.journal import follows, record, record_all, run_followings
from core.models import Following, JournalLine
from core.worker import Worker
from people.models import Place

pytestmark = pytest.mark.django_db


@pytest.fixture
def followers(monkeypatch):
    """Start with nobody following anything."""
    monkeypatch.setattr(journal, "_followers", {})
    monkeypatch.setattr(journal, "_followers_of_verb", {})


def follow(follower, *verbs):
    """Declare a follower under a short name."""
    follower.__qualname__ = follower.__qualname__.rpartition(".")[2]
    return follows(*(verbs or ["test.founded"]))(follower)


def founded(town, **facts) -> JournalLine:
    return record("test.founded", actor=None, thing=town, **facts)


def test_line_says_who_did_what_to_which_thing(cast, town, followers):
    line = record(
        "test.founded",
        actor=cast.bao,
        on_behalf_of=cast.aminata,
        thing=town,
        parent=town,
        audience=journal.STAFF,
        changes={"seats": [3, 4], "state": "open", "tags": [1, 2], "from": None},
    )

    line.refresh_from_db()
    assert (line.actor, line.on_behalf_of) == (cast.bao, cast.aminata)
    assert (line.verb, line.audience, line.face) == ("test.founded", "staff", "command")
    assert (line.thing_kind, line.thing_id) == ("test.town", town.pk)
    assert (line.parent_kind, line.parent_id) == ("test.town", town.pk)
    assert line.changes == {"seats": [3, 4], "state": "open", "tags": [1, 2], "from": None}


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "My site is down"},
        {"to": "aminata@people.example"},
        {"who": "Élodie"},
        {"deep": [{"body": "Hello, you"}]},
        {"some words": 1},
        {"key": "k" * 61},
    ],
)
def test_journal_takes_no_words(changes, town, followers):
    with pytest.raises(ValueError, match="takes no words"):
        founded(town, changes=changes)
    with pytest.raises(ValueError, match="takes no words"):
        record_all("test.founded", actor=None, things_with_changes=[(town, changes)])


@pytest.mark.django_db(transaction=True)
def test_line_outside_of_a_transaction_is_refused(town):
    with pytest.raises(transaction.TransactionManagementError):
        founded(town)
    with pytest.raises(transaction.TransactionManagementError):
        record_all("test.founded", actor=None, things_with_changes=[(town, {})])

    assert not JournalLine.objects.exists()


def test_line_task_and_following_go_with_a_change_that_fails(town, followers):
    follow(lambda line: None)

    with transaction.atomic():
        founded(town)
        transaction.set_rollback(True)

    counts = [m.objects.count() for m in (JournalLine, Following, DBTaskResult)]
    assert counts == [0, 0, 0]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE core_journalline SET verb = 'test.never' WHERE id = %s",
        "DELETE FROM core_journalline WHERE id = %s",
    ],
)
def test_line_is_never_changed_nor_deleted(statement, town, followers):
    line = founded(town)

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(statement, [line.pk])

    assert JournalLine.objects.get(pk=line.pk).verb == "test.founded"
    assert founded(town).pk > line.pk


def test_each_follower_follows_a_line_once_and_sees_where_it_came_from(town, followers):
    heard = []
    for name in ("one", "two"):

        def follower(line, name=name):
            heard.append((name, line.pk, current_face()))

        follower.__qualname__ = name
        follow(follower, "test.founded", "test.closed")
    line = founded(town)
    record("test.other", actor=None, thing=town)

    worker = Worker("bench", queues=["default"])
    while worker.run_one():
        pass
    run_followings(line.pk)

    assert sorted(heard) == [("one", line.pk, "task"), ("two", line.pk, "task")]


def test_follower_that_fails_holds_up_none_of_the_others(town, followers):
    heard = []

    def failing(line):
        raise ValueError("not today")

    failing.__qualname__ = "a_failing"
    follow(failing, "test.founded")

    def hearing(line):
        heard.append(line)

    follow(hearing, "test.founded")
    line = founded(town)

    with pytest.raises(ValueError, match="not today"):
        run_followings(line.pk)
    with pytest.raises(ValueError, match="not today"):
        run_followings(line.pk)

    assert heard == [line]


def test_follower_that_fails_leaves_nothing_and_is_asked_again(town, followers):
    tries = []

    @follow
    def found_another(line):
        Place.objects.create(name="Lyon", country="FR")
        tries.append(line.pk)
        if len(tries) == 1:
            raise RuntimeError

    founded(town)
    worker = Worker("bench", queues=["default"])
    worker.run_one()
    assert not Place.objects.filter(name="Lyon").exists()
    assert not Following.objects.exists()

    DBTaskResult.objects.update(run_after=DBTaskResult.objects.get().enqueued_at)
    worker.run_one()

    assert Place.objects.filter(name="Lyon").count() == 1
    assert Following.objects.count() == 1


def test_follower_that_is_gone_is_passed_over(town, followers):
    follow(lambda line: None)
    founded(town)
    journal._followers_of_verb.clear()

    Worker("bench", queues=["default"]).run_one()

    assert DBTaskResult.objects.get().status == "SUCCESSFUL"
    assert not Following.objects.exists()


def test_import_writes_many_lines_in_one_statement(town, followers, django_assert_num_queries):
    with django_assert_num_queries(1):
        lines = record_all(
            "test.founded", actor=None, things_with_changes=[(town, {"n": n}) for n in range(50)]
        )

    assert JournalLine.objects.count() == 50
    assert lines[-1].changes == {"n": 49}


def test_followed_verb_is_not_written_in_bulk(town, followers):
    follow(lambda line: None)

    with pytest.raises(ValueError, match="has followers"):
        record_all("test.founded", actor=None, things_with_changes=[(town, {})])


@pytest.fixture
def log():
    """Return what production would log, line by line."""
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.formatter(production=True))
    root = logging.getLogger()
    usual = root.level
    root.setLevel(logging.INFO)
    root.addHandler(handler)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.removeHandler(handler)
    root.setLevel(usual)


@pytest.mark.urls("tests.core.rooms")
@pytest.mark.parametrize("face", ["page", "api"])
def test_one_request_id_stands_in_the_answer_the_log_and_the_journal(
    face, cast, browse, call, declared, followers, log
):
    client = call(cast.bao) if face == "api" else browse(cast.bao)
    heard = []
    follow(lambda line: heard.append(current_request_id()))

    response = client.post("/api/v1/towns" if face == "api" else "/towns", {"name": f"Told {face}"})
    Worker("bench", queues=["default"]).run_one()

    line = JournalLine.objects.get(verb="test.founded")
    assert line.request_id == response["X-Request-ID"] != ""
    assert (line.face, line.actor) == (face, cast.bao)
    assert heard == [line.request_id]
    finished = [entry for entry in log() if entry["event"] == "request_finished"]
    assert [entry["request_id"] for entry in finished] == [line.request_id]
    assert finished[0]["user_id"] == cast.bao.pk


def test_log_keeps_neither_addresses_nor_what_people_search_for(browse, db, log):
    browse().get("/nowhere", {"q": "SECRETPLUM"}, headers={"X-Forwarded-For": "192.0.2.7"})

    written = json.dumps(log())
    assert "GET /nowhere" in written
    for secret in ("SECRETPLUM", "192.0.2.7", "127.0.0.1"):
        assert secret not in written
