"""Rows that someone is about to change, locked."""

from functools import lru_cache
from typing import Any

from django.db.models import QuerySet

from core.errors import NotSeen
from core.prepared import Prepared
from forum.models import Question
from people.models.standing import Held, held_by, stand_in


def question_to_change(person: Any, question_id: int) -> Question:
    """Return a question one may see, locked until the transaction ends. Raises NotSeen."""
    for question in _question_seen(held_by(person))(person.pk, question_id):
        return question
    raise NotSeen


@lru_cache(maxsize=256)
def _question_seen(held: Held) -> Prepared[Question]:
    def build(person_id: int, question_id: int) -> QuerySet[Question]:
        rows = Question.objects.visible_to(stand_in(person_id, held)).filter(pk=question_id)
        return rows.select_for_update(of=("self",))

    return Prepared(build)
