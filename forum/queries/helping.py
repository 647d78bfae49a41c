"""Which questions wait for whom, and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from core.pagination import Page, keyset_page
from forum import reasons, routing
from forum.models import Ask, AskChoice, Question, written_by
from forum.queries.helpers import choice_of, helper_of, own_levels, waiting_asks, wanted_of
from forum.queries.lists import listed
from forum.queries.tags import among, tagged_with_any
from forum.routing import SCORE_RULE, Helper, ScoreRule
from people.models import Person

WHY_SHOWN = 2  # sentences beside a question


@dataclass(frozen=True)
class ShownAsk:
    """A question one was asked about, with the reasons in words."""

    ask: Ask
    why: str


@dataclass(frozen=True)
class ForMePage:
    """What stands on `questions for me`; each of `questions` has `why`, in words."""

    asks: list[ShownAsk]
    questions: Page[Question]
    choice: AskChoice
    has_skills: bool
    now: datetime
    score_rule: ScoreRule = SCORE_RULE

    @property
    def is_quiet(self) -> bool:
        return self.choice.quiet_until is not None and self.choice.quiet_until > self.now


def questions_for(person: Person, words: Iterable[str] | None = None) -> QuerySet[Question]:
    """Return unanswered questions of others in one's languages, about one's skills.

    A skill fits a tag of the same name as its slug or one of its names (words: these, where they
    are known already). Without any skill on the profile, every tag fits.
    """
    rows = listed(person, order="unanswered").filter(language__in=[*person.spoken, "und"])
    rows = rows.exclude(written_by(person))
    names = set(own_levels(person) if words is None else words)
    if not names:
        return rows
    return among(rows, tagged_with_any(names))


def for_me_page(person: Person, cursor: str | None) -> ForMePage:
    """Return what waits for a person: asked first, then what else fits, newest first."""
    now = timezone.now()
    helper = helper_of(person, now)
    words = [str(tag) for tag, _level in helper.declared]
    asks = waiting_asks(person)
    rows = questions_for(person, words).exclude(pk__in=[ask.question_id for ask in asks])
    page = keyset_page(rows, ("-id",), cursor)
    for question in page.results:
        question.why = why_of(helper, question, now)
    return ForMePage(
        asks=[ShownAsk(ask, " ".join(reasons.words_of(ask.why)[:WHY_SHOWN])) for ask in asks],
        questions=page,
        choice=choice_of(person),
        has_skills=bool(words),
        now=now,
    )


def why_of(helper: Helper, question: Question, now: datetime) -> str:
    """Return why a question fits someone, in the active language; of a row with its tags."""
    found = routing.why(helper, wanted_of(question), now)
    return " ".join(reasons.words_of(found)[:WHY_SHOWN])
