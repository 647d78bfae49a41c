"""Languages meet: answers in another one, and translations with credit; on every face."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.differences import Piece
from forum import actions, queries
from forum.documents import rendition_document, rendition_rows
from forum.models import Answer, Rendition
from people.actions import remove_post, restore_post
from search.queries import search, similar
from tests.cast import SECRET
from tests.faces import DONE, FACES, INVALID, NOT_ALLOWED, SIGN_IN, UNSEEN, WRONG_MOMENT, Act

FRENCH = "Page blanche après une mise à jour"


def rendering(kind: str, language: str = "fr") -> Act:
    facts = {
        "language": language,
        "title": FRENCH if kind == "questions" else "",
        "source": "Depuis **hier** tout est blanc.",
        "from_revision": 1,
    }
    return Act(
        page=lambda row: (f"/{kind}/{row.pk}/translate", facts),
        api=lambda row: ("POST", f"/api/v1/{kind}/{row.pk}/renditions", facts),
    )


QUESTION, ANSWER = rendering("questions"), rendering("answers")
CHANGE: dict[str, Any] = {"title": FRENCH, "source": "Mieux.", "revision": 1, "from_revision": 1}
EDIT = Act(
    page=lambda row: (f"/renditions/{row.pk}/edit", CHANGE),
    api=lambda row: ("PUT", f"/api/v1/renditions/{row.pk}", CHANGE),
)
REMOVE = Act(
    page=lambda row: (f"/renditions/{row.pk}/removal", {}),
    api=lambda row: ("DELETE", f"/api/v1/renditions/{row.pk}", None),
)


def rendered(person, post, source="Depuis **hier** tout est blanc.", language="fr"):
    is_answer = isinstance(post, Answer)
    return actions.render_post(
        actor=person,
        kind="forum.answer" if is_answer else "forum.question",
        object_id=post.pk,
        language=language,
        title="" if is_answer else FRENCH,
        source=source,
        from_revision=post.revision,
    )


def french(client, path):
    return client.get(path, headers={"accept-language": "fr"}).content.decode()


@pytest.mark.parametrize("face", FACES)
def test_member_translates_a_question_and_an_answer(face, perform, cast, question, answer):
    assert perform(face, None, QUESTION, question) == SIGN_IN
    assert perform(face, cast.omar, QUESTION, question) == DONE
    assert perform(face, cast.omar, ANSWER, answer) == DONE
    assert perform(face, cast.clara, ANSWER, answer) == WRONG_MOMENT
    assert perform(face, cast.omar, rendering("questions", "en"), question) == INVALID

    question.refresh_from_db()
    assert question.rendered_in == "fr"
    assert [row.author for row in Rendition.objects.all()] == [cast.omar, cast.omar]


@pytest.mark.parametrize("face", FACES)
def test_what_is_taken_away_is_not_translated(face, perform, cast, question, answer):
    remove_post(actor=cast.moira, kind="forum.answer", object_id=answer.pk, rule="spam")
    assert perform(face, cast.omar, ANSWER, answer) == UNSEEN
    assert perform(face, cast.bao, ANSWER, answer) == WRONG_MOMENT
    remove_post(actor=cast.moira, kind="forum.question", object_id=question.pk, rule="spam")
    assert perform(face, cast.omar, QUESTION, question) == UNSEEN
    assert perform(face, cast.aminata, QUESTION, question) == WRONG_MOMENT


@pytest.mark.parametrize("face", FACES)
def test_translator_and_moderators_edit(face, perform, cast, question):
    row = rendered(cast.omar, question)

    for person, expected in ((None, SIGN_IN), (cast.aminata, NOT_ALLOWED), (cast.bao, NOT_ALLOWED)):
        assert perform(face, person, EDIT, row) == expected
    assert perform(face, cast.omar, EDIT, row) == DONE
    assert perform(face, cast.moira, EDIT, row) == WRONG_MOMENT  # written on text 1

    row.refresh_from_db()
    assert (row.source, row.revision) == ("Mieux.", 2)


@pytest.mark.parametrize("face", FACES)
def test_translator_takes_it_away(face, perform, cast, question):
    row = rendered(cast.omar, question)

    for person, expected in (
        (None, SIGN_IN),
        (cast.aminata, NOT_ALLOWED),
        (cast.moira, NOT_ALLOWED),
    ):
        assert perform(face, person, REMOVE, row) == expected
    assert perform(face, cast.omar, REMOVE, row) == DONE
    assert perform(face, cast.omar, REMOVE, row) == WRONG_MOMENT
    assert perform(face, cast.aminata, REMOVE, row) == UNSEEN

    question.refresh_from_db()
    assert question.rendered_in == ""


@pytest.mark.parametrize(
    "change",
    [
        lambda who, row: actions.remove_rendition(actor=who, rendition_id=row.pk),
        lambda who, row: actions.edit_rendition(actor=who, rendition_id=row.pk, **CHANGE),
    ],
)
def test_its_question_is_locked_first_as_by_a_purge(change, cast, question):
    row = rendered(cast.omar, question)

    with CaptureQueriesContext(connection) as queries_made:
        change(cast.omar, row)

    reads = [one["sql"] for one in queries_made if one["sql"].startswith("SELECT")]
    tables = [re.search(r'FROM "(\w+)"', sql)[1] for sql in reads]
    assert tables[:2] == ["forum_question", "forum_rendition"]


def test_reader_of_its_language_is_offered_it(browse, cast, question, answer):
    rendered(cast.omar, question)
    rendered(cast.clara, answer, "Renommez **le dossier**.")
    visitor = browse()

    offered = french(visitor, question.path)
    assert "Lire en français" in offered
    assert ">Omar<" in offered
    assert ">Clara<" in offered
    assert FRENCH not in offered
    read = french(visitor, f"{question.path}?read=fr")
    assert f'lang="fr">{FRENCH}</h1>' in read
    assert "<strong>hier</strong>" in read
    assert "<strong>le dossier</strong>" in read
    assert "<strong>last night</strong>" not in read
    english = visitor.get(question.path).content.decode()
    assert "Read in French" not in english
    assert f'href="{question.path}?read=fr"' in english
    assert "<strong>hier</strong>" in visitor.get(f"{question.path}?read=fr").content.decode()


def test_stale_translation_says_so_and_shows_what_changed(browse, call, cast, question):
    row = rendered(cast.omar, question)
    actions.edit_question(
        actor=cast.aminata,
        question_id=question.pk,
        revision=1,
        title=question.title,
        source="Since **this morning** every page is white.",
        tag_names=["php"],
    )

    assert "L’original a changé depuis" in french(browse(), f"{question.path}?read=fr")
    assert call(None).get(f"/api/v1/renditions/{row.pk}").json()["is_stale"] is True
    page = browse(cast.omar).get(f"/renditions/{row.pk}/edit").content.decode()
    assert "last night</del>" in page
    assert "this morning</ins>" in page

    actions.edit_rendition(
        actor=cast.omar,
        rendition_id=row.pk,
        revision=1,
        title=FRENCH,
        source="Depuis ce matin.",
        from_revision=2,
    )
    assert "L’original a changé depuis" not in french(browse(), f"{question.path}?read=fr")


def test_stale_translation_may_be_made_anew_by_others(browse, cast, question):
    rendered(cast.omar, question)
    actions.edit_question(
        actor=cast.aminata,
        question_id=question.pk,
        revision=1,
        title=question.title,
        source="Other.",
        tag_names=[],
    )
    question.refresh_from_db()

    rendered(cast.clara, question, "Tout autre.")

    read = french(browse(), f"{question.path}?read=fr")
    assert "Tout autre." in read
    assert "tout est blanc" not in read


@pytest.mark.parametrize("hidden", ["question", "answer", "rendition"])
def test_translation_is_hidden_with_what_it_renders(
    hidden, browse, call, cast, question, answer, run_tasks
):
    row = rendered(cast.omar, answer, f"Texte {SECRET}")
    run_tasks()
    reading = f"{question.path}?read=fr"
    paths = [reading, f"/search?q={SECRET}&language=fr", f"/search/now?q={SECRET}"]
    api = [f"/api/v1/renditions/{row.pk}", f"/api/v1/questions/{question.pk}/renditions"]
    api += [f"/api/v1/search?q={SECRET}", f"/api/v1/questions/{question.pk}"]
    found = [browse().get(path).content.decode() for path in paths]
    assert SECRET in found[0]
    assert SECRET.lower() in found[1].lower()

    post = {"question": question, "answer": answer, "rendition": row}[hidden]
    remove_post(actor=cast.moira, kind=f"forum.{hidden}", object_id=post.pk, rule="spam")
    for _step in range(2):  # before the worker has followed, and after
        for person in (None, cast.clara):
            for path in paths:
                html = browse(person).get(path).content.decode()
                told = html.replace(f'value="{SECRET}"', "").replace(f"q={SECRET}", "")
                assert f"Texte <mark>{SECRET}" not in told, path
                assert f"Texte {SECRET}" not in told, path
            for path in api:
                assert f"Texte {SECRET}" not in call(person).get(path).content.decode(), path
        run_tasks()

    restore_post(actor=cast.moira, kind=f"forum.{hidden}", object_id=post.pk)
    run_tasks()
    assert f"Texte {SECRET}" in browse().get(reading).content.decode()


def test_search_finds_it_in_its_language(call, cast, question, run_tasks):
    rendered(cast.omar, question)
    run_tasks()

    hits = call(None).get("/api/v1/search?q=blanches&language=fr").json()["results"]

    assert [hit["url"] for hit in hits] == [f"{question.path}?read=fr"]


def test_found_translation_is_solved_as_long_as_its_solution_is_there(cast, question, answer):
    rendered(cast.omar, question)

    def is_solved() -> bool:
        return rendition_document(rendition_rows().get()).solved

    assert not is_solved()
    actions.accept_answer(actor=cast.aminata, question_id=question.pk, answer_id=answer.pk)
    assert is_solved()
    remove_post(actor=cast.moira, kind="forum.answer", object_id=answer.pk, rule="spam", reason="x")
    assert not is_solved()


@pytest.mark.parametrize("rows", [1, 12])
def test_visitor_pays_one_query_for_translations(
    rows, browse, cast, question, django_assert_num_queries
):
    client = browse()
    french(client, question.path)
    answers = [
        actions.answer(actor=cast.bao, question_id=question.pk, source="So.", language="en")
        for _number in range(rows)
    ]
    with django_assert_num_queries(4):
        french(client, question.path)
    for answer in answers:
        rendered(cast.omar, answer)

    with django_assert_num_queries(5):  # what is read, and in which languages there is more
        assert french(client, f"{question.path}?read=fr").count("tout est blanc") == rows
    with django_assert_num_queries(5):  # to a reader of another language its head alone tells
        client.get(question.path)


def test_answer_in_another_language_is_labelled(browse, cast, question):
    actions.answer(
        actor=cast.bao,
        question_id=question.pk,
        source="Il faut renommer le dossier des extensions, puis les activer une à une.",
    )
    client = browse(cast.omar)
    client.post(f"/questions/{question.pk}/answers", {"source": "Ja.", "language": "de"})
    client.post(f"/questions/{question.pk}/answers", {"source": "Yes."})

    rows = Answer.objects.order_by("pk").values_list("language", flat=True)
    assert list(rows) == ["fr", "de", "en"]
    html = browse().get(question.path).content.decode()
    assert '>Français</p><div class="body" lang="fr"' in html
    assert '>Deutsch</p><div class="body" lang="de"' in html


def test_author_hears_of_a_translation(cast, question, run_tasks):
    rendered(cast.omar, question)
    run_tasks()

    assert cast.aminata.notices.get().line.verb == "forum.rendition_written"


def test_author_under_a_pseudonym_hears_of_one_too_but_not_of_their_own(cast, hidden, run_tasks):
    own = actions.answer(
        actor=cast.aminata, question_id=hidden.pk, source="I found this.", language="en"
    )
    rendered(cast.omar, hidden)
    rendered(cast.omar, own)
    rendered(cast.aminata, hidden, language="de")
    run_tasks()

    told = cast.aminata.notices.values_list("verb", "line__actor__handle")
    assert list(told) == [("forum.rendition_written", "omar")] * 2


def test_changes_are_shown_with_a_few_words_around():
    long = "word " * 200
    pieces = [Piece("same", long), Piece("added", "new"), Piece("same", long)]

    before, change, after = queries.around(pieces)

    assert change == pieces[1]
    assert before.text.startswith(" … ")
    assert len(before.text) < 130 > len(after.text)


def test_words_are_purged_from_a_translation_that_stands_elsewhere(cast, question, answer):
    row = rendered(cast.omar, answer, source=f"Texte {SECRET}")
    other = actions.ask(
        actor=cast.clara, title="Where it was", source="x", language="en", tag_names=["php"]
    )
    Rendition.objects.update(question=other)

    assert actions.purge_words(
        question_id=question.pk, clean=lambda text: text.replace(SECRET, "…")
    )

    row.refresh_from_db()
    assert SECRET not in row.source + row.html


def test_question_and_its_rendition_are_close_once(cast, question, run_tasks):
    rendered(cast.bao, question, source="White page after a WordPress update: toujours.")
    run_tasks()
    assert len(search(cast.omar, "White page update").hits) == 2

    hits = similar(cast.omar, "White page after the update")

    assert [hit.url.partition("?")[0] for hit in hits] == [question.path]
