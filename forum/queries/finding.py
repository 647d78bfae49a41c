"""What feeds, sitemaps and search engines read: always as a visitor."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Max
from django.db.models.functions import Coalesce
from django.utils import timezone

from core.errors import NotSeen
from core.markup import excerpt, written_html
from forum import pseudonyms
from forum.indexing import indexed, is_indexed
from forum.models import Answer, Guide, Question, Rendition
from forum.queries.guides import guides_in
from forum.queries.lists import listed, order_of
from forum.queries.page import PostFacts, QuestionPage
from forum.queries.renditions import Reading
from people.notices import name_of

IN_A_FEED = 25
IN_A_SITEMAP = 10_000  # of the 50,000 that may be: a page of it is made in half a second
DESCRIBED = 150
QUOTED = 300  # of a post, in the data for search engines: its page is weighed
SUGGESTED = 3
VISITOR = AnonymousUser()


@dataclass(frozen=True)
class Entry:
    """One entry of a feed. thing: `question`, `answer` or `guide`, for its lasting id."""

    thing: str
    id: int
    title: str
    path: str
    html: str
    author: str
    published: datetime
    updated: datetime
    tags: list[str] = field(default_factory=list)
    language: str = ""


def entries_of_list(order: str, tag: str = "") -> list[Entry]:
    """Return the first questions of a list, as everyone may see them. Two queries."""
    rows = listed(VISITOR, order=order, tag=tag).defer(None).order_by(*order_of(order, tag))
    return [_of_question(row) for row in rows[:IN_A_FEED]]


def entries_of_question(question_id: int) -> tuple[Question, list[Entry]]:
    """Return a question and its answers, the newest first, as everyone may see them.

    Raises NotSeen. Two queries.
    """
    question = Question.objects.visible_to(VISITOR).filter(pk=question_id).first()
    if question is None:
        raise NotSeen
    rows = Answer.objects.visible_to(VISITOR).filter(question=question).select_related("author")
    answers = list(rows.order_by("-pk")[:IN_A_FEED])
    for answer in answers:
        answer.question = question
    return question, [_of_answer(row) for row in answers]


def entries_of_guides(language: str = "") -> list[Entry]:
    """Return the guides last written or changed, of a language or of all. One query."""
    rows = guides_in(VISITOR, language).defer(None).select_related("author")
    newest = rows.order_by(Coalesce("edited_at", "created_at").desc(), "-pk")
    return [_of_guide(row) for row in newest[:IN_A_FEED]]


def _of_guide(row: Guide) -> Entry:
    return Entry(
        "guide",
        row.pk,
        row.title,
        row.path,
        written_html(row),
        name_of(row.author) if row.author is not None else "",
        row.created_at,
        row.edited_at or row.created_at,
        language=row.language,
    )


def _of_question(row: Question) -> Entry:
    return Entry(
        "question",
        row.pk,
        row.title,
        row.path,
        written_html(row),
        pseudonyms.name_on(row),
        row.created_at,
        row.active_at,
        [tagged.tag.name for tagged in row.tag_rows],
        row.language,
    )


def _of_answer(row: Answer) -> Entry:
    return Entry(
        "answer",
        row.pk,
        f"Re: {row.question.title}",
        row.path,
        written_html(row),
        pseudonyms.name_on(row),
        row.created_at,
        row.edited_at or row.created_at,
        language=row.language,
    )


def sitemap_pages() -> int:
    """Return how many sitemaps there are: each holds a range of ids, so none is ever counted."""
    last: int | None = Question.objects.aggregate(last=Max("pk"))["last"]
    return (last or 0) // IN_A_SITEMAP + 1


def sitemap_rows(page: int) -> Iterator[tuple[str, datetime]]:
    """Return (path, moment of the last change) of what one sitemap holds. One query."""
    start = page * IN_A_SITEMAP
    rows = Question.objects.visible_to(VISITOR).filter(indexed(timezone.now()))
    rows = rows.filter(pk__gte=start, pk__lt=start + IN_A_SITEMAP)
    for row in rows.only("pk", "title", "active_at").order_by("pk").iterator():
        yield row.path, row.active_at


def sitemap_guides() -> Iterator[tuple[str, datetime]]:
    """Return the same of the guides, which trusted people write: one sitemap holds them."""
    rows = guides_in(VISITOR).order_by("pk")[:IN_A_SITEMAP]
    for row in rows.iterator():
        yield row.path, row.edited_at or row.created_at


@dataclass(frozen=True)
class Head:
    """What the page of a question says to search engines and to who shares it.

    qa: the QAPage of schema.org; None without an answer, which search engines refuse.
    qa and renditions stand on the first page of the answers alone.
    renditions: (language, path) of the same question in each language there is, its own first
    (`x-default` where that is not known); none where there is one alone.
    """

    description: str
    is_indexed: bool
    qa: dict[str, Any] | None
    renditions: list[tuple[str, str]] = field(default_factory=list)


def head_of(person: Any, facts: QuestionPage, reading: Reading) -> Head | None:
    """Return what the head of a question's page says; None to who is signed in.

    One query where something of it is translated that is not being read, else none.
    """
    if person.is_authenticated:
        return None
    question = facts.question
    return Head(
        description=excerpt(question.html, DESCRIBED),
        is_indexed=is_indexed(question, facts.answer_count, timezone.now()),
        qa=_qa(facts) if facts.answers and not facts.start else None,
        renditions=_renditions(question, reading)
        if question.rendered_in and not facts.start
        else [],
    )


def _renditions(question: Question, reading: Reading) -> list[tuple[str, str]]:
    rendered = reading.of_question
    if rendered is None:
        rows = Rendition.objects.visible_to(VISITOR).filter(question=question, answer=None)
        rendered = frozenset(rows.values_list("language", flat=True))
    languages = rendered - {question.language}
    own = "x-default" if question.language == "und" else question.language
    found = [(one, f"{question.path}?read={one}") for one in sorted(languages)]
    return [(own, question.path), *found] if found else []


def _qa(facts: QuestionPage) -> dict[str, Any]:
    """Return the QAPage of a question; of its answers the accepted one, and the first others.

    Source: schema.org; https://developers.google.com/search/docs/appearance/structured-data/qapage
    """
    question = facts.question
    accepted = [one for one in facts.answers if one.is_accepted]
    others = [one for one in facts.answers if not one.is_accepted][:SUGGESTED]
    said: dict[str, Any] = {}
    if accepted:
        said["acceptedAnswer"] = _answer(question, accepted[0])
    if others:
        said["suggestedAnswer"] = [_answer(question, one) for one in others]
    return {
        "@context": "https://schema.org",
        "@type": "QAPage",
        "mainEntity": {
            "@type": "Question",
            "name": question.title,
            "answerCount": facts.answer_count,
            **_said(question),
            **said,
        },
    }


def _answer(question: Question, facts: PostFacts) -> dict[str, Any]:
    return {
        "@type": "Answer",
        **_said(facts.post),
        "url": f"{settings.PUBLIC_URL}{question.path}#answer-{facts.post.pk}",
    }


def _said(post: Question | Answer) -> dict[str, Any]:
    """Return what a post says, when and by whom, as the page shows it: a wiki names nobody."""
    said = {
        "text": excerpt(post.html, QUOTED),
        "datePublished": f"{post.created_at:%Y-%m-%dT%H:%MZ}",
        "upvoteCount": post.score,
    }
    has_name = post.author is not None or post.pseudonym_id is not None
    if has_name and getattr(post, "wiki_since", None) is None:
        said["author"] = {"@type": "Person", "name": pseudonyms.name_on(post)}
    return said
