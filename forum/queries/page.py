"""Everything on the page of one question."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from chat.queries import RoomPanel, panel_of, room_of
from core.errors import NotSeen
from core.files import has_files
from core.models import StoredFile, Visibility
from core.prepared import Prepared
from forum import reasons, rules
from forum.models import (
    ANSWERS_A_PAGE,
    Acceptance,
    Answer,
    Comment,
    Question,
    Suggestion,
    TaggedQuestion,
    Vote,
    seen_by,
)
from forum.queries.answers import answers_of, in_order, start_of, with_texts
from forum.queries.files import files_below, read_files
from forum.queries.lists import tagged_rows
from forum.queries.marks import facts_of_reader
from forum.queries.setups import SetupPanel, placed_for
from forum.queries.standing import Standing, standing_of, with_standing
from forum.queries.suggestions import suggestions_on
from forum.ranking import Place
from people.models.standing import Held, read_by, stand_in
from people.queries import tell_why_away

MOST_NEWER = 100
NEAR = 10  # pages of answers, on either side, that one is led to

KIND = "forum.question"


@dataclass(frozen=True)
class PostFacts:
    """A post with what the reader may do with it; the template asks nothing else.

    is_there: for all to see, as its question is; else little can be done with it. suggested: the
    change this reader suggested and that waits; to_decide: what waits for them. why: of an answer
    among others, why it stands where it stands, in words. files: those that its text does not show.
    """

    post: Any
    my_vote: int
    can_vote: bool
    can_edit: bool
    comments: Sequence[Comment]
    is_accepted: bool = False
    can_suggest: bool = False
    can_tag: bool = False
    is_there: bool = True
    suggested: Suggestion | None = None
    to_decide: Sequence[Suggestion] = ()
    voted_before: bool = False  # on another wording: may be asked again
    why: str = ""
    files: Sequence[StoredFile] = ()


@dataclass(frozen=True)
class AnswersPage:
    """A page of a question's answers: from which place to which, and the ids of those there."""

    number: int
    path: str
    first: int
    last: int
    ids: list[int]


@dataclass(frozen=True)
class QuestionPage:
    """Everything on a question's page, in at most six queries; signed in, one more for its room,
    and what there is in it (chat.queries.room_panel), and three for the reader's own setup; one
    where something was taken away, and one where changes wait for the reader; one where the
    answers fill several pages; one where files go with what is shown.

    answers: those of this page, from the place `start` (0: the first) of `order`, which has all
    (forum.queries.answers). comments: by answer, None for the question's; of other pages too to
    who is signed in. room: where someone opened it to talk; live: which room tells of news, as
    Room.live has it, opened or not.
    """

    question: Question
    tags: list[str]
    asked: PostFacts
    answers: list[PostFacts]
    acceptance: Acceptance | None
    can_accept: bool
    can_answer: bool
    standing: Standing
    order: list[Place]
    start: int
    comments: dict[int | None, list[Comment]]
    room: RoomPanel | None = None
    live: str = ""
    can_open_room: bool = False
    setup: SetupPanel = field(default_factory=SetupPanel)

    @property
    def needs_recheck(self) -> bool:
        """Whether the platform moved away from what solved it."""
        return any(place.is_accepted and place.answer.rechecks for place in self.order)

    @property
    def newest_answer(self) -> int:
        """The id of the last answer that stands here, to tell later ones from it."""
        return max((place.answer.pk for place in self.order), default=0)

    @property
    def number(self) -> int:
        """Which page of the answers it is, from 1."""
        return self.start // ANSWERS_A_PAGE + 1

    @property
    def path(self) -> str:
        """Where this page of the answers is for good."""
        return self.question.page_path(self.number)

    @property
    def pages(self) -> list[AnswersPage]:
        """The pages of the answers, if there are several: first, last, and those near this one."""
        total = len(self.order)
        if total <= ANSWERS_A_PAGE:
            return []
        ids = [place.answer.pk for place in self.order]
        last = -(-total // ANSWERS_A_PAGE)
        return [
            AnswersPage(
                number=number,
                path=self.question.page_path(number),
                first=start + 1,
                last=min(start + ANSWERS_A_PAGE, total),
                ids=ids[start : start + ANSWERS_A_PAGE],
            )
            for number, start in enumerate(range(0, total, ANSWERS_A_PAGE), 1)
            if number in {1, last} or abs(number - self.number) <= NEAR
        ]

    @property
    def answer_count(self) -> int:
        """How many answers stand: counted here, since the kept number follows a removal later."""
        return sum(place.answer.visibility == Visibility.VISIBLE for place in self.order)

    @property
    def is_waiting(self) -> bool:
        """Whether it is there for all to see and still waits for a first answer."""
        is_open = self.asked.is_there and not self.standing.closure and not self.standing.lock
        return is_open and self.answer_count == 0


def question_page(
    person: Any,
    question_id: int,
    site_id: int | None = None,
    *,
    start: int = 0,
    size: int = ANSWERS_A_PAGE,
    holding: int = 0,
) -> QuestionPage:
    """Return what a page of a question shows this person; site_id: as queries.setups has it.

    start, size: which answers, by their places from 0. holding: the id of an answer, to get the
    page that shows it instead. Raises NotSeen.
    """
    question = _question_with_all(person, question_id)
    standing = standing_of(person, question)
    acceptance = question.solution
    accepted_id = acceptance.answer_id if acceptance else None
    answers = answers_of(person, question)
    setup, places = placed_for(person, question, answers, accepted_id, site_id)
    order = in_order(places)
    start = start_of(order, holding) if holding else start
    shown = order[start : start + size]
    answers = [place.answer for place in shown]
    with_texts(answers)
    read_files([question, *answers])
    is_part = len(shown) < len(order) and not person.is_authenticated
    comments = _comments_by_post(person, question, answers if is_part else None)
    votes = _my_votes(person, question)
    is_open = rules.can_ask(person) and question.visibility == Visibility.VISIBLE
    can_enter = person.is_authenticated and rules.can_enter_room(person, question)
    room = room_of(KIND, question.pk, person.pk) if can_enter else None
    tell_why_away([question, *answers, *(row for rows in comments.values() for row in rows)])
    suggested = suggestions_on(person, question)
    return QuestionPage(
        question=question,
        tags=[row.tag.label for row in question.tag_rows],
        asked=_facts(
            person, question, votes.get(0), comments.get(None, []), suggested=suggested.get(0, ())
        ),
        answers=[
            _facts(
                person,
                place.answer,
                votes.get(place.answer.pk),
                comments.get(place.answer.pk, []),
                suggested=suggested.get(place.answer.pk, ()),
                place=place,
                why=reasons.of_place(place) if len(order) > 1 else "",
            )
            for place in shown
        ],
        acceptance=acceptance,
        can_accept=standing.lock is None and rules.can_accept(person, question),
        can_answer=is_open and standing.takes_answers,
        standing=standing,
        order=order,
        start=start,
        comments=comments,
        room=panel_of(person, room, thing=question) if room and room.is_opened else None,
        live=room.live if room else "",
        can_open_room=can_enter and is_open,
        setup=setup,
    )


def _question_with_all(person: Any, question_id: int) -> Any:
    """Return the question, if this person sees it, with all that the page asks of it."""
    found: list[Any] = _questions_read_by(read_by(person))(person.pk or 0, question_id)
    if not found:
        raise NotSeen
    found[0].tag_rows = _tagged(question_id)
    return found[0]


@lru_cache(maxsize=256)
def _questions_read_by(held: Held | None) -> Prepared[Question]:
    def build(reader_id: int, question_id: int) -> QuerySet[Question]:
        reader = stand_in(reader_id, held)
        rows = with_standing(Question.objects.visible_to(reader).filter(pk=question_id))
        return rows.annotate(has_files=has_files(KIND), **facts_of_reader(reader))

    return Prepared(build)


_tagged: Prepared[TaggedQuestion] = Prepared(
    lambda question_id: tagged_rows().filter(content_object=question_id)
)


def page_holding(
    person: Any, question: Question, answer_id: int | None, site_id: int | None = None
) -> str:
    """Return the path of the page of a question that shows an answer; None: the question itself.

    At most two queries for visitors."""
    if answer_id is None:
        return question.path
    acceptance = Acceptance.objects.in_force().filter(question=question).first()
    accepted_id = acceptance.answer_id if acceptance else None
    answers = answers_of(person, question)
    _panel, places = placed_for(person, question, answers, accepted_id, site_id)
    return question.page_path(start_of(in_order(places), answer_id) // ANSWERS_A_PAGE + 1)


def _facts(
    person: Any,
    post: Any,
    vote: Vote | None,
    comments: Sequence[Comment],
    *,
    suggested: Sequence[Suggestion],
    place: Place | None = None,
    why: str = "",
) -> PostFacts:
    own = [row for row in suggested if row.author_id == person.pk]
    question = post.question if isinstance(post, Answer) else post
    is_there = {post.visibility, question.visibility} == {Visibility.VISIBLE}
    return PostFacts(
        post=post,
        my_vote=vote.value if vote else 0,
        can_vote=is_there and rules.can_vote(person, post),
        can_edit=rules.can_edit(person, post),
        comments=comments,
        is_accepted=place is not None and place.is_accepted,
        can_suggest=is_there and not own and rules.can_suggest(person, post),
        can_tag=is_there and post is question and rules.can_tag(person, question),
        is_there=is_there,
        suggested=own[0] if own else None,
        to_decide=[row for row in suggested if row not in own],
        voted_before=vote is not None and vote.wording != post.wording,
        why=why,
        files=files_below(post),
    )


def newer_answers(person: Any, question: Question, since: int) -> list[int]:
    """Return the ids of the answers that stand there after one, oldest first."""
    rows = Answer.objects.filter(question=question, visibility=Visibility.VISIBLE, pk__gt=since)
    return list(rows.order_by("pk").values_list("pk", flat=True)[:MOST_NEWER])


def _comments_by_post(
    person: Any, question: Question, answers: Sequence[Answer] | None
) -> dict[int | None, list[Comment]]:
    """Return the comments by answer id (None: on the question), oldest first, with what the reader
    may do with each; of some answers alone, or of all."""
    if answers is None:
        rows = _comments_read_by(read_by(person))(person.pk or 0, question.pk)
    else:
        under = Q(answer=None) | Q(answer__in=[row.pk for row in answers])
        rows = list(_comments_under(question.pk, person).filter(under))
    found: dict[int | None, list[Comment]] = {}
    for row in rows:
        with_rights(person, row)
        found.setdefault(row.answer_id, []).append(row)
    return found


def _comments_under(question_id: int, person: Any) -> QuerySet[Comment]:
    rows = Comment.objects.filter(question=question_id).filter(seen_by(person))
    return rows.select_related("author", "pseudonym").order_by("pk")


@lru_cache(maxsize=256)
def _comments_read_by(held: Held | None) -> Prepared[Comment]:
    def build(reader_id: int, question_id: int) -> QuerySet[Comment]:
        return _comments_under(question_id, stand_in(reader_id, held))

    return Prepared(build)


def with_rights(person: Any, comment: Comment) -> Comment:
    """Return a comment with what the reader may do with it, which its template asks."""
    comment.can_edit = rules.can_edit(person, comment)
    comment.is_own = rules.wrote(person, comment)
    return comment


def _my_votes(person: Any, question: Question) -> dict[int, Vote]:
    """Return one's votes by answer id; 0 stands for the question."""
    if not person.is_authenticated:
        return {}
    return {row.answer_id or 0: row for row in _votes_on(person.pk, question.pk)}


def _votes_of(person_id: int, question_id: int) -> QuerySet[Vote]:
    """Each half by an index of its own: not all that someone ever voted on."""
    here = Answer.objects.filter(question=question_id).values("pk")
    return Vote.objects.filter(Q(question=question_id) | Q(answer__in=here), person=person_id)


_votes_on: Prepared[Vote] = Prepared(_votes_of)


def revisions_of(post: Any) -> QuerySet[Any]:
    """Return the texts of a post or guide one may see, newest first; is_purge: words were taken
    out.

    Such a text is nobody's (forum.actions.purging): it says what the rewritten one before it says.
    """
    rows = post.revisions.all()
    own = {field.name for field in rows.model._meta.fields}
    same = {name: OuterRef(name) for name in ("title", "summary", "source") if name in own}
    before = rows.filter(number=OuterRef("number") - 1, is_rewritten=True, **same)
    found: QuerySet[Any] = rows.annotate(is_purge=Q(author=None) & Exists(before))
    found = found.select_related("author")
    return found.order_by("-number")
