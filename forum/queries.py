"""What the forum's pages read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from core.errors import seen
from core.models import Visibility
from core.pagination import Page, keyset_page
from forum import rules
from forum.models import (
    Acceptance,
    Answer,
    Comment,
    Post,
    Question,
    Revision,
    Tag,
    TaggedQuestion,
    Vote,
    seen_by,
)
from forum.ranking import ranked
from forum.tags import folded
from people.models import Person

ORDERS: dict[str, tuple[str, ...]] = {
    "newest": ("-id",),
    "unanswered": ("-id",),
    "active": ("-active_at", "-id"),
}
MOST_ANSWERS = 100


@dataclass(frozen=True)
class PostFacts:
    """A post with what the reader may do with it; the template asks nothing else."""

    post: Any
    my_vote: int
    can_vote: bool
    can_edit: bool
    comments: Sequence[Comment]
    is_accepted: bool = False


@dataclass(frozen=True)
class QuestionPage:
    """Everything on a question's page, in at most six queries."""

    question: Question
    tags: list[str]
    asked: PostFacts
    answers: list[PostFacts]
    acceptance: Acceptance | None
    can_accept: bool
    can_answer: bool

    @property
    def answer_count(self) -> int:
        """How many answers stand: counted here, since the kept number follows a removal later."""
        if len(self.answers) == MOST_ANSWERS:
            return self.question.answer_count
        return sum(facts.post.visibility == Visibility.VISIBLE for facts in self.answers)


def listed(
    person: Any,
    *,
    order: str = "newest",
    tag: str = "",
    language: str = "",
    solved: bool | None = None,
    author: Person | None = None,
) -> QuerySet[Question]:
    """Return the questions of a list, with author and tags; `order` is one of ORDERS."""
    rows = Question.objects.visible_to(person).with_state()
    if order == "unanswered":
        rows = rows.filter(answer_count=0, visibility=Visibility.VISIBLE)
    if tag:
        tagged = TaggedQuestion.objects.filter(
            content_object=OuterRef("pk"), tag__name_folded=folded(tag)
        )
        rows = rows.filter(Exists(tagged))
    if language:
        rows = rows.filter(language=language)
    if solved is not None:
        rows = rows.filter(Q(is_solved=solved))
    if author is not None:
        rows = rows.filter(author=author)
    return rows.select_related("author").defer("html", "source").prefetch_related(tags_of())


def tags_of() -> Any:
    """Return the prefetch of tags in one query: each row has `tag_rows`, with their tag's name."""
    rows = TaggedQuestion.objects.select_related("tag").order_by("pk")
    return Prefetch("tagged", rows.only("content_object_id", "tag__name"), to_attr="tag_rows")


def list_page(person: Any, *, order: str, cursor: str | None, **filters: Any) -> Page[Question]:
    """Return one page of a list."""
    return keyset_page(listed(person, order=order, **filters), ORDERS[order], cursor)


def question_page(person: Any, question_id: int) -> QuestionPage:
    """Return what the page of a question shows this person. Raises NotSeen."""
    rows = Question.objects.visible_to(person).select_related("author", "acceptance")
    question = seen(rows.prefetch_related(tags_of()), pk=question_id)
    acceptance: Acceptance | None = getattr(question, "acceptance", None)
    answers = list(
        Answer.objects.filter(question=question)
        .filter(seen_by(person))
        .select_related("author")
        .order_by("pk")[:MOST_ANSWERS]
    )
    comments = _comments_by_post(person, question)
    votes = _my_votes(person, question)
    accepted_id = acceptance.answer_id if acceptance else None
    for answer in answers:
        answer.question = question
    return QuestionPage(
        question=question,
        tags=[row.tag.name for row in question.tag_rows],
        asked=_facts(person, question, votes.get(0, 0), comments.get(None, [])),
        answers=[
            _facts(
                person,
                answer,
                votes.get(answer.pk, 0),
                comments.get(answer.pk, []),
                is_accepted=answer.pk == accepted_id,
            )
            for answer in ranked(answers, accepted_id)
        ],
        acceptance=acceptance,
        can_accept=rules.can_accept(person, question),
        can_answer=rules.can_ask(person) and question.visibility == Visibility.VISIBLE,
    )


def _facts(
    person: Any, post: Any, my_vote: int, comments: Sequence[Comment], *, is_accepted: bool = False
) -> PostFacts:
    return PostFacts(
        post=post,
        my_vote=my_vote,
        can_vote=rules.can_vote(person, post),
        can_edit=rules.can_edit(person, post),
        comments=comments,
        is_accepted=is_accepted,
    )


def _comments_by_post(person: Any, question: Question) -> dict[int | None, list[Comment]]:
    """Return the comments by answer id (None: on the question), oldest first."""
    rows = (
        Comment.objects.filter(question=question)
        .filter(seen_by(person))
        .select_related("author")
        .order_by("pk")
    )
    found: dict[int | None, list[Comment]] = {}
    for row in rows:
        found.setdefault(row.answer_id, []).append(row)
    return found


def _my_votes(person: Any, question: Question) -> dict[int, int]:
    """Return one's votes by answer id; 0 stands for the question."""
    if not person.is_authenticated:
        return {}
    rows = Vote.objects.filter(person=person).filter(
        Q(question=question) | Q(answer__question=question)
    )
    return {row.answer_id or 0: row.value for row in rows}


def waiting_questions(person: Any, limit: int = 5) -> list[Question]:
    """Return the newest questions without an answer."""
    return list(listed(person, order="unanswered").order_by("-id")[:limit])


def questions_for(person: Person) -> QuerySet[Question]:
    """Return unanswered questions of others in one's languages, about one's skills.

    A skill fits a tag of the same name as its slug or one of its names. Without any skill on
    the profile, every tag fits.
    """
    rows = listed(person, order="unanswered").filter(language__in=[*person.spoken, "und"])
    rows = rows.exclude(author=person)
    names = skill_words(person)
    if not names:
        return rows
    fitting = TaggedQuestion.objects.filter(
        content_object=OuterRef("pk"), tag__name_folded__in=names
    )
    return rows.filter(Exists(fitting))


def skill_words(person: Person) -> set[str]:
    """Return the folded words by which one's skills may be tagged."""
    words: set[str] = set()
    for row in (
        person.skills.filter(wanted=False).select_related("skill").prefetch_related("skill__names")
    ):
        words.add(folded(row.skill.slug))
        words.update(folded(name.name) for name in row.skill.names.all())
    return words


def tags_like(text: str, limit: int = 10) -> list[str]:
    """Return tags that begin with this text, for completion."""
    key = folded(text)
    if not key:
        return []
    rows = Tag.objects.filter(name_folded__gte=key, name_folded__lt=f"{key}\U0010ffff")
    found = [tag.name for tag in rows.order_by("name_folded")[: limit * 3]]
    return [name for name in found if folded(name).startswith(key)][:limit]


def answered(question_ids: Iterable[int]) -> set[int]:
    """Return which of these questions have an answer."""
    rows = Question.objects.filter(pk__in=set(question_ids), answer_count__gt=0)
    return set(rows.values_list("pk", flat=True))


def revisions_of(post: Post) -> QuerySet[Revision]:
    """Return the texts of a post one may see, newest first."""
    field = "question" if isinstance(post, Question) else "answer"
    return Revision.objects.filter(**{field: post}).select_related("author").order_by("-number")


def figures_of(person: Person) -> dict[str, int]:
    """Return what a profile shows: questions, answers, accepted answers."""
    visible = {"author": person, "visibility": Visibility.VISIBLE}
    return {
        "questions": Question.objects.filter(**visible).count(),
        "answers": Answer.objects.filter(**visible).count(),
        "accepted": Acceptance.objects.filter(
            answer__author=person, answer__visibility=Visibility.VISIBLE
        ).count(),
    }


def ids_tagged(name: str) -> Any:
    """Return the ids of the questions with this tag."""
    rows = TaggedQuestion.objects.filter(tag__name_folded=folded(name))
    return rows.values_list("content_object_id", flat=True)
