"""Taking words out of what was said about things to moderators and by them."""

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import Model

from core.purging import Clean
from people.models import Appeal, Flag, Removal

WORDS: dict[type[Model], dict[str, int]] = {
    Flag: {"text": 500, "answer": 500, "to_author": 500},
    Removal: {"reason": 500},
    Appeal: {"text": 1000, "answer": 500},
}


@transaction.atomic
def purge_flags(*, kind: str, ids: Collection[int], clean: Clean) -> bool:
    """Rewrite what flags on things, their removals and appeals say; return whether any changed.

    clean: gives a text without the words, the same where they are not in it. Asks for no right.
    """
    about = {"thing_kind": kind, "thing_id__in": ids}
    removals = Removal.objects.filter(**about)
    appeals = Appeal.objects.filter(
        subject=Appeal.Subject.REMOVAL, subject_id__in=removals.values("pk")
    )
    is_found = False
    for rows in (Flag.objects.filter(**about), removals, appeals):
        for row in rows.order_by("pk"):
            is_found |= _rewrite(row, clean)
    return is_found


def _rewrite(row: Any, clean: Clean) -> bool:
    longest = WORDS[type(row)]
    before = {name: getattr(row, name) for name in longest}
    after = {name: clean(text)[: longest[name]] for name, text in before.items()}
    if after == before:
        return False
    type(row)._default_manager.filter(pk=row.pk).update(**after)
    return True
