"""How far one has read: what is new on a question, and what of a list is unread."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, Subquery
from django.utils import timezone

from forum.models import ListMark, Question, QuestionMark, Suggestion
from people.follow_queries import Standing
from people.models import Follow, Mute

if TYPE_CHECKING:
    from forum.queries.page import QuestionPage

KIND = "forum.question"
UNREAD_FOR = timedelta(days=14)


@dataclass(frozen=True)
class Mine:
    """What the page of a question says to its reader alone.

    newest: the moment of the last thing that stands on it. new_answers, new_comments: ids of what
    others wrote since the reader was here; none on a first visit.
    """

    standing: Standing
    seen_at: datetime | None
    newest: datetime
    new_answers: list[int] = field(default_factory=list)
    new_comments: list[int] = field(default_factory=list)

    @property
    def has_moved(self) -> bool:
        """Whether something stands there that the mark does not know."""
        return self.seen_at is None or self.newest > self.seen_at


def facts_of_reader(person: Any) -> dict[str, Any]:
    """Return the annotations of a question that `mine` reads: one statement with the question's.

    Also whether to look for changes that wait (`suggestions_on`): mostly there are none.
    """
    if not person.is_authenticated:
        return {}
    pointed = {"person": person, "kind": KIND, "object_id": OuterRef("pk")}
    marks = QuestionMark.objects.filter(person=person, question=OuterRef("pk"))
    follows = Follow.objects.filter(**pointed)
    waiting = Suggestion.objects.filter(state=Suggestion.State.WAITING)
    return {
        "question_has_suggestion": Exists(waiting.filter(question=OuterRef("pk"))),
        "answer_has_suggestion": Exists(waiting.filter(answer__question=OuterRef("pk"))),
        "my_seen_at": Subquery(marks.values("seen_at")[:1]),
        "my_reason": Subquery(follows.current().values("reason")[:1]),
        "my_stop": Exists(follows.exclude(stopped_at=None)),
        "my_mute": Exists(Mute.objects.filter(**pointed)),
    }


def mine(person: Any, facts: "QuestionPage") -> Mine | None:
    """Return what is the reader's own on a page made by question_page; None for visitors."""
    if not person.is_authenticated:
        return None
    question: Any = facts.question
    seen_at: datetime | None = question.my_seen_at
    answers = [one.post for one in facts.answers]
    comments = [row for one in (facts.asked, *facts.answers) for row in one.comments]
    moments = [question.active_at, *(row.created_at for row in (*answers, *comments))]
    asked_it = question.writer_id == person.pk and not question.my_stop
    return Mine(
        standing=Standing(
            KIND,
            question.pk,
            is_following=bool(question.my_reason) or asked_it,
            is_muted=question.my_mute,
            reason=question.my_reason or (Follow.Reason.ASKED if asked_it else ""),
        ),
        seen_at=seen_at,
        newest=max(moments),
        new_answers=_since(seen_at, answers, person),
        new_comments=_since(seen_at, comments, person),
    )


def _since(seen_at: datetime | None, posts: list[Any], person: Any) -> list[int]:
    """Return the ids of what others wrote after a moment, oldest first."""
    if seen_at is None:
        return []
    new = [row for row in posts if row.created_at > seen_at and row.writer_id != person.pk]
    return sorted(row.pk for row in new)


def unread_by(person: Any, tag: str = "") -> dict[str, Any]:
    """Return the annotation `is_unread` of questions in a list: part of the list's own statement.

    tag: folded, of a list of one tag, which has a mark of its own. Unread is what moved since one
    was on its page, since one marked the list as read, and since one came here at all; nothing
    older than two weeks, or all the past would be new to who never marks anything.
    """
    if not person.is_authenticated:
        return {}
    seen = QuestionMark.objects.filter(
        person=person, question=OuterRef("pk"), seen_at__gte=OuterRef("active_at")
    )
    marked = ListMark.objects.filter(
        person=person, tag__in={"", tag}, read_at__gte=OuterRef("active_at")
    )
    since = max(person.joined_at, timezone.now() - UNREAD_FOR)
    is_unread = Q(active_at__gt=since) & ~Exists(seen) & ~Exists(marked)
    return {"is_unread": ExpressionWrapper(is_unread, output_field=BooleanField())}


def moment_of_page(question: Question) -> datetime:
    """Return the moment up to which a question has been read by who has read all of it."""
    stamps = [question.active_at]
    for rows in (question.answers, question.comments):
        last = rows.order_by("-created_at").values_list("created_at", flat=True).first()
        stamps += [last] if last else []
    return max(stamps)
