"""Rows that someone is about to change, locked."""

from functools import lru_cache
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from core.errors import NotSeen
from core.prepared import Prepared
from forum.models import Closure, Lease, Lock, Question
from people.models.standing import Held, held_by, stand_in


def question_to_change(person: Any, question_id: int) -> Any:
    """Return a question one may see, locked until the transaction ends. Raises NotSeen.

    `leased_to` is whose lease there was, running or not, when the row was asked for.
    """
    for question in _question_seen(held_by(person))(person.pk, question_id):
        return question
    raise NotSeen


@lru_cache(maxsize=256)
def _question_seen(held: Held) -> Prepared[Question]:
    def build(person_id: int, question_id: int) -> QuerySet[Question]:
        rows = Question.objects.visible_to(stand_in(person_id, held)).filter(pk=question_id)
        leases = Lease.objects.filter(question=OuterRef("pk")).values("person")
        return rows.annotate(leased_to=Subquery(leases[:1])).select_for_update(of=("self",))

    return Prepared(build)


def barriers_of(question_id: int) -> Any:
    """Return what stops whom: `is_locked` and `is_closed` of a question that is there.

    Asked for after its row is locked: who closes or locks it meanwhile waits for that.
    """
    return _barriers(question_id)[0]


def _of_question(model: Any) -> Exists:
    return Exists(model.objects.filter(question=OuterRef("pk")))


_barriers: Prepared[Question] = Prepared(
    lambda question_id: (
        Question.objects.filter(pk=question_id)
        .only("pk")
        .annotate(is_locked=_of_question(Lock), is_closed=_of_question(Closure))
    )
)
