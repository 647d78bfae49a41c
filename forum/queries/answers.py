"""The answers of a question in the order of their places, of which a page shows some."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet

from core.files import has_files
from core.prepared import Prepared, give
from forum.models import ANSWERS_A_PAGE, Answer, Question, seen_by
from forum.ranking import Place
from people.models.standing import Held, read_by, stand_in

TEXTS = ("source", "html")


def answers_of(person: Any, question: Question) -> list[Answer]:
    """Return all answers one may see, the oldest first; of more than fill a page without their
    texts, which with_texts() adds to those that are shown. One query, for moderators perhaps two.
    """
    held, reader_id = read_by(person), person.pk or 0
    answers: list[Answer] = []
    is_short = question.answer_count <= ANSWERS_A_PAGE
    if is_short:
        answers = _answers_read_by(held, with_texts=True)(reader_id, question.pk)
    if not is_short or len(answers) > ANSWERS_A_PAGE:
        answers = _answers_read_by(held, with_texts=False)(reader_id, question.pk)
    for answer in answers:
        give(answer, "question", question)
    return answers


@lru_cache(maxsize=512)
def _answers_read_by(held: Held | None, *, with_texts: bool) -> Prepared[Answer]:
    """Return the query of a question's answers, by ids of reader and question; with their texts
    as many as show that there are more than fill a page."""

    def build(reader_id: int, question_id: int) -> QuerySet[Answer]:
        rows = Answer.objects.filter(question=question_id)
        rows = rows.filter(seen_by(stand_in(reader_id, held)))
        rows = rows.select_related("author", "pseudonym").order_by("pk")
        if with_texts:
            return _with_has_files(rows)[: ANSWERS_A_PAGE + 1]
        return rows.defer(*TEXTS)

    return Prepared(build)


def in_order(places: Iterable[Place]) -> list[Place]:
    """Return places as pages show them: as they stand, but the accepted one on the first page."""
    order = list(places)
    at = next((index for index, place in enumerate(order) if place.is_accepted), 0)
    if at >= ANSWERS_A_PAGE:
        order.insert(ANSWERS_A_PAGE - 1, order.pop(at))
    return order


def start_of(order: Iterable[Place], answer_id: int) -> int:
    """Return where the page begins that shows an answer; the first page for any other id."""
    ids = [place.answer.pk for place in order]
    at = ids.index(answer_id) if answer_id in ids else 0
    return at - at % ANSWERS_A_PAGE


def with_texts(answers: Iterable[Answer]) -> None:
    """Give answers their texts, and whether they have files, where they were read without. One
    query, or none."""
    bare = {row.pk: row for row in answers if row.get_deferred_fields()}
    if not bare:
        return
    rows = _with_has_files(Answer.objects.filter(pk__in=bare))
    for pk, source, html, has_some in rows.values_list("pk", *TEXTS, "has_files"):
        row: Any = bare[pk]
        row.source, row.html, row.has_files = source, html, has_some


def _with_has_files(rows: QuerySet[Answer]) -> QuerySet[Answer]:
    return rows.annotate(has_files=has_files("forum.answer"))
