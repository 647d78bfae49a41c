"""Lists of questions."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import Prefetch, QuerySet

from core.pagination import PAGE_SIZE, Page, first_page, keyset_page
from core.prepared import Prepared, PreparedByIds
from forum.models import (
    Question,
    TaggedQuestion,
    written_by,
)
from forum.queries.marks import unread_by, unread_since, with_unread
from forum.queries.tags import among, tagged_with, under, without_muted
from people.models import Person
from people.models.standing import Held, read_by, stand_in

ORDERS: dict[str, tuple[str, ...]] = {
    "newest": ("-id",),
    "unanswered": ("-id",),
    "active": ("-active_at", "-id"),
    "mine": ("-id",),
}
OF_A_TAG = ("-place",)  # newest first too: see queries.tags.under


def order_of(name: str, tag: str = "") -> tuple[str, ...]:
    """Return by which fields a list is ordered; tag: that of the list, if it is one of a tag."""
    return OF_A_TAG if tag and ORDERS[name] == ("-id",) else ORDERS[name]


def listed(
    person: Any,
    *,
    order: str = "newest",
    tag: str = "",
    language: str = "",
    solved: bool | None = None,
    author: Person | None = None,
    own: bool = False,
    with_muted: bool = False,
) -> QuerySet[Question]:
    """Return the questions of a list, with author and tags, to be ordered as order_of() says.

    author: those that bear this name. own: those the reader asked, with or without a name.
    Tags one muted are left out, unless it is a list of a tag or of a person, or `with_muted`.
    """
    questions = Question.objects.visible_to(person).with_state()
    if order == "unanswered":
        by_tag = bool(tag) or with_muted
        questions = questions.waiting_walked() if by_tag else questions.waiting()
    if solved is not None:
        questions = questions.solved(solved)
    rows: QuerySet[Question] = questions
    if tag and order_of(order, tag) == OF_A_TAG:
        rows = under(rows, tag)
    elif tag:
        rows = among(rows, tagged_with(tag))
    elif author is None and not with_muted:
        rows = without_muted(person, rows)
    if language:
        rows = rows.filter(language=language)
    if author is not None:
        rows = rows.filter(author=author)
    if own:
        rows = rows.filter(written_by(person))
    return rows.select_related("author").defer("html", "source").prefetch_related(tags_of())


def tags_of(path: str = "tagged") -> Any:
    """Return the prefetch of tags in one query: each row has `tag_rows`, with their tag's name.

    path: to the tags of a question, from another row.
    """
    return Prefetch(path, tagged_rows(), to_attr="tag_rows")


def tagged_rows() -> QuerySet[TaggedQuestion]:
    """Return what `tag_rows` are made of, in the order the tags were given."""
    rows: QuerySet[TaggedQuestion] = TaggedQuestion.objects.select_related("tag").order_by("pk")
    return rows.only("content_object_id", "tag__name", "tag__names")


def list_page(person: Any, *, order: str, cursor: str | None, **filters: Any) -> Page[Question]:
    """Return one page of a list; filters: as listed() takes them."""
    asked = {name: value for name, value in filters.items() if value not in (None, "")}
    if not cursor and asked.keys() <= {"language", "solved"}:
        return first_page(_first_rows(person, order, **asked), order_of(order))
    rows = listed(person, order=order, own=order == "mine", **filters)
    tag = filters.get("tag", "")
    return keyset_page(with_unread(person, rows, tag), order_of(order, tag), cursor)


def _first_rows(person: Any, order: str, **filters: Any) -> list[Question]:
    """Return the first rows of a list that most read, and one more: by statements that are kept."""
    rows = _firsts_read_by(read_by(person), order, **filters)(person.pk or 0, unread_since(person))
    tagged = tagged_by_question({row.pk for row in rows})
    for row in rows:
        row.tag_rows = tagged.get(row.pk, [])
    return rows


@lru_cache(maxsize=512)
def _firsts_read_by(held: Held | None, order: str, **filters: Any) -> Prepared[Any]:
    def build(reader_id: int, since: datetime) -> QuerySet[Question]:
        reader = stand_in(reader_id, held)
        rows = listed(reader, order=order, own=order == "mine", **filters)
        rows = rows.annotate(**unread_by(reader, since)).prefetch_related(None)
        return rows.order_by(*order_of(order))[: PAGE_SIZE + 1]

    return Prepared(build)


_tags_of_questions = PreparedByIds(
    lambda ids: tagged_rows().filter(content_object__in=ids).order_by()
)


def tagged_by_question(question_ids: set[int]) -> dict[int, list[TaggedQuestion]]:
    """Return the tags of these questions, each in the order they were given; one query."""
    found: dict[int, list[TaggedQuestion]] = defaultdict(list)
    for _pk, row in sorted(_tags_of_questions(question_ids).items()):
        found[row.content_object_id].append(row)
    return found


def waiting_questions(person: Any, limit: int = 5) -> list[Question]:
    """Return the newest questions without an answer."""
    return list(listed(person, order="unanswered").order_by("-id")[:limit])


def answered(question_ids: Iterable[int]) -> set[int]:
    """Return which of these questions have an answer."""
    rows = Question.objects.filter(pk__in=set(question_ids), answer_count__gt=0)
    return set(rows.values_list("pk", flat=True))
