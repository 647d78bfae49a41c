"""The answers of a question in the order of their places, of which a page shows some."""

from collections.abc import Iterable
from typing import Any

from forum.models import ANSWERS_A_PAGE, Answer, Question, seen_by
from forum.ranking import Place

TEXTS = ("source", "html")


def answers_of(person: Any, question: Question) -> list[Answer]:
    """Return all answers one may see, the oldest first; of more than fill a page without their
    texts, which with_texts() adds to those that are shown. One query, for moderators perhaps two.
    """
    rows = Answer.objects.filter(question=question).filter(seen_by(person))
    rows = rows.select_related("author", "pseudonym").order_by("pk")
    answers: list[Answer] = []
    is_short = question.answer_count <= ANSWERS_A_PAGE
    if is_short:
        answers = list(rows[: ANSWERS_A_PAGE + 1])
    if not is_short or len(answers) > ANSWERS_A_PAGE:
        answers = list(rows.defer(*TEXTS))
    for answer in answers:
        answer.question = question
    return answers


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
    """Give answers their texts where they were read without. One query, or none."""
    bare = {row.pk: row for row in answers if row.get_deferred_fields()}
    if not bare:
        return
    for pk, source, html in Answer.objects.filter(pk__in=bare).values_list("pk", *TEXTS):
        bare[pk].source, bare[pk].html = source, html
