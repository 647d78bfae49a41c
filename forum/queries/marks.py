"""How far one has read: what is new on a question, and what of a list is unread."""

from collections.abc import Container
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import (
    BooleanField,
    Exists,
    ExpressionWrapper,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.utils import timezone

from forum.models import Answer, Comment, ListMark, Question, QuestionMark, Suggestion
from forum.tags import LONGEST, folded, tags_known
from people.follow_queries import Standing
from people.models import Follow, Mute

if TYPE_CHECKING:
    from forum.queries.page import QuestionPage

KIND = "forum.question"
UNREAD_FOR = timedelta(days=14)
INSTANT = timedelta(microseconds=1)  # the smallest step between two moments that are kept


@dataclass(frozen=True)
class Mine:
    """What the page of a question says to its reader alone.

    read_to: the moment up to which this page lets one have read all: that of the last thing that
    stands there, or just before what is new on another page of the answers. new_answers,
    new_comments: ids of what others wrote since the reader was here, on all pages; none on a first
    visit. first_new: where the first of them is read.
    """

    standing: Standing
    seen_at: datetime | None
    read_to: datetime
    new_answers: list[int] = field(default_factory=list)
    new_comments: list[int] = field(default_factory=list)
    first_new: str = ""

    @property
    def has_moved(self) -> bool:
        """Whether something stands there that the mark does not know."""
        return self.seen_at is None or self.read_to > self.seen_at


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
    answers = [place.answer for place in facts.order]
    comments = [
        row for pk in (None, *(row.pk for row in answers)) for row in facts.comments.get(pk, ())
    ]
    asked_it = question.writer_id == person.pk and not question.my_stop
    new = [_since(seen_at, rows, person) for rows in (answers, comments)]
    here = {None, *(one.post.pk for one in facts.answers)}
    away = [row for rows in new for row in rows if _answer_of(row) not in here]
    moments = [row.created_at for row in (*answers, *comments)]
    newest = max([question.active_at, *moments])
    return Mine(
        standing=Standing(
            KIND,
            question.pk,
            is_following=bool(question.my_reason) or asked_it,
            is_muted=question.my_mute,
            reason=question.my_reason or (Follow.Reason.ASKED if asked_it else ""),
        ),
        seen_at=seen_at,
        read_to=min(row.created_at for row in away) - INSTANT if away else newest,
        new_answers=[row.pk for row in new[0]],
        new_comments=[row.pk for row in new[1]],
        first_new=_path_of(next(row for rows in new for row in rows), here) if any(new) else "",
    )


def things_shown(facts: "QuestionPage") -> dict[str, list[int]]:
    """Return the ids of what stands on this page of a question, by kind."""
    answers = [one.post.pk for one in facts.answers]
    comments = [row.pk for pk in (None, *answers) for row in facts.comments.get(pk, ())]
    return _by_kind(facts.question, answers, comments)


def things_on(question: Question) -> dict[str, list[int]]:
    """Return the same of all pages of a question."""
    answers = question.answers.values_list("pk", flat=True)
    return _by_kind(question, list(answers), list(question.comments.values_list("pk", flat=True)))


def _by_kind(question: Question, answers: list[int], comments: list[int]) -> dict[str, list[int]]:
    return {KIND: [question.pk], "forum.answer": answers, "forum.comment": comments}


def _since(seen_at: datetime | None, posts: list[Any], person: Any) -> list[Any]:
    """Return what others wrote after a moment, oldest first."""
    if seen_at is None:
        return []
    new = [row for row in posts if row.created_at > seen_at and row.writer_id != person.pk]
    return sorted(new, key=lambda row: int(row.pk))


def _answer_of(post: Answer | Comment) -> int | None:
    """Return the id of the answer that it is or stands under; None: under the question."""
    return post.pk if isinstance(post, Answer) else post.answer_id


def _path_of(post: Answer | Comment, here: Container[int | None]) -> str:
    """Return where a post is read from a page that shows these answers."""
    kind = "answer" if isinstance(post, Answer) else "comment"
    return f"#{kind}-{post.pk}" if _answer_of(post) in here else post.path_here


def unread_since(person: Any) -> datetime:
    """Return the moment before which nothing is unread to someone; a visitor has read all."""
    now = timezone.now()
    return max(person.joined_at, now - UNREAD_FOR) if person.is_authenticated else now


def unread_by(person: Any, since: datetime, tag: str = "") -> dict[str, Any]:
    """Return the annotation `is_unread` of questions in a list: part of the list's own statement.

    since: of unread_since(). tag: folded, of a list of one tag, which has its own mark. Unread is
    what moved since one was on its page, since one marked the list as read, and since one came
    here at all; nothing older than two weeks, or all the past would be new to who never marks
    anything.
    """
    if not person.is_authenticated:
        return {}
    seen = QuestionMark.objects.filter(
        person=person, question=OuterRef("pk"), seen_at__gte=OuterRef("active_at")
    )
    marked = ListMark.objects.filter(
        person=person, tag__in={"", tag}, read_at__gte=OuterRef("active_at")
    )
    is_unread = Q(active_at__gt=since) & ~Exists(seen) & ~Exists(marked)
    return {"is_unread": ExpressionWrapper(is_unread, output_field=BooleanField())}


def with_unread(person: Any, rows: QuerySet[Question], word: str = "") -> QuerySet[Question]:
    """Add `is_unread` to the rows of a list, for who is signed in; word: of the list's tag."""
    if not person.is_authenticated:
        return rows
    return rows.annotate(**unread_by(person, unread_since(person), list_key(word)))


def list_key(word: str) -> str:
    """Return under which tag the mark of a list is kept; word: any for the tag, empty for none."""
    key = folded(word)[:LONGEST]
    found = tags_known([key]).get(key) if key else None
    return folded(found.name) if found else key


def moment_of_page(question: Question) -> datetime:
    """Return the moment up to which a question has been read by who has read all of it."""
    stamps = [question.active_at]
    for rows in (question.answers, question.comments):
        last = rows.order_by("-created_at").values_list("created_at", flat=True).first()
        stamps += [last] if last else []
    return max(stamps)
