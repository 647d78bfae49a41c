"""Merging a question's answers into another's, splitting posts off, and taking either back."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.confided import point_out_secrets
from core.errors import InvalidInput, NotAllowed, NotSeen, WrongMoment
from core.journal import PUBLIC, record
from core.models import Visibility
from forum import rules
from forum.actions.counting import put_under
from forum.actions.curating import check_original, end_closure, locked_pair, make_closure
from forum.actions.helping import resume_ladder, start_ladder
from forum.actions.renditions import keep_rendered_in
from forum.actions.steps import checked_title, keep_revision, write
from forum.models import (
    Acceptance,
    Answer,
    Closure,
    Comment,
    MovedPost,
    Question,
    Relocation,
    Rendition,
)
from people.actions import show_as
from people.models import Person

MOST_POSTS = 100
Kind = Relocation.Kind


@transaction.atomic
def merge_question(*, actor: Person, question_id: int, into_id: int, reason: str) -> Relocation:
    """Move all answers, with their comments, to another question, and close this as its duplicate.

    What was accepted here stays so in the rows of this question. Merging there again changes
    nothing. Raises NotSeen, NotAllowed, WrongMoment (merged or closed otherwise; the answer is one
    that a requester agreed to), InvalidInput (into, reason).
    """
    question, into = locked_pair(actor, question_id, into_id)
    if not rules.can_curate(actor):
        raise NotAllowed(_("Moderators merge and split questions."))
    _check_reason(Kind.MERGER, reason)
    _check_into(question, into)
    assert into is not None  # noqa: S101  (checked just now; for the types)
    old = Relocation.objects.in_force().filter(question=question, kind=Kind.MERGER).first()
    if old is not None and old.into_id == into.pk:
        return old
    closure = Closure.objects.filter(question=question).first()
    if old is not None or (closure is not None and closure.original_id != into.pk):
        raise WrongMoment(
            _("It is closed already, and leads elsewhere."), code="closed", allowed=["reopen"]
        )
    if closure is None:
        make_closure(question, into, Closure.Reason.DUPLICATE, actor)
    move = Relocation.objects.create(
        kind=Kind.MERGER,
        question=question,
        into=into,
        reason=reason,
        by=actor,
        closed=closure is None,
    )
    _move(move, list(question.answers.order_by("pk")), [])
    _record("forum.questions_merged", actor, move)
    return move


@transaction.atomic
def split_question(
    *,
    actor: Person,
    question_id: int,
    title: str,
    source: str,
    reason: str,
    answer_ids: Iterable[int] = (),
    comment_ids: Iterable[int] = (),
    send_secrets: bool = True,
) -> Relocation:
    """Move answers (with their comments) and single comments to a new question of the actor's.

    Its language and tags are those of the first. Comments stand under the new question itself.
    send_secrets: False where the writer can be asked.
    Raises NotSeen, NotAllowed, WrongMoment (as merge_question), SecretsFound, InvalidInput (title,
    source, reason, posts).
    """
    question, _none = locked_pair(actor, question_id, None)
    if not rules.can_curate(actor):
        raise NotAllowed(_("Moderators merge and split questions."))
    _check_reason(Kind.SPLIT, reason)
    answers = list(question.answers.filter(pk__in=set(answer_ids)).order_by("pk"))
    comments = list(
        question.comments.filter(pk__in=set(comment_ids)).exclude(answer__in=answers).order_by("pk")
    )
    if Acceptance.objects.filter(question=question, answer__in=answers).exists():
        raise InvalidInput.of(
            "posts", "accepted", _("The accepted answer stays with its question.")
        )
    if not 1 <= len(answers) + len(comments) <= MOST_POSTS:
        raise InvalidInput.of("posts", "required", _("Choose what goes to the new question."))
    point_out_secrets({"title": title, "source": source}, send_secrets=send_secrets)
    new = Question(author=actor, title=checked_title(title))
    write(new, source, question.language)
    new.save()
    put_under(new, question.tags.all())
    keep_revision(new, actor)
    move = Relocation.objects.create(
        kind=Kind.SPLIT, question=question, into=new, reason=reason, by=actor
    )
    _move(move, answers, comments)
    resume_ladder(question.pk)
    start_ladder(new.pk)
    _record("forum.question_split", actor, move)
    return move


@transaction.atomic
def undo_merge(*, actor: Person, question_id: int) -> Question:
    """Bring a merged question's answers back, and open it, if the merger closed it.

    Raises NotSeen, NotAllowed, WrongMoment (nothing was merged; an answer was moved on since).
    """
    return _undo(actor, Kind.MERGER, question=question_id).question


@transaction.atomic
def undo_split(*, actor: Person, question_id: int) -> Question:
    """Bring back what was split off into this question, and take this away; return the first.

    Raises NotSeen, NotAllowed, WrongMoment (it was no split; it has posts of its own by now).
    """
    return _undo(actor, Kind.SPLIT, into=question_id).question


def _undo(actor: Person, kind: str, **which: int) -> Relocation:
    first = next(iter(which.values()))
    locked_pair(actor, first, None)
    if not rules.can_curate(actor):
        raise NotAllowed(_("Moderators merge and split questions."))
    moves = Relocation.objects.in_force().filter(kind=kind, **which)
    move = moves.select_related("question", "into").first()
    if move is None:
        raise WrongMoment(_("There is nothing to take back."), code="nothing_moved")
    move.question, into = locked_pair(actor, move.question_id, move.into_id)
    if into is None:
        raise NotSeen
    move.into = into
    posts = list(move.posts.select_related("answer", "comment").order_by("pk"))
    _check_still_there(move, posts)
    if kind == Kind.SPLIT:
        _check_nothing_else(move, posts)
    for post in posts:
        _bring_back(post)
    move.undone_at, move.undone_by = timezone.now(), actor
    move.save(update_fields=["undone_at", "undone_by"])
    _count(move)
    if kind == Kind.SPLIT:
        # Who and when stand in this relocation, as they else do in a Removal.
        show_as(into, Visibility.REMOVED)
    elif move.closed:
        closure = Closure.objects.filter(question=move.question, original=into).first()
        if closure is not None:
            end_closure(closure)
    _record("forum.merger_undone" if kind == Kind.MERGER else "forum.split_undone", actor, move)
    return move


def _check_reason(kind: str, reason: str) -> None:
    if reason not in dict(Relocation.reasons_for(kind)):
        raise InvalidInput.of("reason", "invalid_choice", _("Choose one of the reasons."))


def _check_into(question: Question, into: Question | None) -> None:
    try:
        check_original(question, into)
    except InvalidInput as refusal:
        raise InvalidInput.of("into", "invalid", refusal.errors[0].detail) from None


def _check_still_there(move: Relocation, posts: list[MovedPost]) -> None:
    for post in posts:
        row = post.answer or post.comment
        if row is None or row.question_id != move.into_id:
            raise WrongMoment(
                _("Some of it was moved on since: take that back first."), code="moved_on"
            )
    moved = [post.answer_id for post in posts if post.answer_id]
    if Acceptance.objects.filter(question=move.into, answer__in=moved).exists():
        raise WrongMoment(
            _("An answer that came along was accepted there: undo that first."), code="accepted"
        )


def _check_nothing_else(move: Relocation, posts: list[MovedPost]) -> None:
    answers = move.into.answers.exclude(pk__in=[post.answer_id for post in posts if post.answer_id])
    comments = move.into.comments.filter(answer=None).exclude(
        pk__in=[post.comment_id for post in posts if post.comment_id]
    )
    if answers.exists() or comments.exists() or move.into.duplicate_count:
        raise WrongMoment(
            _("The new question has posts of its own by now: merge it instead."),
            code="has_posts",
            allowed=["merge"],
        )


def _move(move: Relocation, answers: list[Answer], comments: list[Comment]) -> None:
    if any(row.is_agreed for row in answers):
        # Who agreed may take that back, and the answer goes away with its question.
        raise WrongMoment(
            _("This answer was published from a ticket: it stays with its question."),
            code="agreed",
        )
    origin = {"relocation": move, "from_question": move.question}
    MovedPost.objects.bulk_create(
        [
            *(MovedPost(answer=row, **origin) for row in answers),
            *(MovedPost(comment=row, from_answer_id=row.answer_id, **origin) for row in comments),
        ]
    )
    Answer.objects.filter(pk__in=[row.pk for row in answers]).update(question=move.into)
    for model in (Comment, Rendition):
        model._default_manager.filter(answer__in=answers).update(question=move.into)
    Comment.objects.filter(pk__in=[row.pk for row in comments]).update(
        question=move.into, answer=None
    )
    _count(move)


def _bring_back(post: MovedPost) -> None:
    if post.answer_id is not None:
        Answer.objects.filter(pk=post.answer_id).update(question=post.from_question_id)
        for model in (Comment, Rendition):
            of_answer = model._default_manager.filter(answer=post.answer_id)
            of_answer.update(question=post.from_question_id)
    elif post.comment_id is not None:
        Comment.objects.filter(pk=post.comment_id).update(
            question=post.from_question_id, answer=post.from_answer_id
        )


def _count(move: Relocation) -> None:
    """Keep the number of answers and the languages of both true, under their locks."""
    for row in (move.question, move.into):
        row.answer_count = row.answers.filter(visibility=Visibility.VISIBLE).count()
        row.save(update_fields=["answer_count"])
        keep_rendered_in(row)


def _record(verb: str, actor: Person, move: Relocation) -> None:
    rule = {"rule": move.reason} if move.reason else {}
    changes = {"into": move.into_id, "posts": move.posts.count(), **rule}
    record(verb, actor=actor, thing=move.question, audience=PUBLIC, changes=changes)
