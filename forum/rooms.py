"""Who works together on a question: whoever sees it and is signed in."""

from typing import Any

from chat import rooms
from forum import rules
from forum.models import Pseudonym, Question, QuestionQuerySet


def _enterable(person: Any) -> QuestionQuerySet:
    """Return the questions one sees, without those one asked under a pseudonym."""
    rows = Question.objects.visible_to(person)
    if not person.is_authenticated:
        return rows
    return rows.exclude(pseudonym__in=Pseudonym.objects.filter(person=person))


def declare_all() -> None:
    """Give every question a working room for those who help."""
    rooms.declare("forum.question", may_enter=rules.can_enter_room, enterable=_enterable)
