"""Saying what helps."""

from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import InvalidInput, NotAllowed, locked
from core.journal import record
from forum import rules
from forum.actions.revising import KINDS, revision_at
from forum.actions.steps import check_unlocked
from forum.models import Answer, Question, Vote
from people.models import Person


@transaction.atomic
def vote(
    *, actor: Person, kind: str, object_id: int, value: int, revision: int | None = None
) -> Question | Answer:
    """Vote 1 or -1 on a post, or take the vote back with 0; return the post.

    kind: `forum.question` or `forum.answer`. revision: the text that was read, left out: the
    newest. The same vote again changes nothing, unless the wording is another since (see
    forum.wordings): then it counts for what was read now.
    Raises NotSeen, NotAllowed (own post), WrongMoment (locked), InvalidInput.
    """
    if kind not in KINDS or value not in (-1, 0, 1):
        raise InvalidInput.of("value", "invalid", _("Vote up, down, or take it back."))
    row: Question | Answer = locked(KINDS[kind].visible_to(actor), pk=object_id)
    if not rules.can_vote(actor, row):
        raise NotAllowed(_("Others vote on what you wrote."))
    check_unlocked(row.question_id if isinstance(row, Answer) else row.pk)
    target = {"question": row} if isinstance(row, Question) else {"answer": row}
    old = Vote.objects.filter(person=actor, **target).first()
    before = old.value if old else 0
    read, wording = _read(row, revision)
    if before == value and (old is None or old.wording == wording):
        return row
    Vote.objects.filter(person=actor, **target).delete()
    if value:
        Vote.objects.create(person=actor, value=value, revision=read, wording=wording, **target)
    row.up += (value == 1) - (before == 1)
    row.down += (value == -1) - (before == -1)
    was_before = old is not None and old.wording != row.wording
    is_before = bool(value) and wording != row.wording
    row.votes_before = max(row.votes_before + is_before - was_before, 0)
    row.save(update_fields=["up", "down", "votes_before"])
    facts = {"value": [before, value], "revision": read}
    record("forum.voted", actor=actor, thing=row, changes=facts)
    return row


def _read(post: Question | Answer, revision: int | None) -> tuple[int, int]:
    """Return the revision that was read, the newest unless another is known, and its wording."""
    if revision is not None and revision != post.revision:
        found = revision_at(post, revision)
        if found is not None:
            return revision, found.wording
    return post.revision, post.wording
