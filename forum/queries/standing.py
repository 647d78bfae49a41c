"""What stands at the head of a question: closed, locked, a duplicate, someone on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from core.models import Visibility
from core.prepared import Prepared
from forum import rules
from forum.models import Closure, Lease, Lock, Question

JOINED = (
    "author",
    "acceptance__answer",
    "pseudonym",
    "closure__by",
    "lock",
    "lease__person",
)
NOT_READ = ("acceptance__answer__html", "acceptance__answer__source")
MOST_DUPLICATES = 5


@dataclass(frozen=True)
class Standing:
    """What the reader is told of a question, and what they may do with it."""

    closure: Closure | None
    original: Question | None
    solution_path: str
    lock: Lock | None
    lease: Lease | None
    is_on_it: bool
    duplicates: Sequence[Question]
    may_close_for: list[str]
    can_reopen: bool
    can_curate: bool
    can_learn_asker: bool
    can_lease: bool
    is_own: bool

    @property
    def takes_answers(self) -> bool:
        return self.closure is None and self.lock is None

    @property
    def has_tools(self) -> bool:
        return bool(self.may_close_for) or self.can_curate


def with_standing(rows: QuerySet[Question]) -> QuerySet[Question]:
    """Return the same rows with all that standing_of() reads, in their own statement."""
    return rows.select_related(*JOINED).defer(*NOT_READ)


def standing_of(person: Any, question: Question, now: datetime | None = None) -> Standing:
    """Return what stands at the head of a question of with_standing().

    One query more for a duplicate, and for a question that has some; none else.
    """
    closure: Closure | None = getattr(question, "closure", None)
    lock: Lock | None = getattr(question, "lock", None)
    lease: Lease | None = getattr(question, "lease", None)
    if lease is not None and lease.until <= (now or timezone.now()):
        lease = None
    original = _original_of(closure)
    is_on_it = lease is not None and person.is_authenticated and lease.person_id == person.pk
    is_open = closure is None and lock is None and question.visibility == Visibility.VISIBLE
    can_close = closure is None and question.visibility == Visibility.VISIBLE
    return Standing(
        closure=closure,
        original=original,
        solution_path=_solution_path(original),
        lock=lock,
        lease=lease,
        is_on_it=is_on_it,
        duplicates=_duplicates(person, question),
        may_close_for=rules.reasons_to_close(person, question) if can_close else [],
        can_reopen=closure is not None and rules.can_reopen(person, question, closure),
        can_curate=rules.can_curate(person),
        can_learn_asker=rules.can_learn_asker(person, question),
        can_lease=is_open and rules.can_lease(person, question) and (lease is None or is_on_it),
        is_own=rules.wrote(person, question),
    )


def _original_of(closure: Closure | None) -> Question | None:
    """Return the question that a duplicate was closed for, as far as all may see it."""
    if closure is None or closure.original_id is None:
        return None
    return next(iter(_originals(closure.original_id)), None)


_originals: Prepared[Question] = Prepared(
    lambda question_id: (
        Question.objects.filter(pk=question_id, visibility=Visibility.VISIBLE)
        .select_related("acceptance__answer")
        .defer("html", "source", *NOT_READ)
    )
)


def _solution_path(original: Question | None) -> str:
    """Return where the accepted answer of an original stands, perhaps with yet another question."""
    solution = original.solution if original is not None else None
    if original is None or solution is None or solution.answer.question_id != original.pk:
        return ""
    return f"{original.path}#answer-{solution.answer_id}"


def _duplicates(person: Any, question: Question) -> list[Question]:
    if not question.duplicate_count:
        return []
    rows = Question.objects.visible_to(person).filter(closure__original=question)
    return list(rows.only("title", "language").order_by("-pk")[:MOST_DUPLICATES])
