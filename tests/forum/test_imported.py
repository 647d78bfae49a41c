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
    changed = actions.edit_answer(
        actor=cast.moira, answer_id=answer.pk, revision=revision, source=source
    )
    assert isinstance(changed, Answer)
    return changed


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


HTML = "<p>10<sup>2</sup> <em>pages</em>, **so**</p>\n\n<script>evil()</script>"


@pytest.fixture
def as_html(imported) -> Answer:
    """An imported answer that stayed HTML, to a question that did."""
    for rows in (Answer.objects, Question.objects):
        rows.update(source=HTML, source_format="html")
    Revision.objects.update(source=HTML)
    imported.refresh_from_db()
    return imported


def test_imported_text_is_markdown_for_who_changes_it(browse, cast, imported):
    html = browse(cast.moira).get(f"/answers/{imported.pk}/edit").content.decode()

    assert imported.source == f"{FIRST}\n\n{LATER}"
    assert "Markdown. Code goes between" in html
    assert "It stays HTML." not in html


@pytest.mark.parametrize("kind", ["question", "answer"])
def test_preview_of_what_stayed_html_is_what_stands_after_saving(kind, browse, call, cast, as_html):
    post = as_html if kind == "answer" else as_html.question
    better = HTML.replace("pages", "answers")
    client, typed = browse(cast.moira), {"source": better, "revision": "1", "preview": "1"}
    path = f"/{kind}s/{post.pk}/edit"
    about = {"kind": f"{kind}_edit", "thing": post.pk}
    as_api = {"source": better, "source_format": "html"}

    form = client.get(path).content.decode()
    whole = client.post(path, {**typed, "title": "Every page is white"}).content.decode()
    part = client.post("/previews", {**about, "source": better}).content.decode()
    program = call(cast.moira).post("/api/v1/previews", as_api).json()["html"]
    saved = {**typed, "preview": "", "title": "Every page is white", "tags": "php"}
    assert client.post(path, saved).status_code == 303

    post.refresh_from_db()
    assert (post.source, post.source_format) == (better, "html")
    assert "10<sup>2</sup> <em>answers</em>, **so**" in post.html
    assert "evil" not in post.html
    assert program == post.html
    assert post.html in part
    assert post.html in whole
    assert "It stays HTML." in form
    assert "It stays HTML." in whole


def test_what_stayed_html_is_suggested_on_as_html(browse, call, cast, as_html):
    path = f"/answers/{as_html.pk}/suggest"
    assert "It stays HTML." in browse(cast.omar).get(path).content.decode()
    better = HTML.replace("pages", "answers")
    row = actions.suggest(
        actor=cast.omar,
        kind="forum.answer",
        object_id=as_html.pk,
        revision=1,
        source=better,
        why="Right",
    )

    assert "It stays HTML." in browse(cast.moira).get(row.path).content.decode()
    actions.accept_suggestion(actor=cast.moira, suggestion_id=row.pk)

    told = call(cast.omar).get(f"/api/v1/answers/{as_html.pk}").json()
    assert (told["source_format"], told["source"]) == ("html", better)
    assert "<em>answers</em>" in told["html"]
    asked = call(cast.omar).get(f"/api/v1/questions/{as_html.question_id}").json()
    assert asked["source_format"] == "html"


def test_preview_asks_nothing_of_posts_one_does_not_see(browse, cast, as_html):
    Question.objects.update(visibility="removed")
    about = {"kind": "answer_edit", "thing": as_html.pk, "source": "<em>x</em>"}

    shown = browse(cast.omar).post("/previews", about).content.decode()

    assert "&lt;em&gt;x" in shown
