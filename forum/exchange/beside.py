"""What dumps have no place for, each table in a file of its own: words for tags, merges, guides,
translations. A copy without one of these files is an older one, and has none of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, QuerySet

from core.markup import clean
from forum.actions import keep_rendered_in
from forum.exchange.shapes import Facts, json_line, moment_of, moment_text, read_json
from forum.models import (
    Guide,
    GuideEditor,
    GuideRevision,
    Question,
    Rendition,
    TagMerge,
    TagName,
)
from forum.stackexchange import chunks
from search.actions import index_things

CHUNK = 1000
MOMENTS = ("at", "undone_at", "created_at", "edited_at")
TEXT = ("language", "source", "source_format", "html", "renderer_version", "revision")
POST = ("author_id", "created_at", "edited_at", "visibility", "from_revision", "title")


@dataclass(frozen=True)
class Table:
    """A table with its file. people: columns that name people. fields: all that is copied."""

    name: str
    model: type[Model]
    fields: tuple[str, ...]
    people: tuple[str, ...] = ()

    def rows(self, *, public: bool) -> QuerySet[Any]:
        """Return what is copied: all, or what everyone sees."""
        every: Any = self.model._default_manager.all()
        if not public:
            return every  # type: ignore[no-any-return]
        if self.model is TagMerge:  # it tells of questions that not everyone sees
            return every.none()  # type: ignore[no-any-return]
        if hasattr(every, "visible_to"):
            return every.visible_to(AnonymousUser())  # type: ignore[no-any-return]
        if self.model in (GuideRevision, GuideEditor):
            return every.filter(guide__in=Guide.objects.visible_to(AnonymousUser()))  # type: ignore[no-any-return]
        return every  # type: ignore[no-any-return]


TABLES = (
    Table("words", TagName, ("id", "tag_id", "language", "name", "name_folded")),
    Table(
        "merges",
        TagMerge,
        (
            "id",
            "tag_id",
            "into_id",
            "by_id",
            "at",
            "undone_by_id",
            "undone_at",
            "moved",
            "dropped",
        ),
        ("by", "undone_by"),
    ),
    Table("guides", Guide, ("id", *TEXT, *POST, "summary", "original_id"), ("author",)),
    Table(
        "guide-revisions",
        GuideRevision,
        (
            "id",
            "guide_id",
            "number",
            "title",
            "summary",
            "source",
            "from_revision",
            "author_id",
            "at",
        ),
        ("author",),
    ),
    Table(
        "guide-editors",
        GuideEditor,
        ("id", "guide_id", "person_id", "by_id", "at"),
        ("person", "by"),
    ),
    Table("renditions", Rendition, ("id", *TEXT, *POST, "question_id", "answer_id"), ("author",)),
)
MODELS = tuple(table.model for table in TABLES)


def write_beside(folder: Path, *, public: bool) -> dict[str, int]:
    """Write each table to its file, in the order of ids; return how many rows each has."""
    counts = {}
    for table in TABLES:
        rows = table.rows(public=public).order_by("pk").values(*table.fields)
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


def _read(rows: list[Facts]) -> Iterator[Facts]:
    for facts in rows:
        for name in MOMENTS:
            if facts.get(name):
                facts[name] = moment_of(facts[name])
        if "html" in facts:
            facts["html"] = clean(facts["html"])
        yield facts
