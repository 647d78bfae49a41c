"""Asking for a workshop's pack, on every face; the worker makes it."""

import io
import zipfile

import pytest
from django.db.models import QuerySet
from django.utils import timezone

from core.models import JournalLine, StoredFile
from forum import actions, tags
from forum.models import Pack
from forum.pack import build_pack
from people.actions import remove_post
from tests.cast import SECRET, make_person
from tests.faces import DONE, FACES, INVALID, NOT_ALLOWED, SIGN_IN, Act
from tests.helpdesk.test_races import together

ASK = Act(
    page=lambda _: ("/packs", {"tag": "", "language": "en"}),
    api=lambda _: ("POST", "/api/v1/packs", {"language": "en"}),
)
ASK_PHP = Act(
    page=lambda _: ("/packs", {"tag": "PHP", "language": "en"}),
    api=lambda _: ("POST", "/api/v1/packs", {"tag": "PHP", "language": "en"}),
)
ASK_BADLY = Act(
    page=lambda _: ("/packs", {"tag": "no-such-tag", "language": "en"}),
    api=lambda _: ("POST", "/api/v1/packs", {"tag": "no-such-tag", "language": "en"}),
)
ASK_EMPTY = Act(
    page=lambda _: ("/packs", {"tag": "php", "language": "ar"}),
    api=lambda _: ("POST", "/api/v1/packs", {"tag": "php", "language": "ar"}),
)


@pytest.mark.parametrize("face", FACES)
def test_trainer_asks_for_a_pack_once(face, perform, cast, answer):
    assert perform(face, cast.tomas, ASK_PHP, None) == DONE
    assert perform(face, cast.tomas, ASK_PHP, None) == DONE
    assert perform(face, cast.clara, ASK, None) == DONE

    assert [(row.tag.name if row.tag else "") for row in Pack.objects.order_by("pk")] == ["php", ""]


@pytest.mark.parametrize("face", FACES)
def test_others_ask_for_none(face, perform, cast, answer):
    for person in (cast.omar, cast.bao, cast.nadia, cast.moira):
        assert perform(face, person, ASK, None) == NOT_ALLOWED
    assert perform(face, None, ASK, None) == SIGN_IN


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("act", [ASK_BADLY, ASK_EMPTY])
def test_pack_of_nothing_is_refused(face, act, perform, cast, answer):
    assert perform(face, cast.tomas, act, None) == INVALID
    assert not Pack.objects.exists()


def test_pack_is_made_fetched_and_replaced(browse, call, cast, question, answer, run_tasks):
    remove_post(
        actor=cast.moira, kind="forum.answer", object_id=answer.pk, rule="spam", reason=SECRET
    )
    client = browse(cast.tomas)
    client.post("/packs", {"tag": "php", "language": "en"})
    assert "It is being made" in client.get("/packs").content.decode()
    run_tasks()

    html = client.get("/packs").content.decode()
    file = StoredFile.objects.get()
    assert file.get_absolute_url() in html
    assert file.name.startswith("php-en-")
    data = client.get(file.get_absolute_url()).content
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        page = archive.read(f"questions/{question.pk}.html").decode()
    assert "<strong>last night</strong>" in page
    assert "Rename the plugins folder." not in page
    assert browse(cast.omar).get(file.get_absolute_url()).status_code == 404
    assert browse().get(file.get_absolute_url()).status_code in (302, 404)
    listed = call(cast.clara).get("/api/v1/packs").json()
    assert [(row["tag"], row["questions"], row["size"]) for row in listed] == [
        ("php", 1, file.size)
    ]
    assert call(cast.omar).get("/api/v1/packs").status_code == 403

    client.post("/packs", {"tag": "php", "language": "en"})
    run_tasks()
    assert Pack.objects.count() == StoredFile.objects.count() == 1
    assert StoredFile.objects.get().pk != file.pk


def pages_of(client) -> str:
    """Return all that stands in the one pack there is."""
    data = client.get(StoredFile.objects.get().get_absolute_url()).content
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return "\n".join(archive.read(name).decode() for name in archive.namelist())


@pytest.mark.parametrize("kind", ["question", "answer", "comment"])
def test_pack_made_before_loses_what_is_taken_away(kind, browse, cast, question, answer, run_tasks):
    comment = actions.comment(
        actor=cast.bao, question_id=question.pk, answer_id=answer.pk, source="Then try again."
    )
    actions.ask(
        actor=cast.omar, title="Another question", source="x", language="en", tag_names=["php"]
    )
    client = browse(cast.tomas)
    client.post("/packs", {"tag": "php", "language": "en"})
    run_tasks()
    made = StoredFile.objects.get()
    texts = {
        "question": "<strong>last night</strong>",
        "answer": "Rename the plugins folder.",
        "comment": "Then try again.",
    }
    assert [text in pages_of(client) for text in texts.values()] == [True] * 3

    row = {"question": question, "answer": answer, "comment": comment}[kind]
    remove_post(actor=cast.moira, kind=f"forum.{kind}", object_id=row.pk, rule="spam", reason="x")
    run_tasks()

    assert client.get(made.get_absolute_url()).status_code == 404
    left = {name: text in pages_of(client) for name, text in texts.items()}
    gone = {"question": list(texts), "answer": ["answer", "comment"], "comment": ["comment"]}[kind]
    assert [name for name, there in left.items() if not there] == gone


def test_pack_of_a_tag_knows_its_other_words(browse, cast, question, run_tasks):
    php = tags.find("php")
    actions.add_synonym(actor=cast.bao, tag_id=php.pk, language="en", name="hypertext")

    assert (
        browse(cast.tomas).post("/packs", {"tag": "Hypertext", "language": "en"}).status_code == 303
    )
    assert Pack.objects.get().tag == php


def test_pack_of_a_tag_the_question_had_is_taken_back_too(cast, question, answer, run_tasks):
    actions.ask_for_pack(actor=cast.tomas, tag="php", language="en")
    run_tasks()
    actions.edit_question(
        actor=cast.aminata,
        question_id=question.pk,
        revision=1,
        title=question.title,
        source=question.source,
        tag_names=["wordpress"],
    )
    run_tasks()
    assert Pack.objects.get().made_at is not None

    assert actions.reopen_packs(question=question) == [Pack.objects.get().pk]
    assert not StoredFile.objects.exists()


def test_pack_in_the_language_an_answer_came_from_is_taken_back(cast, question, answer, run_tasks):
    actions.ask_for_pack(actor=cast.tomas, tag="", language="en")
    run_tasks()
    french = actions.ask(
        actor=cast.clara, title="Page blanche", source="Tout", language="fr", tag_names=["php"]
    )
    actions.merge_question(
        actor=cast.moira, question_id=question.pk, into_id=french.pk, reason="duplicate"
    )

    assert actions.reopen_packs(question=french) == [Pack.objects.get().pk]


def test_pack_loses_what_is_taken_away_while_it_is_made(
    cast, question, answer, monkeypatch, browse, run_tasks
):
    pack = actions.ask_for_pack(actor=cast.tomas, tag="", language="en")
    built = []

    def build(**which):
        built.append(build_pack(**which))
        if len(built) == 1:
            remove_post(
                actor=cast.moira, kind="forum.answer", object_id=answer.pk, rule="spam", reason="x"
            )
            assert actions.reopen_packs(question=question) == []
        return built[-1]

    monkeypatch.setattr("forum.pack.build_pack", build)
    actions.make_pack(pack_id=pack.pk)

    assert len(built) == 2
    assert "Rename the plugins folder." not in pages_of(browse(cast.tomas))


def test_question_of_an_undone_split_leaves_packs(browse, cast, question, answer, run_tasks):
    move = actions.split_question(
        actor=cast.moira,
        question_id=question.pk,
        title="Something else entirely",
        source="Asked beside.",
        reason="strayed",
        answer_ids=[answer.pk],
    )
    client = browse(cast.tomas)
    client.post("/packs", {"tag": "php", "language": "en"})
    run_tasks()
    assert "Asked beside." in pages_of(client)

    actions.undo_split(actor=cast.moira, question_id=move.into_id)
    run_tasks()

    assert "Asked beside." not in pages_of(client)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("tag", ["", "php"])
def test_two_trainers_who_ask_at_once_get_one_pack(cast, question, tag):
    trainers = [cast.tomas, *(make_person(f"trainer{n}", role="trainer") for n in range(5))]

    asked = together(
        lambda actor: actions.ask_for_pack(actor=actor, tag=tag, language="en"), trainers
    )

    assert {pack.pk for pack in asked} == {Pack.objects.get().pk}
    assert JournalLine.objects.filter(verb="forum.pack_asked").count() == 1


def test_pack_that_is_made_just_as_another_asks_is_asked_for_anew(cast, question, monkeypatch):
    first = actions.ask_for_pack(actor=cast.tomas, tag="", language="en")
    look, looks = QuerySet.get, []

    def late(rows, *args, **kwargs):
        """Find nothing at the first look; before the second, the worker stores the pack."""
        if rows.model is Pack:
            looks.append(rows)
            if len(looks) == 1:
                raise Pack.DoesNotExist
            if len(looks) == 2:
                Pack.objects.filter(pk=first.pk).update(made_at=timezone.now())
        return look(rows, *args, **kwargs)

    monkeypatch.setattr(QuerySet, "get", late)
    second = actions.ask_for_pack(actor=cast.clara, tag="", language="en")

    assert (second.pk != first.pk, second.made_at) == (True, None)
