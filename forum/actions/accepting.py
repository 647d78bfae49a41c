"""Saying which answer solved it; the help given is counted."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from aid.actions import claim_help, withdraw_source
from aid.models import HELP, UNNAMED, Kind
from core.errors import NotAllowed, WrongMoment, locked
from core.journal import PUBLIC, record
from core.models import Visibility
from forum import pseudonyms, rules
from forum.actions.steps import check_unlocked
from forum.models import Acceptance, Answer, Question
from people.models import Person

ANSWER_MINUTES = 15


@transaction.atomic
def accept_answer(*, actor: Person, question_id: int, answer_id: int) -> Acceptance:
    """Say which answer solved the question; another one accepted before is replaced.

    Accepting is the receiver's confirmation: 15 minutes of help are counted, unless asker and
    answerer are one. Accepting the same again changes nothing.
    Raises NotSeen, NotAllowed, WrongMoment (a removed answer, locked).
    """
    question = locked(Question.objects.visible_to(actor).select_related("author"), pk=question_id)
    row = locked(question.answers.visible_to(actor).select_related("author"), pk=answer_id)
    if not rules.can_accept(actor, question):
        raise NotAllowed(_("The asker says what solved it."))
    check_unlocked(question.pk)
    if row.visibility != Visibility.VISIBLE:
        raise WrongMoment(_("This answer was taken away."), code="removed")
    old = Acceptance.objects.filter(question=question).first()
    if old is not None and old.answer_id == row.pk:
        return old
    if old is not None:
        _take_back(actor, old)
    try:
        with transaction.atomic():
            by = pseudonyms.shown_actor(actor, question)
            new = Acceptance.objects.create(question=question, answer=row, by=by)
    except IntegrityError:
        raise WrongMoment(code="accepted_meanwhile") from None
    _count_help(actor, question, row, new)
    record(
        "forum.answer_accepted",
        actor=by,
        thing=row,
        parent=question,
        audience=PUBLIC,
        changes={"replaces": old.answer_id if old else None},
    )
    return new


@transaction.atomic
def undo_acceptance(*, actor: Person, question_id: int) -> Question:
    """Take the acceptance back; nothing accepted is no fault.

    Raises NotSeen, NotAllowed, WrongMoment (locked).
    """
    question = locked(Question.objects.visible_to(actor).select_related("author"), pk=question_id)
    if not rules.can_accept(actor, question):
        raise NotAllowed(_("The asker says what solved it."))
    check_unlocked(question.pk)
    old = Acceptance.objects.filter(question=question).select_related("answer").first()
    if old is not None:
        _take_back(actor, old)
        record(
            "forum.acceptance_undone",
            actor=pseudonyms.shown_actor(actor, question),
            thing=old.answer,
            parent=question,
            audience=PUBLIC,
        )
    return question


def _count_help(actor: Person, question: Question, row: Answer, acceptance: Acceptance) -> None:
    asker, giver = question.writer, row.author
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
        purpose=UNNAMED if question.pseudonym_id is not None else HELP,
        note=question.title,
        confirmed_by=asker,
    )


def _take_back(actor: Person, old: Acceptance) -> None:
    for purpose in (HELP, UNNAMED):
        withdraw_source(actor=actor, source=("forum.acceptance", old.pk), purpose=purpose)
    old.delete()
