"""Keeping how much each question is read."""

from collections.abc import Mapping

from django.db import transaction
from django.db.models import F

from forum.models import Question, Traffic

KEPT_OF_A_DAY = 0.977  # half in a month


@transaction.atomic
def add_views(counts: Mapping[int, int]) -> None:
    """Add visits to questions, by id; those that are gone are left out."""
    ids = list(Question.objects.filter(pk__in=counts).order_by("pk").values_list("pk", flat=True))
    Traffic.objects.bulk_create([Traffic(question_id=pk) for pk in ids], ignore_conflicts=True)
    rows = list(Traffic.objects.select_for_update().filter(pk__in=ids).order_by("pk"))
    for row in rows:
        row.views += counts[row.pk]
    Traffic.objects.bulk_update(rows, ["views"], batch_size=200)


def cool_traffic() -> None:
    """Let what was counted before weigh less; once a day."""
    Traffic.objects.update(views=F("views") * KEPT_OF_A_DAY)
