"""How a post's texts changed: each revision against the one before, and any two of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import QuerySet

from core.differences import Piece
from core.errors import NotSeen
from core.pagination import Page, keyset_page
from forum import rules
from forum.contents import Content, Difference, difference
from forum.models import Answer, Comment, Question, Revision
from forum.queries.page import revisions_of

PAGE_SIZE = 10
KEPT_AROUND = 160  # signs of unchanged text that stand around a change in the list
LONGEST_SAME = 3 * KEPT_AROUND


@dataclass(frozen=True)
class Step:
    """A revision with what it changed; the first changed nothing. can_revert: by the reader."""

    revision: Any  # a Revision, or a GuideRevision
    difference: Difference | None
    can_revert: bool


@dataclass(frozen=True)
class RevisionsPage:
    """Some of a post's revisions, newest first, in two queries (three with a page after it)."""

    post: Any
    steps: list[Step]
    page: Page[Revision]
    title: str
    can_edit: bool
    can_make_wiki: bool
    has_votes: bool


@dataclass(frozen=True)
class Comparison:
    post: Any
    old: Revision
    new: Revision
    difference: Difference
    can_revert: bool

    @property
    def both(self) -> tuple[Revision, Revision]:
        return self.old, self.new


def revisions_page(
    person: Any, post: Question | Answer | Comment, cursor: str | None = None
) -> RevisionsPage:
    """Return a page of the revisions of a post this person may see."""
    page = keyset_page(revisions_of(post), ("-number",), cursor, PAGE_SIZE)
    can_edit = rules.can_edit(person, post)
    can_revert = _can_revert(person, post)
    return RevisionsPage(
        post=post,
        steps=[
            replace(step, can_revert=can_revert and step.revision.number != post.revision)
            for step in steps_of(post, page.results)
        ],
        page=page,
        title=title_of(post),
        can_edit=can_edit,
        can_make_wiki=isinstance(post, Answer) and rules.can_make_wiki(person, post),
        has_votes=not isinstance(post, Comment),
    )


def steps_of(post: Question | Answer | Comment, revisions: Sequence[Revision]) -> list[Step]:
    """Return revisions, newest first, with what each changed, long unchanged runs cut short."""
    return steps_between(revisions, revisions_of(post), Content.kept)


def steps_between(
    revisions: Sequence[Any], rows: QuerySet[Any], content: Callable[[Any], Content]
) -> list[Step]:
    """Return the same of any revisions, of all `rows` of their text; content: what one says."""
    if not revisions:
        return []
    last = rows.filter(number__lt=revisions[-1].number).first()
    found = []
    for new, old in zip(revisions, [*revisions[1:], last], strict=True):
        told = difference(content(old), content(new)) if old is not None else None
        found.append(Step(new, told and _short(told), can_revert=False))
    return found


def compared(
    person: Any, post: Question | Answer | Comment, old: int | None = None, new: int | None = None
) -> Comparison:
    """Return how revision `old` differs from `new`; left out, the newest and the one before it.

    Raises NotSeen for numbers that no revision has.
    """
    new = post.revision if new is None else new
    old = max(new - 1, 1) if old is None else old
    rows = {row.number: row for row in revisions_of(post).filter(number__in=(old, new))}
    if old not in rows or new not in rows:
        raise NotSeen
    return Comparison(
        post=post,
        old=rows[old],
        new=rows[new],
        difference=difference(Content.kept(rows[old]), Content.kept(rows[new])),
        can_revert=old != post.revision and _can_revert(person, post),
    )


def _can_revert(person: Any, post: Any) -> bool:
    """Whether someone may bring an earlier text back; those of comments are there to be read."""
    return not isinstance(post, Comment) and rules.can_edit(person, post)


def title_of(post: Question | Answer | Comment) -> str:
    return post.title if isinstance(post, Question) else post.question.title


def _short(told: Difference) -> Difference:
    return replace(told, source=[_cut(piece) for piece in told.source])


def _cut(piece: Piece) -> Piece:
    if piece.kind != "same" or len(piece.text) <= LONGEST_SAME:
        return piece
    head, tail = piece.text[:KEPT_AROUND], piece.text[-KEPT_AROUND:]
    return Piece("same", f"{head.rpartition(' ')[0]} […] {tail.partition(' ')[2]}")
