"""Keeping how far someone has read, written only when something moved."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from core.errors import seen
from forum.models import ListMark, Question, QuestionMark
from forum.queries.marks import list_key, moment_of_page, things_on
from people.actions import read_notices_about
from people.models import Person


def mark_read(*, actor: Person, question_id: int, seen_at: datetime) -> None:
    """Keep that someone has seen what stood on a question's page at a moment. One statement.

    Called by the page that showed it; rights were its to check.
    """
    QuestionMark.objects.bulk_create(
        [QuestionMark(person=actor, question_id=question_id, seen_at=seen_at)],
        update_conflicts=True,
        unique_fields=["person", "question"],
        update_fields=["seen_at"],
    )


@transaction.atomic
def read_question(*, actor: Person, question_id: int) -> Question:
    """Mark all that stands on a question as read, and notices of it; return it. Raises NotSeen."""
    question = seen(Question.objects.visible_to(actor), pk=question_id)
    mark_read(actor=actor, question_id=question.pk, seen_at=moment_of_page(question))
    read_notices_about(actor=actor, shown=things_on(question))
    return question


@transaction.atomic
def read_list(*, actor: Person, tag: str = "") -> ListMark:
    """Mark a list as read: all questions or, with a tag (any word for it), that tag's."""
    mark, _is_new = ListMark.objects.update_or_create(
        person=actor, tag=list_key(tag), defaults={"read_at": timezone.now()}
    )
    return mark
