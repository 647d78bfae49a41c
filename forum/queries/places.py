"""Why a question and its answers stand where they stand: the numbers, read again when asked."""

from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from core.errors import seen
from core.walking import Found
from forum import reasons, routing
from forum.models import Acceptance, Question
from forum.queries.answers import answers_of
from forum.queries.helpers import helper_of, wanted_of
from forum.queries.helping import questions_for
from forum.queries.lists import listed, tags_of
from forum.queries.setups import placed_for
from forum.ranking import WIDE_MARGIN, Place
from forum.routing import SCORE_RULE, Fit, ScoreRule

LISTS = ("newest", "unanswered", "active")
MOST_COUNTED = 1000  # rows before a question; who stands further down need not know how far


@dataclass(frozen=True)
class ListPlace:
    """A place in a list (newest, unanswered or active), from 1; none: it does not stand there, or
    beyond the places that are counted, which `is_beyond` says."""

    list: str
    number: int | None
    is_beyond: bool = False
    most: int = MOST_COUNTED


@dataclass(frozen=True)
class Places:
    """All places of a question and its answers, as this reader finds them.

    fit: of the reader, for `questions for me`; why: the same in words. is_for_me: it stands there.
    """

    question: Question
    answers: list[Place]
    lists: list[ListPlace]
    fit: Fit | None
    why: list[str]
    is_for_me: bool
    margin: int = WIDE_MARGIN
    score_rule: ScoreRule = SCORE_RULE

    @property
    def room(self) -> float:
        """What is left in the reader's week, 0 to 1."""
        return 1 - self.fit.load if self.fit is not None else 0.0


def places_of(person: Any, question_id: int, site_id: int | None = None) -> Places:
    """Return why a question stands where it does; site_id: as queries.setups has it.

    Raises NotSeen.
    """
    question: Any = seen(_with_places(person), pk=question_id)
    rows = answers_of(person, question)
    _panel, places = placed_for(person, question, rows, question.accepted_id, site_id)
    fit, why = None, []
    if person.is_authenticated:
        now = timezone.now()
        helper = helper_of(person, now)
        fit = routing.fit(helper, wanted_of(question), now)
        why = reasons.words_of(routing.why(helper, wanted_of(question), now))
    return Places(
        question=question,
        answers=places,
        lists=[_place(person, question, name) for name in LISTS],
        fit=fit,
        why=why,
        is_for_me=fit is not None and questions_for(person).filter(pk=question.pk).exists(),
    )


def _with_places(person: Any) -> QuerySet[Question]:
    """Return questions with their tags, what solved them, and `stands_in_…`, a list's name."""
    accepted = Acceptance.objects.in_force().filter(question=OuterRef("pk")).values("answer_id")
    lists = {
        f"stands_in_{name}": Found(listed(person, order=name).filter(pk=OuterRef("pk")))
        for name in LISTS
    }
    rows = Question.objects.visible_to(person).prefetch_related(tags_of())
    return rows.annotate(accepted_id=Subquery(accepted[:1]), **lists)


def _place(person: Any, question: Question, order: str) -> ListPlace:
    if not getattr(question, f"stands_in_{order}"):
        return ListPlace(order, None)
    rows = listed(person, order=order).order_by()
    before = Q(pk__gt=question.pk)
    if order == "active":
        # The first condition alone, once more, lets the database use the index of this list.
        before = Q(active_at__gte=question.active_at) & (
            Q(active_at__gt=question.active_at) | before
        )
    count = rows.filter(before).values("pk")[:MOST_COUNTED].count()
    if count == MOST_COUNTED:
        return ListPlace(order, None, is_beyond=True)
    return ListPlace(order, count + 1)
