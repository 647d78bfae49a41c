"""What dumps have no place for, each table in a file of its own. A copy without one of these files
is an older one, and has none of them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Model, Q, QuerySet

from core.markup import clean
from core.models import Visibility
from forum.actions import keep_rendered_in
from forum.exchange.shapes import Facts, json_line, moment_of, moment_text, read_json
from forum.models import (
    Closure,
    Comment,
    CommentRevision,
    Guide,
    GuideEditor,
    GuideRevision,
    Lock,
    MovedPost,
    Pseudonym,
    Question,
    Relocation,
    Rendition,
    Suggestion,
    TagMerge,
    TagName,
)
from forum.stackexchange import chunks
from search.actions import index_things

CHUNK = 1000
VISITOR = AnonymousUser()
MOMENTS = ("at", "undone_at", "created_at", "edited_at", "decided_at", "since")
TEXT = ("language", "source", "source_format", "html", "renderer_version", "revision")
POST = ("author_id", "created_at", "edited_at", "visibility", "from_revision", "title")
UNDOING = ("by_id", "at", "undone_by_id", "undone_at")
KEPT = ("number", "source", "author_id", "at", "is_rewritten")
OF_GUIDE = (*KEPT, "title", "summary", "from_revision")
DECIDING = ("author_id", "at", "state", "decided_by_id", "decided_at", "reason", "became")
Which = Callable[[QuerySet[Any]], QuerySet[Any]]


def everyone(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows


def nobody(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.none()


def seen(rows: Any) -> QuerySet[Any]:
    return rows.visible_to(VISITOR)  # type: ignore[no-any-return]


def of_seen_guides(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.filter(guide__in=Guide.objects.visible_to(VISITOR))


def of_seen_comments(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.filter(comment__in=Comment.objects.visible_to(VISITOR))


def of_seen_questions(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.filter(question__visibility=Visibility.VISIBLE)


def of_seen_duplicates(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Return closures without those that lead to a question that not everyone sees."""
    is_seen = Q(original=None) | Q(original__visibility=Visibility.VISIBLE)
    return of_seen_questions(rows).filter(is_seen)


@dataclass(frozen=True)
class Table:
    """A table with its file. fields: all that is copied; people: columns that name people.

    public: which rows of it everyone sees. untold: whom of the people a public copy leaves out.
    """

    name: str
    model: type[Model]
    fields: tuple[str, ...]
    people: tuple[str, ...] = ()
    public: Which = everyone
    untold: tuple[str, ...] = ()

    def rows(self, *, public: bool) -> QuerySet[Any]:
        """Return what is copied: all, or what everyone sees."""
        every: Any = self.model._default_manager.all()
        return self.public(every) if public else every

    def columns(self, *, public: bool) -> tuple[str, ...]:
        left_out = {f"{name}_id" for name in self.untold} if public else set()
        return tuple(name for name in self.fields if name not in left_out)

    def people_told(self, *, public: bool) -> tuple[str, ...]:
        return tuple(name for name in self.people if not (public and name in self.untold))


# Not public: how tags and questions were merged and split, which tells of questions that not
# everyone sees, and suggestions, which are between who makes one and who decides.
TABLES = (
    Table("words", TagName, ("id", "tag_id", "language", "name", "name_folded")),
    Table(
        "merges",
        TagMerge,
        ("id", "tag_id", "into_id", *UNDOING, "moved", "dropped"),
        ("by", "undone_by"),
        nobody,
    ),
    Table("guides", Guide, ("id", *TEXT, *POST, "summary", "original_id"), ("author",), seen),
    Table(
        "guide-revisions",
        GuideRevision,
        ("id", "guide_id", *OF_GUIDE),
        ("author",),
        of_seen_guides,
    ),
    Table(
        "comment-revisions",
        CommentRevision,
        ("id", "comment_id", *KEPT),
        ("author",),
        of_seen_comments,
    ),
    Table(
        "guide-editors",
        GuideEditor,
        ("id", "guide_id", "person_id", "by_id", "at"),
        ("person", "by"),
        of_seen_guides,
    ),
    Table(
        "renditions",
        Rendition,
        ("id", *TEXT, *POST, "question_id", "answer_id"),
        ("author",),
        seen,
    ),
    Table("pseudonyms", Pseudonym, ("id", "since")),  # not of whom
    Table(
        "closures",
        Closure,
        ("id", "question_id", "reason", "original_id", "by_id", "by_asker", "at"),
        ("by",),
        of_seen_duplicates,
    ),
    Table(
        "locks",
        Lock,
        ("id", "question_id", "reason", "by_id", "at"),
        ("by",),
        of_seen_questions,
        untold=("by",),
    ),
    Table(
        "relocations",
        Relocation,
        ("id", "kind", "question_id", "into_id", "reason", "closed", *UNDOING),
        ("by", "undone_by"),
        nobody,
    ),
    Table(
        "moved-posts",
        MovedPost,
        ("id", "relocation_id", "answer_id", "comment_id", "from_question_id", "from_answer_id"),
        public=nobody,
    ),
    Table(
        "suggestions",
        Suggestion,
        (
            *("id", "question_id", "answer_id", "revision", "title", "source", "tags", "why"),
            *("score", "reasons", *DECIDING),
        ),
        ("author", "decided_by"),
        nobody,
    ),
)
MODELS = tuple(table.model for table in TABLES)


def write_beside(folder: Path, *, public: bool) -> dict[str, int]:
    """Write each table to its file, in the order of ids; return how many rows each has."""
    counts = {}
    for table in TABLES:
        rows = table.rows(public=public).order_by("pk")
        rows = rows.values(*table.columns(public=public))
        with (folder / f"{table.name}.jsonl").open("w", encoding="utf-8", newline="\n") as file:
            counts[table.name] = 0
            for facts in rows.iterator(CHUNK):
                file.write(json_line(_without_rows(table, _written(facts))))
                counts[table.name] += 1
    return counts


def _written(facts: Facts) -> Facts:
    return {
        name: moment_text(value) if name in MOMENTS and value else value
        for name, value in facts.items()
    }


def _without_rows(table: Table, facts: Facts) -> Facts:
    """Return a merge without the ids of rows that a copy does not keep."""
    if table.model is TagMerge:
        facts["dropped"] = [[question, None] for question, _row in facts["dropped"]]
    return facts


def read_beside(folder: Path) -> None:
    """Bring each table in, after all that it points to. Texts pass the allow-list again."""
    for table in TABLES:
        path = folder / f"{table.name}.jsonl"
        if path.is_file():
            for chunk in chunks(read_json(path)):
                made = table.model._default_manager.bulk_create(
                    table.model(**facts) for facts in _read(chunk)
                )
                if table.model in (Guide, Rendition):
                    kind = f"forum.{table.model.__name__.lower()}"
                    index_things(kind, [row.pk for row in made])
    for question in Question.objects.filter(renditions__isnull=False).distinct():
        keep_rendered_in(question)
    counted = Question.objects.annotate(times=Count("duplicates")).filter(times__gt=0)
    for pk, times in counted.values_list("pk", "times"):
        Question.objects.filter(pk=pk).update(duplicate_count=times)


def _read(rows: list[Facts]) -> Iterator[Facts]:
    for facts in rows:
        for name in MOMENTS:
            if facts.get(name):
                facts[name] = moment_of(facts[name])
        if "html" in facts:
            facts["html"] = clean(facts["html"])
        yield facts
