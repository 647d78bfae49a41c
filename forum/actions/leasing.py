""" "I am on it": for ten minutes, so that two people do not write the same answer."""

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import NotAllowed, WrongMoment, locked
from core.journal import PUBLIC, record
from forum import rules
from forum.actions.steps import check_takes_answers
from forum.models import Lease, Question
from people.models import Person

LEASE: Final = timedelta(minutes=10)


@transaction.atomic
def take_lease(*, actor: Person, question_id: int) -> Lease:
    """Say "I am on it", for ten minutes from now; what one was on before is free again.

    It binds nobody: others may answer all the same. Raises NotSeen, NotAllowed (one's own
    question), WrongMoment (someone else is on it: with `until`; removed, closed, locked).
    """
    question = locked(Question.objects.visible_to(actor), pk=question_id)
    if not rules.can_lease(actor, question):
        raise NotAllowed(_("It is your question: others answer it."))
    check_takes_answers(question)
    now = timezone.now()
    held = Lease.objects.filter(question=question, until__gt=now).first()
    if held is not None and held.person_id != actor.pk:
        raise WrongMoment(
            _("Someone else is on it already."), code="leased", until=held.until.isoformat()
        )
    Lease.objects.filter(person=actor).exclude(question=question).delete()
    row, _is_new = Lease.objects.update_or_create(
        question=question, defaults={"person": actor, "until": now + LEASE}
    )
    record("forum.lease_taken", actor=actor, thing=question, audience=PUBLIC)
    return row


@transaction.atomic
def release_lease(*, actor: Person, question_id: int) -> Question:
    """Say that one is on it no more; where one was not, nothing changes. Raises NotSeen."""
    question = locked(Question.objects.visible_to(actor), pk=question_id)
    if not rules.can_ask(actor):
        raise NotAllowed
    gone, _by_model = Lease.objects.filter(question=question, person=actor).delete()
    if gone:
        record("forum.lease_released", actor=actor, thing=question, audience=PUBLIC)
    return question
