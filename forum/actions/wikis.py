"""Answers that anyone may edit."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import NotAllowed, locked
from core.journal import PUBLIC, record
from forum import pseudonyms, rules
from forum.actions.revising import count_writers
from forum.actions.steps import check_unlocked_to
from forum.models import Answer
from people.models import Person


@transaction.atomic
def make_wiki(*, actor: Person, answer_id: int) -> Answer:
    """Let anyone active edit an answer; one that is a wiki already stays one.

    Raises NotSeen, NotAllowed, WrongMoment (locked; moderators may).
    """
    answer = _locked(actor, answer_id)
    if answer.wiki_since is not None:
        return answer
    answer.wiki_since = timezone.now()
    answer.writer_count = count_writers(answer)
    answer.save(update_fields=["wiki_since", "writer_count"])
    _record("forum.wiki_made", actor, answer)
    return answer


@transaction.atomic
def undo_wiki(*, actor: Person, answer_id: int) -> Answer:
    """Let others suggest again; what they wrote stays.

    Raises NotSeen, NotAllowed, WrongMoment (locked; moderators may).
    """
    answer = _locked(actor, answer_id)
    if answer.wiki_since is None:
        return answer
    answer.wiki_since = None
    answer.save(update_fields=["wiki_since"])
    _record("forum.wiki_undone", actor, answer)
    return answer


def _locked(actor: Person, answer_id: int) -> Answer:
    answer = locked(Answer.objects.visible_to(actor), pk=answer_id)
    if not rules.can_make_wiki(actor, answer):
        raise NotAllowed(_("Its author and moderators say whether anyone may edit it."))
    check_unlocked_to(actor, answer.question_id)
    return answer


def _record(verb: str, actor: Person, answer: Answer) -> None:
    by = pseudonyms.actor_on(actor, answer)
    record(verb, actor=by, thing=answer, parent=answer.question, audience=PUBLIC)
