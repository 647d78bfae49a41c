"""An open copy of the forum: out, into an empty site, and out again, byte for byte the same."""

import json
import re
import xml.etree.ElementTree as ET
from datetime import UTC, date, datetime
from hashlib import sha256
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.utils import timezone
from PIL import Image

from core.files import store_upload
from core.models import StoredFile
from forum import actions, tags
from forum.exchange.reading import KEPT
from forum.management.commands import export_forum as command
from forum.models import (
    Acceptance,
    Answer,
    Attestation,
    Closure,
    Comment,
    ExternalId,
    Guide,
    GuideEditor,
    GuideRevision,
    Lock,
    MovedPost,
    Platform,
    PlatformVersion,
    Pseudonym,
    Question,
    Recheck,
    Relocation,
    Rendition,
    Revision,
    Suggestion,
    Tag,
    TaggedQuestion,
    TagMerge,
    TagName,
    Vote,
)
from forum.setups import Setup
from forum.stackexchange import import_dump
from people.actions import remove_post
from people.models import Person
from tests.cast import SECRET

DUMP = Path(__file__).resolve().parents[3] / "shared" / "data" / "stackexchange-history-meta"
PLATFORMS = (Platform, PlatformVersion, Attestation, Recheck)
LEFT_OUT = "Ask AskChoice Draft Ladder Lease ListMark Pack QuestionMark Traffic".split()  # noqa: SIM905
HARD = 'Line one\r\n\ttab "quoted" <b>&amp;</b> é 👍 \u2028 ]]>\n\n```php\n<?= $x ?>\n```\n'


COPIED: tuple[Any, ...] = (
    *(Question, Answer, Comment, Revision, Acceptance, Vote, Tag, TagName),
    *(Guide, GuideRevision, GuideEditor, Rendition),
    *(Suggestion, Closure, Lock, Relocation, MovedPost),
    *PLATFORMS,
)


def export(folder, *options):
    call_command("export_forum", str(folder), *options, stdout=StringIO())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files_in(folder)}


def files_in(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file())


def sha256_at(path):
    return sha256(path.read_bytes()).hexdigest()


def again(folder, tmp_path, *options):
    """Empty the site, bring the copy in, and export it once more."""
    call_command("flush", interactive=False, verbosity=0)
    told = StringIO()
    call_command("import_forum", str(folder), stdout=told)
    assert told.getvalue().endswith("or after manage.py rebuild_index.\n")
    return export(tmp_path / "second", *options)


def attach(owner, post, name, data):
    return store_upload(actor=owner, upload=SimpleUploadedFile(name, data), thing=post)


def picture() -> bytes:
    out = BytesIO()
    Image.new("RGB", (4, 4)).save(out, "PNG")
    return out.getvalue()


def plant_beside(cast, question, answer):
    """What stands in files of its own: words, a merge, a guide with its translation, renditions."""
    tag, other = tags.resolve(["émoji", "c++"])
    actions.describe_tag(
        actor=cast.bao, tag_id=tag.pk, language="fr", name="émojis", description=HARD
    )
    actions.merge_tags(actor=cast.moira, tag_id=other.pk, into_id=tag.pk)
    guide = actions.write_guide(
        actor=cast.bao, title="A guide", summary=HARD, source=f"## Part\n\n{HARD}", language="en"
    )
    actions.translate_guide(
        actor=cast.moira,
        guide_id=guide.pk,
        language="fr",
        from_revision=1,
        title="Un guide",
        source="## Partie",
    )
    actions.name_editor(actor=cast.bao, guide_id=guide.pk, person=cast.clara)
    away = actions.write_guide(actor=cast.bao, title="A guide away", source=SECRET, language="en")
    remove_post(actor=cast.moira, kind="forum.guide", object_id=away.pk, rule="spam", reason="x")
    actions.render_post(
        actor=cast.nadia,
        kind="forum.answer",
        object_id=answer.pk,
        language="fr",
        source=HARD,
        from_revision=1,
    )


def plant_curated(cast, answer):
    """What was suggested, closed, locked, merged, split, and asked under a pseudonym."""
    facts = {"kind": "forum.answer", "object_id": answer.pk, "revision": 1}
    suggested = actions.suggest(actor=cast.omar, source=HARD, why="Clearer", **facts)
    actions.decline_suggestion(actor=cast.bao, suggestion_id=suggested.pk, reason=HARD)
    actions.suggest(actor=cast.tomas, source=f"{SECRET} suggested", why="Why not", **facts)
    posed = {"source": "Text", "language": "en", "tag_names": ["php"]}
    hidden, double, broad = (
        actions.ask(actor=cast.aminata, title=title, **posed, under_pseudonym=not number)
        for number, title in enumerate(["Who must not know?", "Asked again", "Two at once"])
    )
    actions.answer(actor=cast.aminata, question_id=hidden.pk, source="Mine", language="en")
    said = actions.comment(actor=cast.aminata, question_id=hidden.pk, source="Mine too")
    actions.edit_comment(actor=cast.aminata, comment_id=said.pk, revision=1, source=HARD)
    actions.close_question(
        actor=cast.moira, question_id=double.pk, reason="duplicate", original_id=hidden.pk
    )
    actions.lock_question(actor=cast.moira, question_id=double.pk, reason="dispute")
    apart = actions.answer(actor=cast.bao, question_id=broad.pk, source="Two", language="en")
    actions.split_question(
        actor=cast.moira,
        question_id=broad.pk,
        title="The second",
        source="Of two",
        reason="strayed",
        answer_ids=[apart.pk],
    )
    actions.merge_question(
        actor=cast.moira, question_id=broad.pk, into_id=answer.question_id, reason="duplicate"
    )
    Answer.objects.filter(pk=apart.pk).update(is_agreed=True)


@pytest.fixture
def lively(cast, question, answer):
    """A forum with something of everything."""
    actions.edit_question(
        actor=cast.aminata,
        question_id=question.pk,
        revision=1,
        title='A "clearer" title <here> & there',
        source=HARD + "Thanks @bao",
        tag_names=["wordpress", "émoji", "c++"],
    )
    actions.comment(actor=cast.omar, question_id=question.pk, source=HARD)
    actions.comment(
        actor=cast.omar, question_id=question.pk, answer_id=answer.pk, source="`code` @bao"
    )
    actions.vote(actor=cast.omar, kind="forum.answer", object_id=answer.pk, value=1)
    actions.vote(actor=cast.clara, kind="forum.question", object_id=question.pk, value=-1)
    actions.accept_answer(actor=cast.aminata, question_id=question.pk, answer_id=answer.pk)
    php = Platform.objects.create(key="php", name="PHP")
    PlatformVersion.objects.create(platform=php, value="8.2", since=date(2020, 1, 1))
    PlatformVersion.objects.create(
        platform=php, value="8.4", since=date(2020, 1, 1), default_since=date(2026, 1, 1)
    )
    facts = {"php": "8.2"}
    actions.change_setup(actor=cast.aminata, question_id=question.pk, setup=Setup(facts))
    actions.attest(actor=cast.tomas, answer_id=answer.pk, facts=facts)
    Attestation.objects.update(at=datetime(2025, 6, 1, tzinfo=UTC))
    actions.move_answers(timezone.now())
    recheck = answer.recheck_rows.get()
    actions.settle_recheck(actor=cast.nadia, recheck_id=recheck.pk, outcome="fails")
    away = actions.answer(
        actor=cast.bao, question_id=question.pk, source=f"{SECRET} away", language="fr"
    )
    attach(cast.bao, away, "away.txt", SECRET.encode())
    remove_post(actor=cast.moira, kind="forum.answer", object_id=away.pk, rule="spam", reason="x")
    attach(cast.bao, answer, "a log.txt", HARD.encode())
    attach(cast.panel, question, "page.png", picture())
    Person.objects.filter(pk=cast.omar.pk).update(state="erased")
    plant_beside(cast, question, answer)
    plant_curated(cast, answer)
    ExternalId.objects.create(source="old", kind="answer", external_id=7, object_id=answer.pk)
    return question


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("options", [(), ("--public",)])
def test_round_trip_gives_the_same_bytes(options, lively, tmp_path):
    first = export(tmp_path / "first", *options)

    second = again(tmp_path / "first", tmp_path, *options)

    for name in first.keys() | second.keys():
        assert second.get(name) == first.get(name), name
    empty = {name for name, content in first.items() if not content}
    of_people = {"origins.jsonl", "merges.jsonl", "attestations.jsonl", "rechecks.jsonl"}
    of_people |= {"relocations.jsonl", "moved-posts.jsonl", "suggestions.jsonl"}
    assert empty == (of_people if options else set())


@pytest.mark.django_db(transaction=True)
def test_two_copies_are_seen_to_be_equal_by_what_their_commands_print(lively, answer, tmp_path):
    def told(name):
        out = StringIO()
        call_command("export_forum", str(tmp_path / name), "--json", stdout=out)
        return json.loads(out.getvalue())

    first = told("first")
    call_command("flush", interactive=False, verbosity=0)
    call_command("import_forum", str(tmp_path / "first"), stdout=StringIO())
    again = told("again")
    Answer.objects.filter(pk=answer.pk).update(source="Another word.")

    assert again == first
    assert told("changed")["sha256"] != first["sha256"]
    files = sorted(
        str(path.relative_to(tmp_path / "first")) for path in files_in(tmp_path / "first")
    )
    lines = "".join(f"{sha256_at(tmp_path / 'first' / path)}  {path}\n" for path in files)
    assert first["sha256"] == sha256(lines.encode()).hexdigest()  # as sha256sum reckons it
    out = StringIO()
    call_command("export_forum", str(tmp_path / "words"), "--public", stdout=out)
    assert re.search(r"^sha256: [0-9a-f]{64}$", out.getvalue(), re.M)


@pytest.mark.django_db(transaction=True)
def test_ids_texts_and_states_come_back_and_new_ids_go_on(lively, answer, tmp_path):
    export(tmp_path / "first")
    before = {model: list(model.objects.order_by("pk").values()) for model in COPIED}

    again(tmp_path / "first", tmp_path)

    for model, rows in before.items():
        assert list(model.objects.order_by("pk").values()) == rows, model
    assert TagMerge.objects.get().moved or TagMerge.objects.get().dropped
    assert list(Question.objects.earliest("pk").tags.values_list("name", flat=True).order_by("pk"))
    assert set(Person.objects.values_list("state", flat=True)) == {"imported", "erased"}
    newest = max(Person.objects.values_list("pk", flat=True))
    assert Person.objects.create_user("newcomer").pk > newest


@pytest.mark.django_db(transaction=True)
def test_tags_count_what_came_back_for_all_to_see(cast, lively, question, tmp_path):
    remove_post(
        actor=cast.moira, kind="forum.question", object_id=question.pk, rule="spam", reason="x"
    )
    before = dict(Tag.objects.values_list("name", "question_count"))
    export(tmp_path / "first")

    again(tmp_path / "first", tmp_path)

    assert dict(Tag.objects.values_list("name", "question_count")) == before
    assert any(before.values())


@pytest.mark.django_db(transaction=True)
def test_who_asked_under_a_pseudonym_stays_behind(cast, lively, tmp_path):
    whole = export(tmp_path / "first")
    again(tmp_path / "first", tmp_path)

    assert b"person" not in whole["pseudonyms.jsonl"]
    hidden = Question.objects.get(title="Who must not know?")
    assert (hidden.is_under_pseudonym, hidden.writer) == (True, None)
    assert set(Pseudonym.objects.values_list("person", flat=True)) == {None}
    assert Comment.objects.filter(pseudonym=hidden.pseudonym).exists()
    assert hidden.duplicate_count == 1


def test_every_table_is_copied_or_left_out_on_purpose():
    copied = {*KEPT, TaggedQuestion}
    left_out = set(apps.get_app_config("forum").get_models()) - copied

    assert {model.__name__ for model in left_out} == {
        name for name in LEFT_OUT if f"`{name}`" in str(command.__doc__)
    }


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(not DUMP.is_dir(), reason="the shared dump is not on this machine")
def test_round_trip_of_a_real_site(tmp_path):
    import_dump(DUMP, source="history-meta")
    first = export(tmp_path / "first")

    assert again(tmp_path / "first", tmp_path) == first
    assert Question.objects.count() == 556


def test_files_are_those_of_a_dump(lively, answer, tmp_path):
    export(tmp_path / "out")

    posts = [row.attrib for row in ET.parse(tmp_path / "out" / "Posts.xml").getroot()]
    asked = next(row for row in posts if row["PostTypeId"] == "1")
    assert asked["AcceptedAnswerId"] == str(2 * answer.pk + 1)
    assert asked["Tags"] == "|wordpress|émoji|"
    assert [row.get("ParentId") for row in posts].count(asked["Id"]) == 2
    votes = ET.parse(tmp_path / "out" / "Votes.xml").getroot()
    assert sorted(row.attrib["VoteTypeId"] for row in votes) == ["1", "2", "3"]
    kinds = [
        row.attrib["PostHistoryTypeId"]
        for row in ET.parse(tmp_path / "out" / "PostHistory.xml").getroot()
    ]
    assert {"1", "2", "3", "4", "5", "6"} == set(kinds)


def test_no_address_leaves_and_the_public_copy_has_nothing_hidden(lively, tmp_path):
    whole = b"".join(export(tmp_path / "whole").values())
    public = export(tmp_path / "public", "--public")

    assert b"people.example" not in whole + b"".join(public.values())
    assert SECRET.encode() in whole
    assert SECRET.encode() not in b"".join(public.values())
    votes = ET.fromstring(public["Votes.xml"])
    assert [row.attrib["VoteTypeId"] for row in votes] == ["1"]
    assert public["origins.jsonl"] == b""
    [lock] = map(json.loads, public["locks.jsonl"].splitlines())
    assert set(lock) == {"id", "question_id", "reason", "at"}


def test_public_copy_names_no_accepted_answer_that_was_taken_away(cast, lively, answer, tmp_path):
    remove_post(actor=cast.moira, kind="forum.answer", object_id=answer.pk, rule="spam", reason="x")

    public = export(tmp_path / "public", "--public")

    assert b"AcceptedAnswerId" not in public["Posts.xml"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("both", [True, False])
def test_what_was_accepted_before_a_merger_stays_so_in_a_copy(
    both, cast, question, answer, tmp_path
):
    if both:
        actions.accept_answer(actor=cast.aminata, question_id=question.pk, answer_id=answer.pk)
    twin = actions.ask(
        actor=cast.clara, title="Blank screen", source="White", language="en", tag_names=["php"]
    )
    other = actions.answer(actor=cast.bao, question_id=twin.pk, source="Off", language="en")
    actions.accept_answer(actor=cast.clara, question_id=twin.pk, answer_id=other.pk)
    actions.merge_question(
        actor=cast.moira, question_id=twin.pk, into_id=question.pk, reason="duplicate"
    )
    before = list(Acceptance.objects.order_by("pk").values())
    first = export(tmp_path / "first")

    assert again(tmp_path / "first", tmp_path) == first
    assert list(Acceptance.objects.order_by("pk").values()) == before


def test_site_with_rows_refuses_a_copy(lively, tmp_path):
    export(tmp_path / "out")

    with pytest.raises(CommandError, match=r"not empty\. .* set ENTRAIDE_VAR to a new folder"):
        call_command("import_forum", str(tmp_path / "out"))
    with pytest.raises(CommandError, match="not an empty folder"):
        call_command("export_forum", str(tmp_path / "out"))


def test_folder_that_is_no_copy_is_refused(db, tmp_path):
    with pytest.raises(CommandError, match="holds no copy"):
        call_command("import_forum", str(tmp_path))
    (tmp_path / "entraide.json").write_text(json.dumps({"format": 99}))
    with pytest.raises(CommandError, match="format"):
        call_command("import_forum", str(tmp_path))


@pytest.mark.django_db(transaction=True)
def test_copy_brings_in_no_script(lively, tmp_path):
    export(tmp_path / "out")
    path = tmp_path / "out" / "Posts.xml"
    text = path.read_text().replace('Body="', 'Body="&lt;script&gt;evil()&lt;/script&gt;')
    path.write_text(text)

    again(tmp_path / "out", tmp_path)

    assert "evil" not in Question.objects.earliest("pk").html


@pytest.mark.django_db(transaction=True)
def test_files_come_back_under_their_addresses(browse, lively, tmp_path):
    before = [without_path(row) for row in StoredFile.objects.order_by("pk").values()]
    shown = StoredFile.objects.get(name="page.png")
    first = export(tmp_path / "first")

    again(tmp_path / "first", tmp_path)

    assert [without_path(row) for row in StoredFile.objects.order_by("pk").values()] == before
    assert len(before) == 3
    page = browse().get(shown.get_absolute_url())
    assert (page.status_code, page.content) == (200, picture())
    away = StoredFile.objects.get(name="away.txt")
    assert browse().get(away.get_absolute_url()).status_code == 404
    assert json.loads(first["entraide.json"])["rows"]["files"] == 3


def without_path(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "content"}


def test_public_copy_has_the_files_that_everyone_sees(cast, lively, hidden, tmp_path):
    attach(cast.aminata, hidden, "who.txt", b"Mine")

    whole, public = (
        export(tmp_path / name, *options) for name, options in [("all", ()), ("some", ["--public"])]
    )

    names = [
        [json.loads(line)["name"] for line in files["files.jsonl"].splitlines()]
        for files in (whole, public)
    ]
    assert names == [["away.txt", "a log.txt", "page.png"], ["a log.txt", "page.png"]]
    assert sum(path.startswith("files/") for path in public) == 2
    assert cast.panel.handle.encode() in public["people.jsonl"]


def test_lost_contents_are_counted(lively, tmp_path):
    default_storage.delete(StoredFile.objects.get(name="page.png").content.name)

    rows = json.loads(export(tmp_path / "out")["entraide.json"])["rows"]

    assert (rows["files"], rows["files-lost"]) == (2, 1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"content_type": "image/svg+xml"}, "not what this copy says"),
        ({"name": "page.html"}, "not what this copy says"),
        ({"sha256": "0" * 64}, "not what this copy says"),
        ({"thing_kind": "helpdesk.ticket"}, "not what this copy says"),
        ({"key": "../posts.jsonl"}, "is not in this copy"),
        ({"key": "0" * 32}, "is not in this copy"),
    ],
)
def test_copy_brings_in_no_file_that_nobody_could_send(facts, refusal, lively, tmp_path):
    export(tmp_path / "out")
    path = tmp_path / "out" / "files.jsonl"
    first, *others = path.read_text().splitlines(keepends=True)
    path.write_text(json.dumps({**json.loads(first), **facts}) + "\n" + "".join(others))
    call_command("flush", interactive=False, verbosity=0)

    with pytest.raises(CommandError, match=refusal):
        call_command("import_forum", str(tmp_path / "out"))
    assert not StoredFile.objects.exists()
    assert not Question.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_copy_from_before_there_were_files_comes_in(lively, tmp_path):
    export(tmp_path / "out")
    (tmp_path / "out" / "files.jsonl").unlink()

    again(tmp_path / "out", tmp_path)

    assert not StoredFile.objects.exists()
    assert Question.objects.exists()
