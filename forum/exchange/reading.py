"""Reading a copy into an empty site: the same ids, chunk by chunk."""

import itertools
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models import Model

from core.markup import clean
from core.models import StoredFile
from forum.actions import tag_imported
from forum.exchange import platforms, shapes
from forum.exchange.beside import MODELS, read_beside
from forum.exchange.files import read_files
from forum.exchange.shapes import Facts, Row, moment_of, read_json
from forum.exchange.writing import EXTRA, OF_ANSWER, OF_QUESTION, OF_REVISION
from forum.models import (
    Acceptance,
    Answer,
    Comment,
    ExternalId,
    Question,
    Revision,
    Tag,
    TaggedQuestion,
    Vote,
)
from forum.stackexchange import DumpError, chunks, rows_of
from forum.tags import folded, keep_forms, plain
from people.models import Person
from people.models.person import folded as folded_handle
from search.actions import index_things

KEPT: tuple[type[Model], ...] = (
    Person,
    Tag,
    Question,
    Answer,
    Comment,
    Revision,
    Acceptance,
    Vote,
    ExternalId,
    StoredFile,
    *MODELS,
    *platforms.KEPT,
)
Pair = tuple[Row, Facts]


class NotEmptyError(ValueError):
    """There is something here already, which a copy with its own ids would run into."""


@transaction.atomic
def import_forum(folder: Path) -> dict[str, int]:
    """Bring a copy into this site, all of it or nothing; return how many rows each file had.

    Texts pass the allow-list again, and files the look at uploads: a copy cannot bring in what
    nobody could write or send here. Raises NotEmptyError, DumpError.
    """
    _check(folder)
    steps: dict[str, Callable[[list[Any]], None]] = {
        "Users": _import_people,
        "Tags": _import_tags,
        "Posts": _import_posts,
        "Comments": _import_comments,
    }
    beside = {"Users": "people", "Tags": "tags", "Posts": "posts", "Comments": "comments"}
    counts = {}
    for name, step in steps.items():
        extras = read_json(folder / f"{beside[name]}.jsonl")
        counts[name] = _each(_together(rows_of(folder / f"{name}.xml"), extras), step)
    counts["Votes"] = _each(rows_of(folder / "Votes.xml"), _import_votes)
    counts["PostHistory"] = _each(_histories(folder), _import_revisions)
    _each(read_json(folder / "origins.jsonl"), _import_origins)
    read_beside(folder)
    keep_forms()
    platforms.read_platforms(folder)
    counts["files"] = read_files(folder)
    _let_ids_go_on()
    return counts


def _check(folder: Path) -> None:
    manifest = folder / shapes.MANIFEST
    if not manifest.is_file():
        raise DumpError(f"{folder} holds no copy of a forum: {shapes.MANIFEST} is missing.")
    if json.loads(manifest.read_text(encoding="utf-8")).get("format") != shapes.FORMAT:
        raise DumpError(f"This copy has another format than {shapes.FORMAT}.")
    names = ("Users", "Tags", "Posts", "Comments", "Votes", "PostHistory")
    files = [*(f"{name}.xml" for name in names), "origins.jsonl", "revisions.jsonl"]
    files += [f"{name}.jsonl" for name in ("people", "tags", "posts", "comments")]
    missing = [name for name in files if not (folder / name).is_file()]
    if missing:
        raise DumpError(f"Not in {folder}: {', '.join(missing)}")
    for model in KEPT:
        if model._default_manager.exists():
            raise NotEmptyError(
                f"This site has rows of {model._meta.verbose_name}: it is not empty. "
                "Bring the copy into a new database: set ENTRAIDE_VAR to a new folder, and run "
                "manage.py migrate first (README.md, Commands)."
            )


def _together(rows: Iterable[Row], extras: Iterable[Facts]) -> Iterator[Pair]:
    """Yield each row with what stands beside it. Raises DumpError when they do not go together."""
    for row, extra in itertools.zip_longest(rows, extras):
        if row is None or extra is None or int(row["Id"]) != extra["id"]:
            raise DumpError("The XML and the JSON of this copy do not go together.")
        yield row, extra


def _each(rows: Iterable[Any], step: Callable[[list[Any]], None]) -> int:
    count = 0
    for chunk in chunks(rows):
        step(chunk)
        count += len(chunk)
    return count


def _number(text: str | None) -> int | None:
    return int(text) if text else None


def _moment(text: str | None) -> datetime | None:
    return moment_of(text) if text else None


def _import_people(pairs: list[Pair]) -> None:
    states = {True: Person.State.ERASED, False: Person.State.IMPORTED}
    Person.objects.bulk_create(
        Person(
            pk=extra["id"],
            handle=extra["handle"],
            handle_folded=folded_handle(extra["handle"]),
            display_name=row["DisplayName"],
            state=states[extra["erased"]],
            password="!",  # noqa: S106  (Django's mark of a password nobody can type)
            joined_at=moment_of(row["CreationDate"]),
        )
        for row, extra in pairs
    )


def _import_tags(pairs: list[Pair]) -> None:
    Tag.objects.bulk_create(
        Tag(
            pk=extra["id"],
            name=row["TagName"],
            name_folded=folded(row["TagName"]),
            name_plain=plain(row["TagName"]),
            slug=extra["slug"],
            names=extra.get("names", {}),
            descriptions=extra.get("descriptions", {}),
            merged_into_id=extra.get("merged_into"),
        )
        for row, extra in pairs
    )


def _import_posts(pairs: list[Pair]) -> None:
    """An answer may stand before its question: the database looks at the end of it all."""
    questions = [pair for pair in pairs if pair[0]["PostTypeId"] == shapes.QUESTION]
    Question.objects.bulk_create(
        Question(
            pk=extra["id"] // 2,
            title=row["Title"],
            answer_count=int(row["AnswerCount"]),
            active_at=moment_of(row["LastActivityDate"]),
            **_known(extra, OF_QUESTION),
            **_written(row, extra, row["Body"]),
        )
        for row, extra in questions
    )
    _tag(questions)
    Answer.objects.bulk_create(
        Answer(
            pk=extra["id"] // 2,
            question_id=int(row["ParentId"]) // 2,
            wiki_since=_moment(row.get("CommunityOwnedDate")),
            **_known(extra, OF_ANSWER),
            **_written(row, extra, row["Body"]),
        )
        for row, extra in pairs
        if row["PostTypeId"] == shapes.ANSWER
    )
    index_things("forum.question", [extra["id"] // 2 for _row, extra in questions])


def _tag(questions: list[Pair]) -> None:
    names = {extra["id"] // 2: shapes.tags_of(row["Tags"]) for row, extra in questions}
    every = {name for found in names.values() for name in found}
    tags = dict(Tag.objects.filter(name__in=every).values_list("name", "pk"))
    tag_imported(
        TaggedQuestion(content_object_id=question, tag_id=tags[name])
        for question, found in names.items()
        for name in found
    )


def _written(row: Row, extra: Facts, html: str) -> Facts:
    author = row.get("OwnerUserId") or row.get("UserId")
    return {
        "author_id": _number(author),
        "created_at": moment_of(row["CreationDate"]),
        "edited_at": _moment(row.get("LastEditDate")),
        "source": extra["source"],
        "html": clean(html),
        **_known(extra, EXTRA),
    }


def _known(extra: Facts, names: Iterable[str]) -> Facts:
    """Return these facts but for those that a copy from before there were any does not have."""
    return {name: extra[name] for name in names if name in extra}


def _import_comments(pairs: list[Pair]) -> None:
    Comment.objects.bulk_create(
        Comment(
            pk=extra["id"],
            question_id=extra["question_id"],
            answer_id=_answer_id(row["PostId"]),
            **_written(row, extra, extra["html"]),
        )
        for row, extra in pairs
    )


def _answer_id(post: str) -> int | None:
    return int(post) // 2 if int(post) % 2 else None


def _question_id(post: str) -> int | None:
    return None if int(post) % 2 else int(post) // 2


def _import_votes(rows: list[Row]) -> None:
    Vote.objects.bulk_create(
        Vote(
            pk=int(row["Id"]) // 2,
            person_id=int(row["UserId"]),
            question_id=_question_id(row["PostId"]),
            answer_id=_answer_id(row["PostId"]),
            value=1 if row["VoteTypeId"] == shapes.UP else -1,
            at=moment_of(row["CreationDate"]),
            revision=_number(row.get("Revision")),
            wording=_number(row.get("Wording")) or 1,
        )
        for row in rows
        if row["VoteTypeId"] != shapes.ACCEPTED
    )
    accepting = [row for row in rows if row["VoteTypeId"] == shapes.ACCEPTED]
    answers = [int(row["PostId"]) // 2 for row in accepting]
    questions = dict(Answer.objects.filter(pk__in=answers).values_list("pk", "question_id"))
    Acceptance.objects.bulk_create(
        Acceptance(
            pk=int(row["Id"]) // 2,
            question_id=_question_id(row.get("QuestionId", row["PostId"])) or questions[answer],
            answer_id=answer,
            by_id=_number(row.get("UserId")),
            at=moment_of(row["CreationDate"]),
        )
        for row, answer in zip(accepting, answers, strict=True)
    )


def _histories(folder: Path) -> Iterator[tuple[list[Row], Facts]]:
    """Yield the lines of each revision with what stands beside it."""
    rows = itertools.groupby(
        rows_of(folder / "PostHistory.xml"), key=lambda row: int(row["Id"]) // 3
    )
    extras = read_json(folder / "revisions.jsonl")
    for (number, lines), extra in zip(rows, extras, strict=True):
        if number != extra["id"]:
            raise DumpError("PostHistory.xml and revisions.jsonl do not go together.")
        yield list(lines), extra


def _import_revisions(found: list[tuple[list[Row], Facts]]) -> None:
    Revision.objects.bulk_create(_revision(lines, extra) for lines, extra in found)


def _revision(lines: list[Row], extra: Facts) -> Revision:
    texts = {row["PostHistoryTypeId"]: row["Text"] for row in lines}
    first = lines[0]
    return Revision(
        pk=extra["id"],
        number=extra["number"],
        source=extra["source"],
        title=next((texts[kind] for kind in shapes.TITLE if kind in texts), ""),
        tags=next((shapes.tags_of(texts[kind]) for kind in shapes.TAGS if kind in texts), []),
        question_id=_question_id(first["PostId"]),
        answer_id=_answer_id(first["PostId"]),
        author_id=_number(first.get("UserId")),
        at=moment_of(first["CreationDate"]),
        **_known(extra, OF_REVISION),
    )


def _import_origins(rows: list[Facts]) -> None:
    ExternalId.objects.bulk_create(ExternalId(**row) for row in rows)


def _let_ids_go_on() -> None:
    """Let the database count on from the highest id that came in."""
    statements = connection.ops.sequence_reset_sql(no_style(), list(KEPT))
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
