"""Changing a comment."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.confided import point_out_secrets
from core.errors import InvalidInput, check_revision, locked, seen
from forum.actions.judging import judge_text, record_or_hold
from forum.actions.steps import check_may_edit, keep_comment_text, keep_first_text, write
from forum.models import LONGEST_COMMENT, Comment, Question
from people.models import Person


@transaction.atomic
def edit_comment(
    *, actor: Person, comment_id: int, revision: int, source: str, send_secrets: bool = True
) -> Comment:
    """Change a comment that stood at `revision` when the writer began; the text before is kept.

    The same text changes nothing. What it adds is judged as a new comment is: it is `pending`
    when that looks like spam. send_secrets: False where the writer can be asked.
    Raises NotSeen, NotAllowed, WrongMoment (locked), StaleRevision, SecretsFound, InvalidInput,
    TooMany.
    """
    rows = Comment.objects.visible_to(actor)
    question = locked(Question.objects.all(), pk=seen(rows, pk=comment_id).question_id)
    row: Comment = locked(rows.filter(question=question), pk=comment_id)
    row.question = question
    check_may_edit(actor, row)
    check_revision(row, revision)
    check_length(source)
    point_out_secrets({"source": source}, send_secrets=send_secrets)
    if source == row.source:
        return row
    looks = judge_text(actor, row, source)
    keep_first_text(row)
    write(row, source, row.language)
    row.revision += 1
    row.edited_at = timezone.now()
    row.save()
    keep_comment_text(row, actor)
    facts = {"revision": row.revision}
    record_or_hold(actor, row, "forum.comment_edited", row.answer or question, looks, **facts)
    return row


def check_length(source: str) -> None:
    if len(source) > LONGEST_COMMENT:
        raise InvalidInput.of("source", "too_long", _("A comment has at most 1,000 characters."))
