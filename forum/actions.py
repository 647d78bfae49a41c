"""What people do in the forum."""

from collections.abc import Iterable
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from aid.actions import claim_help, withdraw_source
from aid.models import Kind
from core.errors import InvalidInput, NotAllowed, StaleRevision, WrongMoment, locked
from core.journal import PUBLIC, record
from core.markup import write_text
from core.models import Visibility
from forum import rules, tags
from forum.models import Acceptance, Answer, Comment, Post, Question, Revision, Vote
from people.models import Person
from people.queries import mention_paths

ANSWER_MINUTES = 15
LONGEST_COMMENT = 1000
P = TypeVar("P", Question, Answer)


@transaction.atomic
def ask(
    *, actor: Person, title: str, source: str, language: str, tag_names: Iterable[str]
) -> Question:
    """Ask a question; return it. Raises NotAllowed, InvalidInput (title, source, tags)."""
    if not rules.can_ask(actor):
        raise NotAllowed
    question = Question(author=actor, title=_checked_title(title))
    _write(question, source, language)
    question.save()
    found = tags.resolve(tag_names, language)
    question.tags.set(found)
    _keep_revision(question, actor)
    record(
        "forum.question_asked",
        actor=actor,
        thing=question,
        audience=PUBLIC,
        changes={"language": language, "tags": [tag.pk for tag in found]},
    )
    return question


@transaction.atomic
def edit_question(
    *,
    actor: Person,
    question_id: int,
    revision: int,
    title: str,
    source: str,
    tag_names: Iterable[str],
) -> Question:
    """Change a question that stood at `revision` when the writer began.

    Raises NotSeen, NotAllowed, StaleRevision (with the newer text), InvalidInput.
    """
    question = locked(Question.objects.visible_to(actor), pk=question_id)
    _check_edit(actor, question, revision)
    question.title = _checked_title(title)
    question.tags.set(tags.resolve(tag_names, question.language))
    _rewrite(actor, question, source)
    record("forum.question_edited", actor=actor, thing=question, audience=PUBLIC)
    return question


@transaction.atomic
def answer(*, actor: Person, question_id: int, source: str, language: str) -> Answer:
    """Answer a question; return the answer. Raises NotSeen, NotAllowed, InvalidInput."""
    question = locked(Question.objects.visible_to(actor), pk=question_id)
    if not rules.can_ask(actor):
        raise NotAllowed
    _check_open(question)
    new = Answer(question=question, author=actor)
    _write(new, source, language)
    new.save()
    _keep_revision(new, actor)
    question.answer_count = F("answer_count") + 1
    question.active_at = new.created_at
    question.save(update_fields=["answer_count", "active_at"])
    record("forum.answer_posted", actor=actor, thing=new, parent=question, audience=PUBLIC)
    return new


@transaction.atomic
def edit_answer(*, actor: Person, answer_id: int, revision: int, source: str) -> Answer:
    """Change an answer. Raises NotSeen, NotAllowed, StaleRevision, InvalidInput."""
    row = locked(Answer.objects.visible_to(actor), pk=answer_id)
    _check_edit(actor, row, revision)
    _rewrite(actor, row, source)
    Question.objects.filter(pk=row.question_id).update(active_at=timezone.now())
    record("forum.answer_edited", actor=actor, thing=row, parent=row.question, audience=PUBLIC)
    return row


@transaction.atomic
def comment(
    *, actor: Person, question_id: int, answer_id: int | None = None, source: str
) -> Comment:
    """Comment on a question or, with answer_id, on one of its answers.

    Raises NotSeen, NotAllowed, InvalidInput.
    """
    question = locked(Question.objects.visible_to(actor), pk=question_id)
    parent: Post = question
    if answer_id is not None:
        parent = locked(question.answers.visible_to(actor), pk=answer_id)
    if not rules.can_ask(actor):
        raise NotAllowed
    _check_open(question)
    if len(source) > LONGEST_COMMENT:
        raise InvalidInput.of("source", "too_long", _("A comment has at most 1,000 characters."))
    new = Comment(author=actor, question=question, answer_id=answer_id)
    _write(new, source, question.language)
    new.save()
    record("forum.comment_posted", actor=actor, thing=new, parent=parent, audience=PUBLIC)
    return new


@transaction.atomic
def vote(*, actor: Person, kind: str, object_id: int, value: int) -> Post:
    """Vote 1 or -1 on a post, or take the vote back with 0; return the post.

    kind: `forum.question` or `forum.answer`. The same vote again changes nothing.
    Raises NotSeen, NotAllowed (own post), InvalidInput.
    """
    rows: Any = {"forum.question": Question.objects, "forum.answer": Answer.objects}.get(kind)
    if rows is None or value not in (-1, 0, 1):
        raise InvalidInput.of("value", "invalid", _("Vote up, down, or take it back."))
    row: Post = locked(rows.visible_to(actor), pk=object_id)
    if not rules.can_vote(actor, row):
        raise NotAllowed(_("Others vote on what you wrote."))
    target = {"question": row} if isinstance(row, Question) else {"answer": row}
    old = Vote.objects.filter(person=actor, **target).first()
    before = old.value if old else 0
    if before == value:
        return row
    Vote.objects.filter(person=actor, **target).delete()
    if value:
        Vote.objects.create(person=actor, value=value, **target)
    row.up += (value == 1) - (before == 1)
    row.down += (value == -1) - (before == -1)
    row.save(update_fields=["up", "down"])
    record("forum.voted", actor=actor, thing=row, changes={"value": [before, value]})
    return row


@transaction.atomic
def accept_answer(*, actor: Person, question_id: int, answer_id: int) -> Acceptance:
    """Say which answer solved the question; another one accepted before is replaced.

    Accepting is the receiver's confirmation: 15 minutes of help are counted, unless asker and
    answerer are one. Accepting the same again changes nothing.
    Raises NotSeen, NotAllowed, WrongMoment (a removed answer).
    """
    question = locked(Question.objects.visible_to(actor).select_related("author"), pk=question_id)
    row = locked(question.answers.visible_to(actor).select_related("author"), pk=answer_id)
    if not rules.can_accept(actor, question):
        raise NotAllowed(_("The asker says what solved it."))
    if row.visibility != Visibility.VISIBLE:
        raise WrongMoment(_("This answer was taken away."), code="removed")
    old = Acceptance.objects.filter(question=question).first()
    if old is not None and old.answer_id == row.pk:
        return old
    if old is not None:
        _take_back(actor, old)
    try:
        with transaction.atomic():
            new = Acceptance.objects.create(question=question, answer=row, by=actor)
    except IntegrityError:
        raise WrongMoment(code="accepted_meanwhile") from None
    _count_help(actor, question, row, new)
    record(
        "forum.answer_accepted",
        actor=actor,
        thing=row,
        parent=question,
        audience=PUBLIC,
        changes={"replaces": old.answer_id if old else None},
    )
    return new


@transaction.atomic
def undo_acceptance(*, actor: Person, question_id: int) -> Question:
    """Take the acceptance back; nothing accepted is no fault. Raises NotSeen, NotAllowed."""
    question = locked(Question.objects.visible_to(actor).select_related("author"), pk=question_id)
    if not rules.can_accept(actor, question):
        raise NotAllowed(_("The asker says what solved it."))
    old = Acceptance.objects.filter(question=question).select_related("answer").first()
    if old is not None:
        _take_back(actor, old)
        record(
            "forum.acceptance_undone",
            actor=actor,
            thing=old.answer,
            parent=question,
            audience=PUBLIC,
        )
    return question


def _count_help(actor: Person, question: Question, row: Answer, acceptance: Acceptance) -> None:
    asker, giver = question.author, row.author
    if asker is None or giver is None or asker.pk != actor.pk or not giver.may_act:
        return
    claim_help(
        actor=actor,
        givers=[giver],
        receivers=[asker],
        minutes=ANSWER_MINUTES,
        kind=Kind.ANSWER,
        happened_at=row.created_at,
        source=("forum.acceptance", acceptance.pk),
        note=question.title,
        confirmed_by=asker,
    )


def _take_back(actor: Person, old: Acceptance) -> None:
    withdraw_source(actor=actor, source=("forum.acceptance", old.pk))
    old.delete()


def _checked_title(title: str) -> str:
    title = " ".join(title.split())
    if not 10 <= len(title) <= 200:
        raise InvalidInput.of(
            "title", "length", _("Say it in one sentence of 10 to 200 characters.")
        )
    return title


def _check_open(question: Question) -> None:
    if question.visibility != Visibility.VISIBLE:
        raise WrongMoment(_("This question was taken away."), code="removed")


def _check_edit(actor: Person, post: Post, revision: int) -> None:
    if not rules.can_edit(actor, post):
        raise NotAllowed(_("Only its author and moderators change this."))
    if post.revision != revision:
        raise StaleRevision(revision=post.revision, source=post.source)


def _write(post: Post, source: str, language: str) -> None:
    if not source.strip():
        raise InvalidInput.of("source", "required", _("Write something first."))
    write_text(post, source, language=language, mentions=mention_paths(source))


def _rewrite(actor: Person, post: P, source: str) -> None:
    _write(post, source, post.language)
    post.revision += 1
    post.edited_at = timezone.now()
    post.save()
    _keep_revision(post, actor)


def _keep_revision(post: Question | Answer, actor: Person) -> None:
    facts: dict[str, object] = {"answer": post}
    if isinstance(post, Question):
        names = list(post.tags.values_list("name", flat=True))
        facts = {"question": post, "title": post.title, "tags": sorted(names)}
    Revision.objects.create(number=post.revision, source=post.source, author=actor, **facts)
