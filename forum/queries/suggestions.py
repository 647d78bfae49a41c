"""Changes that wait for someone, and one of them with all it takes to decide."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from core.errors import seen
from core.pagination import Page, keyset_page
from forum import rules
from forum.contents import Content, Difference, difference
from forum.models import Answer, Question, Suggestion
from people.reviews import reasons_of


@dataclass(frozen=True)
class SuggestionPage:
    """A suggestion as its reader sees it.

    difference: how it would change the text as it stands; once decided, the text it was written
    on. is_stale: the text was changed meanwhile.
    """

    suggestion: Suggestion
    post: Question | Answer
    title: str
    difference: Difference
    why_held: list[tuple[str, float]]  # what speaks for spam, in words, with its points
    is_waiting: bool
    is_stale: bool
    can_decide: bool
    can_withdraw: bool

    @property
    def percent(self) -> int:
        """How likely it is spam, where it is held for that."""
        return round((self.suggestion.score or 0) * 100)


def suggestions_of(person: Any) -> QuerySet[Suggestion]:
    """Return what this person may see of suggestions, with what lists name of them."""
    rows = Suggestion.objects.visible_to(person)
    return rows.select_related("author", "question__author", "answer__author", "answer__question")


def waiting_page(person: Any, cursor: str | None = None) -> Page[Suggestion]:
    """Return the suggestions this person is to decide on, newest first."""
    rows = suggestions_of(person).filter(pk__in=Suggestion.objects.waiting_for(person).values("pk"))
    return keyset_page(rows, ("-id",), cursor)


def own_suggestions_page(person: Any, cursor: str | None = None) -> Page[Suggestion]:
    """Return what this person suggested, newest first."""
    return keyset_page(suggestions_of(person).filter(author=person), ("-id",), cursor)


def suggestion_page(person: Any, suggestion_id: int) -> SuggestionPage:
    """Return a suggestion for its reader. Raises NotSeen."""
    row = seen(suggestions_of(person), pk=suggestion_id)
    post = row.post
    is_waiting = row.state == Suggestion.State.WAITING
    is_stale = row.revision != post.revision
    return SuggestionPage(
        suggestion=row,
        post=post,
        title=row.title or (post.question.title if isinstance(post, Answer) else post.title),
        difference=difference(_base_of(row), Content.kept(row)),
        why_held=reasons_of(row),
        is_waiting=is_waiting,
        is_stale=is_waiting and is_stale,
        can_decide=is_waiting and rules.can_decide(person, row),
        can_withdraw=is_waiting and rules.can_withdraw(person, row),
    )


def suggestions_on(person: Any, question: Any) -> dict[int, list[Suggestion]]:
    """Return what waits on a page made with marks.facts_of_reader and this person may see of it.

    By answer id, oldest first; 0 stands for the question. One statement where anything waits.
    """
    if not person.is_authenticated:
        return {}
    if not (question.question_has_suggestion or question.answer_has_suggestion):
        return {}
    here = Q(question=question.pk) | Q(answer__question=question.pk)
    rows = Suggestion.objects.visible_to(person).filter(here, state=Suggestion.State.WAITING)
    found: dict[int, list[Suggestion]] = {}
    for row in rows.defer("source").order_by("pk"):
        found.setdefault(row.answer_id or 0, []).append(row)
    return found


def waiting_suggestion(person: Any, post: Question | Answer) -> Suggestion | None:
    """Return what this person has suggested for a post and still waits."""
    rows = post.suggestions.filter(author=person, state=Suggestion.State.WAITING)
    return rows.first()


def _base_of(row: Suggestion) -> Content:
    """Return the text a suggestion was written on."""
    base = row.post.revisions.filter(number=row.revision).first()
    return Content.kept(base) if base is not None else Content.of("", "", ())
