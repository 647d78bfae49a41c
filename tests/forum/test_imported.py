"""What imports brought in is read, changed and suggested on like what was written here."""

import importlib
from pathlib import Path

import pytest
from django.apps import apps

from forum import actions, queries
from forum.models import Answer, Question, Revision, Suggestion
from forum.stackexchange import import_dump
from people.models import Person
from tests.faces import DONE, FACES, Act

FIRST = "First rename the folder."
LATER = "At last tell us."
DAY = 'CreationDate="2020-01-02T03:04:05.678"'
FILES = {
    "Users": [f'Id="5" {DAY} DisplayName="Zoé"'],
    "Comments": [],
    "Posts": [
        f'Id="1" PostTypeId="1" {DAY} OwnerUserId="5" Title="Every page is white" '
        'LastEditDate="2021-02-03T00:00:00.000" Tags="|php|mail|" '
        'Body="&lt;p&gt;Since today.&lt;/p&gt;"',
        f'Id="2" PostTypeId="2" ParentId="1" {DAY} OwnerUserId="5" '
        f'Body="&lt;p&gt;{FIRST}&lt;/p&gt;&#xA;&#xA;&lt;p&gt;{LATER}&lt;/p&gt;"',
    ],
}


@pytest.fixture
def imported(tmp_path: Path, cast) -> Answer:
    """An answer of a dump, to a question of the same."""
    for name, rows in FILES.items():
        body = "".join(f"<row {row} />" for row in rows)
        (tmp_path / f"{name}.xml").write_text(f"<rows>{body}</rows>", encoding="utf-8")
    import_dump(tmp_path, source="old")
    return Answer.objects.get()


def suggesting(source: str) -> Act:
    facts = {"source": source, "revision": 1, "why": "Clearer"}
    return Act(
        page=lambda a: (f"/answers/{a.pk}/suggest", facts),
        api=lambda a: ("POST", f"/api/v1/answers/{a.pk}/suggestions", facts),
    )


def edit(cast, answer: Answer, source: str, revision: int) -> Answer:
    return actions.edit_answer(
        actor=cast.moira, answer_id=answer.pk, revision=revision, source=source
    )


@pytest.mark.django_db
def test_imported_posts_keep_their_first_texts(imported):
    zoe = Person.objects.get(display_name="Zoé")
    asked = Question.objects.get().revisions.get()
    said = imported.revisions.get()

    assert (asked.number, asked.title, asked.tags) == (1, "Every page is white", ["mail", "php"])
    assert (asked.author, asked.at.year) == (zoe, 2021)
    assert (said.number, said.source, said.tags) == (1, imported.source, [])
    assert (said.author, said.at) == (zoe, imported.created_at)


@pytest.mark.parametrize("face", FACES)
def test_change_to_an_imported_answer_is_suggested_and_taken(face, perform, cast, imported):
    better = imported.source.replace("rename", "move")

    assert perform(face, cast.omar, suggesting(better), imported) == DONE

    actions.accept_suggestion(actor=cast.moira, suggestion_id=Suggestion.objects.get().pk)
    imported.refresh_from_db()
    assert (imported.source, imported.revision) == (better, 2)
    assert imported.revisions.get(number=2).author == cast.omar


def test_first_text_of_an_imported_answer_is_compared_and_brought_back(browse, cast, imported):
    first = imported.source
    edit(cast, imported, first.replace("rename", "move"), 1)

    html = browse().get(f"/answers/{imported.pk}/revisions/compare").content.decode()
    assert "</span>rename</del>" in html
    assert "</span>move</ins>" in html
    assert queries.changes_since(Answer.objects.get(), 1)
    back = actions.revert(
        actor=cast.moira, kind="forum.answer", object_id=imported.pk, number=1, revision=2
    )
    assert back.source == first


def test_two_edits_of_an_imported_answer_are_merged(cast, imported):
    first = imported.source
    edit(cast, imported, first.replace("First", "To begin,"), 1)

    both = edit(cast, imported, first.replace("tell us", "write to us"), 1)

    wanted = first.replace("First", "To begin,").replace("tell us", "write to us")
    assert both.source == wanted
    assert both.revisions.get(number=3).written_on == 1


def test_posts_imported_before_get_their_first_texts_once(cast, question, imported):
    before = revisions()
    Revision.objects.exclude(question=question).delete()
    keep = importlib.import_module("forum.migrations.0022_first_texts_of_imported_posts").keep

    for _again in range(2):
        keep(apps, None)

    assert revisions() == before


def revisions() -> list[dict[str, object]]:
    """Return every revision with all but its id."""
    rows = Revision.objects.order_by("question", "answer", "number").values()
    return [{name: value for name, value in row.items() if name != "id"} for row in rows]
