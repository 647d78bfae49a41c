"""What the forum tells people of confirmed help, and of what may wait for a look."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Count, F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from core.models import Visibility
from forum.models import Acceptance, Answer, Comment, Pseudonym, Question
from people import deeds
from people.actions import declare_posting
from people.models import Person


def accepted_answers(givers: Collection[int] | None) -> list[tuple[int, int, int]]:
    """Return (who answered, who asked, how many), of answers that stand and the asker accepted.

    Who asked under a pseudonym is deeds.SOMEONE, and accepts without a name.
    """
    by_asker = Q(by=F("question__author"))
    by_asker |= Q(by=None, question__author=None, question__pseudonym__isnull=False)
    rows = (
        Acceptance.objects.in_force()
        .filter(by_asker, question__visibility=Visibility.VISIBLE, answer__author__isnull=False)
        .exclude(answer__author=F("question__author"))
        .exclude(answer__author=F("question__pseudonym__person"))
    )
    if givers is not None:
        rows = rows.filter(answer__author__in=givers)
    asker = Coalesce("question__author", deeds.SOMEONE)
    pairs = rows.order_by().annotate(asker=asker).values_list("answer__author", "asker")
    return list(pairs.annotate(n=Count("pk")))


def accepted_authors(question_id: int) -> list[int]:
    """Return who wrote the accepted answer of a question, by id."""
    rows = Acceptance.objects.filter(question=question_id, answer__author__isnull=False)
    return list(rows.values_list("answer__author", flat=True))


def written_unnamed(person: Person, most: int) -> list[tuple[str, int, datetime]]:
    """Return the newest posts that someone wrote under their pseudonyms: kind, id, when.

    For counting alone: it names nobody, and nothing of it is kept.
    """
    own = list(Pseudonym.objects.filter(person=person).values_list("pk", flat=True))
    if not own:
        return []
    kinds = (("question", Question), ("answer", Answer), ("comment", Comment))
    found = [
        (f"forum.{name}", pk, at)
        for name, model in kinds
        for pk, at in model.objects.filter(pseudonym__in=own)
        .order_by("-created_at")
        .values_list("pk", "created_at")[:most]
    ]
    return sorted(found, key=lambda one: one[2], reverse=True)[:most]


def declare_all() -> None:
    """Declare accepted answers as help, and the forum's posts as what may wait for a look."""
    deeds.declare("answers", _("accepted answers"), accepted_answers)
    declare_posting(
        "forum.question_asked",
        "forum.answer_posted",
        "forum.comment_posted",
        "forum.rendition_written",
        unnamed=written_unnamed,
    )
