import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from forum.actions import wrong_counts
from forum.models import Acceptance, Answer, Comment, Question, Tag
from people.models import Person

DUMP = Path(__file__).parents[3] / "shared" / "data" / "stackexchange-history-meta"
TRUE = {
    "questions": 556,
    "answers": 1095,
    "accepted": 181,
    "comments": 3454,
    "users": 2295,
    "tags": 65,
    "skipped": 6,
}


def run(folder, *options) -> dict[str, int]:
    out = StringIO()
    call_command("import_stackexchange", str(folder), "--json", *options, stdout=out)
    counts: dict[str, int] = json.loads(out.getvalue())
    return counts


def write(folder: Path, name: str, rows: list[str], head: str = "") -> None:
    body = "\n".join(f"<row {row} />" for row in rows)
    first = '\ufeff<?xml version="1.0" encoding="utf-8"?>'
    text = f"{first}\n{head}<{name.lower()}>{body}</{name.lower()}>"
    (folder / f"{name}.xml").write_text(text, encoding="utf-8")


@pytest.fixture
def small(tmp_path):
    folder = tmp_path / "small"
    folder.mkdir()
    day = 'CreationDate="2020-01-02T03:04:05.678"'
    write(
        folder,
        "Users",
        [f'Id="-1" {day} DisplayName="Community"', f'Id="5" {day} DisplayName="Zoé"'],
    )
    write(
        folder,
        "Posts",
        [
            f'Id="1" PostTypeId="1" {day} Score="3" Title="A question here" AcceptedAnswerId="2" '
            'Body="&lt;p&gt;x&lt;/p&gt;&lt;script&gt;evil()&lt;/script&gt;" '
            'Tags="|php|Émoji|" OwnerUserId="5"',
            f'Id="2" PostTypeId="2" ParentId="1" {day} Score="-2" Body="y"',
            f'Id="3" PostTypeId="5" {day} Body="wiki"',
            f'Id="4" PostTypeId="2" ParentId="99" {day} Body="orphan"',
        ],
        "<!DOCTYPE posts SYSTEM 'http://127.0.0.1:9/posts.dtd'>",
    )
    write(
        folder,
        "Comments",
        [
            f'Id="1" PostId="2" {day} Text="so &lt;b&gt;bold&lt;/b&gt;"',
            f'Id="2" PostId="1" {day} Text="q" UserId="5"',
        ],
    )
    return folder


@pytest.mark.django_db
def test_dump_is_imported_with_its_true_counts_and_again_without_change():
    if not DUMP.is_dir():
        pytest.skip("the shared data is not beside this checkout")

    assert run(DUMP) == TRUE
    assert run(DUMP) == TRUE

    assert Question.objects.filter(author=None).count() == 27
    assert Comment.objects.filter(author=None).count() == 142
    assert Question.objects.count() == 556
    assert wrong_counts(Tag.objects.all()) == {}
    counted = sum(Question.objects.values_list("answer_count", flat=True))
    assert counted == Answer.objects.count() == 1095
    assert not Person.objects.filter(state="active").exists()
    as_html = [rows.objects.filter(source_format="html").count() for rows in (Question, Answer)]
    assert sum(as_html) < 80  # of 1,651: what Markdown cannot say to the letter


@pytest.mark.django_db
def test_small_dump_is_read_in_every_corner(small):
    counts = run(small)

    assert counts == {
        "questions": 1,
        "answers": 1,
        "accepted": 1,
        "comments": 2,
        "users": 2,
        "tags": 2,
        "skipped": 1,
    }
    question = Question.objects.get()
    assert question.author is not None
    assert (question.author.display_name, question.up, question.down) == ("Zoé", 3, 0)
    assert "script" not in question.html
    assert sorted(question.tags.names()) == ["php", "émoji"]
    assert Answer.objects.get().score == -2
    assert Acceptance.objects.get().by is None
    assert "<b>" not in Comment.objects.get(answer__isnull=False).html


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("one", "another"),
    [
        ("small", "other"),
        ("small", "Small"),
        ("the-history-of-science-of-old", "the-history-of-science-of-today"),
    ],
)
def test_two_dumps_with_the_same_numbers_do_not_collide(small, one, another):
    first = run(small, "--source", one)
    second = run(small, "--source", another)

    assert first == second == run(small, "--source", one) == run(small, "--source", another)
    assert Question.objects.count() == 2
    assert Person.objects.filter(display_name="Zoé").count() == 2


@pytest.mark.django_db
def test_handle_of_somebody_here_is_in_no_dumps_way(small, cast):
    Person.objects.filter(pk=cast.bao.pk).update(handle="small-5", handle_folded="small-5")

    assert run(small)["users"] == 2
    assert Person.objects.filter(state="imported", handle__startswith="member-").count() == 2


@pytest.mark.django_db
def test_votes_are_counted_once(small):
    day = 'CreationDate="2020-01-02T00:00:00.000"'
    write(
        small,
        "Votes",
        [f'Id="{n}" PostId="1" VoteTypeId="{kind}" {day}' for n, kind in enumerate("22231")],
    )
    run(small)
    run(small)

    question = Question.objects.get()
    assert (question.up, question.down) == (3, 1)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "head",
    [
        '<!DOCTYPE posts [<!ENTITY a "b">]>',
        '<!DOCTYPE posts [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
    ],
)
def test_file_that_declares_entities_is_refused(small, head):
    write(small, "Posts", ['Id="1"'], head)

    with pytest.raises(CommandError, match="entities"):
        run(small)


@pytest.mark.django_db
def test_missing_files_are_named(tmp_path):
    with pytest.raises(CommandError, match=r"Posts\.xml"):
        run(tmp_path)
