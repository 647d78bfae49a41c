"""Lists of questions."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from core.pagination import Page, keyset_page
from forum.models import (
    Question,
    TaggedQuestion,
    written_by,
)
from forum.queries.marks import unread_by
from forum.queries.tags import among, tagged_with, under, without_muted
from forum.tags import folded
from people.models import Person

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
        questions = questions.filter(answer_count=0).open()
    rows: QuerySet[Question] = questions
    if tag and order_of(order, tag) == OF_A_TAG:
        rows = under(rows, tag)
    elif tag:
        rows = among(rows, tagged_with(tag))
    elif author is None and not with_muted:
        rows = without_muted(person, rows)
    if language:
        rows = rows.filter(language=language)
    if solved is not None:
        rows = rows.filter(Q(is_solved=solved))
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
    """Return one page of a list."""
    rows = listed(person, order=order, own=order == "mine", **filters)
    rows = rows.annotate(**unread_by(person, folded(filters.get("tag", ""))))
    return keyset_page(rows, order_of(order, filters.get("tag", "")), cursor)


def waiting_questions(person: Any, limit: int = 5) -> list[Question]:
    """Return the newest questions without an answer."""
    return list(listed(person, order="unanswered").order_by("-id")[:limit])


def answered(question_ids: Iterable[int]) -> set[int]:
    """Return which of these questions have an answer."""
    rows = Question.objects.filter(pk__in=set(question_ids), answer_count__gt=0)
    return set(rows.values_list("pk", flat=True))
