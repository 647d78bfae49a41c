"""Writing a copy of the forum; rows stream, so memory does not grow with them."""

import hashlib
import heapq
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from core.markup import RENDERER_VERSION
from core.models import Visibility
from forum.exchange import shapes
from forum.exchange.beside import TABLES, write_beside
from forum.exchange.files import files_copied, write_files
from forum.exchange.platforms import write_platforms
from forum.exchange.shapes import Facts, json_line, moment_text, post_number, write_xml
from forum.models import (
    Acceptance,
    Answer,
    Attestation,
    Comment,
    ExternalId,
    Question,
    Recheck,
    Revision,
    Tag,
    Vote,
)
from forum.queries import tags_of
from people.models import Person

CHUNK = 1000
TEXT = ("language", "source_format", "renderer_version", "revision", "wording")
EXTRA = (*TEXT, "visibility", "up", "down", "votes_before", "is_agreed", "pseudonym_id")
OF_QUESTION = ("facts", "site_domain")
OF_ANSWER = ("writer_count", "works_on", "rechecks")
OF_REVISION = ("why", "written_on", "reverts_to", "wording", "is_rewritten")


@dataclass(frozen=True)
class Rows:
    """What of the forum is copied: all of it, or what everyone sees."""

    questions: QuerySet[Question]
    answers: QuerySet[Answer]
    comments: QuerySet[Comment]
    revisions: QuerySet[Revision]
    acceptances: QuerySet[Acceptance]
    votes: QuerySet[Vote]
    attestations: QuerySet[Attestation]
    rechecks: QuerySet[Recheck]
    origins: QuerySet[ExternalId]
    is_public: bool

    def people(self) -> QuerySet[Person]:
        """Return who wrote, accepted or voted in this, or was imported with it."""
        mine = Q()
        for rows, name in (
            (self.questions, "author"),
            (self.answers, "author"),
            (self.comments, "author"),
            (self.revisions, "author"),
            (self.acceptances, "by"),
            (self.votes, "person"),
            (self.attestations, "person"),
            (self.rechecks, "outcome_by"),
        ):
            mine |= Q(Exists(rows.filter(**{name: OuterRef("pk")})))
        for table in TABLES:
            for name in table.people_told(public=self.is_public):
                told = table.rows(public=self.is_public).filter(**{name: OuterRef("pk")})
                mine |= Q(Exists(told))
        owned = files_copied(public=self.is_public).filter(owner=OuterRef("pk"))
        mine |= Q(Exists(owned))
        mine |= Q(Exists(self.origins.filter(kind="user", object_id=OuterRef("pk"))))
        return Person.objects.filter(mine)


def export_forum(folder: Path, *, public: bool = False) -> dict[str, int]:
    """Write the forum to a folder, made where missing; return how many rows each file has.

    public: leave out votes, what not everyone sees, and where imported rows came from.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rows = _public() if public else _all()
    with _one_moment():
        counts = _write(folder, rows) | write_beside(folder, public=public)
        counts |= write_files(folder, public=public)
        write_platforms(folder, public=public)
    manifest = {
        "format": shapes.FORMAT,
        "public": public,
        "renderer_version": RENDERER_VERSION,
        "rows": counts,
    }
    text = json.dumps(manifest, indent=2, sort_keys=True) + "\n"
    (folder / shapes.MANIFEST).write_text(text, encoding="utf-8", newline="\n")
    return counts


def sha256_of(folder: Path) -> str:
    """Return one SHA-256 of a copy: of the lines that sha256sum writes of its files, by path.

    The same as `find * -type f | LC_ALL=C sort | xargs sha256sum | sha256sum` in the folder.
    """
    whole = hashlib.sha256()
    paths = (path for path in folder.rglob("*") if path.is_file())
    names = {path.relative_to(folder).as_posix().encode(): path for path in paths}
    for name in sorted(names):
        with names[name].open("rb") as file:
            of_file = hashlib.file_digest(file, "sha256").hexdigest()
        whole.update(of_file.encode() + b"  " + name + b"\n")
    return whole.hexdigest()


@contextmanager
def _one_moment() -> Iterator[None]:
    """Let PostgreSQL show all files one moment. On SQLite a transaction would hold up all writing:
    there, export while nobody writes."""
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        yield
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def _all() -> Rows:
    return Rows(
        Question.objects.all(),
        Answer.objects.all(),
        Comment.objects.all(),
        Revision.objects.all(),
        Acceptance.objects.all(),
        Vote.objects.all(),
        Attestation.objects.all(),
        Recheck.objects.all(),
        ExternalId.objects.all(),
        is_public=False,
    )


def _public() -> Rows:
    questions = Question.objects.filter(visibility=Visibility.VISIBLE)
    answers = Answer.objects.filter(visibility=Visibility.VISIBLE, question__in=questions)
    comments = Comment.objects.filter(visibility=Visibility.VISIBLE, question__in=questions)
    return Rows(
        questions,
        answers,
        comments.filter(Q(answer=None) | Q(answer__in=answers)),
        Revision.objects.filter(Q(question__in=questions) | Q(answer__in=answers)),
        Acceptance.objects.filter(answer__in=answers, question__in=questions),
        Vote.objects.none(),
        Attestation.objects.none(),
        Recheck.objects.none(),
        ExternalId.objects.none(),
        is_public=True,
    )


def _write(folder: Path, rows: Rows) -> dict[str, int]:
    streams: dict[str, tuple[Callable[[Rows], Iterable[tuple[Facts, Facts | None]]], str]] = {
        "Users": (_people, "people"),
        "Tags": (_tags, "tags"),
        "Posts": (_posts, "posts"),
        "Comments": (_comments, "comments"),
        "Votes": (_votes, ""),
        "PostHistory": (_history, "revisions"),
    }
    counts = {}
    for name, (stream, beside) in streams.items():
        pairs = stream(rows)
        counts[name] = _write_pairs(folder / f"{name}.xml", beside, pairs)
    with (folder / "origins.jsonl").open("w", encoding="utf-8", newline="\n") as file:
        for row in rows.origins.order_by("pk").iterator(CHUNK):
            facts = {"source": row.source, "kind": row.kind}
            file.write(
                json_line({**facts, "external_id": row.external_id, "object_id": row.object_id})
            )
    return counts


def _write_pairs(path: Path, beside: str, pairs: Iterable[tuple[Facts, Facts | None]]) -> int:
    """Write the rows, and what goes beside them as it comes."""
    if not beside:
        return write_xml(path, (row for row, _extra in pairs))
    with (path.parent / f"{beside}.jsonl").open("w", encoding="utf-8", newline="\n") as file:

        def written() -> Iterator[Facts]:
            for row, extra in pairs:
                if extra is not None:
                    file.write(json_line(extra))
                yield row

        return write_xml(path, written())


def _people(rows: Rows) -> Iterator[tuple[Facts, Facts]]:
    for person in rows.people().order_by("pk").iterator(CHUNK):
        facts = {
            "Id": person.pk,
            "CreationDate": moment_text(person.joined_at),
            "DisplayName": person.display_name,
        }
        is_erased = person.state == Person.State.ERASED
        yield facts, {"id": person.pk, "handle": person.handle, "erased": is_erased}


def _tags(rows: Rows) -> Iterator[tuple[Facts, Facts]]:
    # What this copy holds of each; what a tag keeps (question_count) leaves out hidden questions.
    counted = Count("tagged", filter=Q(tagged__content_object__in=rows.questions))
    for tag in Tag.objects.annotate(times=counted).order_by("pk").iterator(CHUNK):
        facts = {"Id": tag.pk, "TagName": tag.name, "Count": tag.times}
        words = {"names": tag.names, "descriptions": tag.descriptions}
        yield facts, {"id": tag.pk, "slug": tag.slug, "merged_into": tag.merged_into_id, **words}


def _posts(rows: Rows) -> Iterator[tuple[Facts, Facts]]:
    """Yield questions and answers, merged in the order of their common Id."""
    accepted = rows.acceptances.filter(question=OuterRef("pk")).values("answer")
    questions = rows.questions.annotate(accepted=accepted).prefetch_related(tags_of())
    streams = (
        (_question(row) for row in questions.order_by("pk").iterator(CHUNK)),
        (_answer(row) for row in rows.answers.order_by("pk").iterator(CHUNK)),
    )
    yield from heapq.merge(*streams, key=lambda pair: pair[0]["Id"])


def _question(row: Any) -> tuple[Facts, Facts]:
    facts = _post(row, post_number(question_id=row.pk), shapes.QUESTION)
    facts["AcceptedAnswerId"] = (
        post_number(answer_id=row.accepted) if row.accepted is not None else None
    )
    facts["Title"] = row.title
    facts["Tags"] = shapes.tags_text(one.tag.name for one in row.tag_rows)
    facts["AnswerCount"] = row.answer_count
    facts["LastActivityDate"] = moment_text(row.active_at)
    return facts, _extra(row, facts["Id"], *OF_QUESTION)


def _answer(row: Answer) -> tuple[Facts, Facts]:
    facts = _post(row, post_number(answer_id=row.pk), shapes.ANSWER)
    facts["ParentId"] = post_number(question_id=row.question_id)
    facts["CommunityOwnedDate"] = moment_text(row.wiki_since) if row.wiki_since else None
    return facts, _extra(row, facts["Id"], *OF_ANSWER)


def _post(row: Question | Answer, number: int, kind: str) -> Facts:
    return {
        "Id": number,
        "PostTypeId": kind,
        "CreationDate": moment_text(row.created_at),
        "Score": row.score,
        "Body": row.html,
        "OwnerUserId": row.author_id,
        "LastEditDate": moment_text(row.edited_at) if row.edited_at else None,
    }


def _extra(row: Any, number: int, *names: str) -> Facts:
    return {"id": number, **{name: getattr(row, name) for name in ("source", *EXTRA, *names)}}


def _comments(rows: Rows) -> Iterator[tuple[Facts, Facts]]:
    for row in rows.comments.order_by("pk").iterator(CHUNK):
        facts = {
            "Id": row.pk,
            "PostId": post_number(question_id=row.question_id, answer_id=row.answer_id),
            "Score": row.score,
            "Text": row.source,
            "CreationDate": moment_text(row.created_at),
            "UserId": row.author_id,
            "LastEditDate": moment_text(row.edited_at) if row.edited_at else None,
        }
        yield facts, _extra(row, row.pk, "html", "question_id")


def _votes(rows: Rows) -> Iterator[tuple[Facts, None]]:
    """Yield votes and acceptances, merged in the order of their common Id."""
    streams = (
        (_vote(row) for row in rows.votes.order_by("pk").iterator(CHUNK)),
        (_acceptance(row) for row in rows.acceptances.order_by("pk").iterator(CHUNK)),
    )
    for facts in heapq.merge(*streams, key=lambda facts: facts["Id"]):
        yield facts, None


def _vote(row: Vote) -> Facts:
    return {
        "Id": 2 * row.pk,
        "PostId": post_number(question_id=row.question_id, answer_id=row.answer_id),
        "VoteTypeId": shapes.UP if row.value == 1 else shapes.DOWN,
        "CreationDate": moment_text(row.at),
        "UserId": row.person_id,
        "Revision": row.revision,
        "Wording": row.wording,
    }


def _acceptance(row: Acceptance) -> Facts:
    return {
        "Id": 2 * row.pk + 1,
        "PostId": post_number(answer_id=row.answer_id),
        "VoteTypeId": shapes.ACCEPTED,
        "CreationDate": moment_text(row.at),
        "UserId": row.by_id,
        # Once merged, it is another than the one the answer stands under.
        "QuestionId": post_number(question_id=row.question_id),
    }


def _history(rows: Rows) -> Iterator[tuple[Facts, Facts | None]]:
    """Yield each text as it stood; of a question its title and tags too."""
    for row in rows.revisions.order_by("pk").iterator(CHUNK):
        later = row.number > 1
        same = {
            "PostId": post_number(question_id=row.question_id, answer_id=row.answer_id),
            "RevisionGUID": f"{row.pk:032x}",
            "CreationDate": moment_text(row.at),
            "UserId": row.author_id,
        }
        extra = {"id": row.pk, "number": row.number, "source": row.source}
        extra |= {name: getattr(row, name) for name in OF_REVISION}
        parts = [(shapes.BODY, row.source)]
        if row.question_id is not None:
            parts += [(shapes.TITLE, row.title), (shapes.TAGS, shapes.tags_text(row.tags))]
        for index, (kinds, text) in enumerate(parts):
            facts = {"Id": 3 * row.pk + index, "PostHistoryTypeId": kinds[later], **same}
            yield {**facts, "Text": text}, extra if index == 0 else None
