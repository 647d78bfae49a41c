"""Taking words out of what was said about things to moderators and by them."""

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import Model

from core.purging import Clean
from people.models import Appeal, Flag, OutgoingPush, Person, Removal

WORDS: dict[type[Model], dict[str, int]] = {
    Flag: {"text": 500, "answer": 500, "to_author": 500},
    Removal: {"reason": 500},
    Appeal: {"text": 1000, "answer": 500},
}


@transaction.atomic
def purge_flags(
    *, kind: str, ids: Collection[int], clean: Clean, by: Person | None = None
) -> set[int]:
    """Rewrite what flags on things, their removals and appeals say; return of which things.

    clean: gives a text without the words, the same where they are not in it. by: only what this
    person said in their own flags. Asks for no right.
    """
    about = {"thing_kind": kind, "thing_id__in": ids}
    flags = Flag.objects.filter(**about).order_by("pk")
    if by is not None:
        return {row.thing_id for row in flags.filter(person=by) if _rewrite(row, clean, ["text"])}
    removals = list(Removal.objects.filter(**about).order_by("pk"))
    things = {row.pk: row.thing_id for row in removals}
    appeals = Appeal.objects.filter(subject=Appeal.Subject.REMOVAL, subject_id__in=things)
    changed = {row.thing_id for row in [*flags, *removals] if _rewrite(row, clean)}
    return changed | {things[row.subject_id] for row in appeals if _rewrite(row, clean)}


def rewrite_pushes(*, kind: str, ids: Collection[int], clean: Clean) -> None:
    """Rewrite what waits to be shown by browsers about things. Asks for no right."""
    rows = OutgoingPush.objects.filter(thing_kind=kind, thing_id__in=ids)
    for row in rows.order_by("pk"):
        if (title := clean(row.title)) != row.title:
            OutgoingPush.objects.filter(pk=row.pk).update(title=title[:300])


def _rewrite(row: Any, clean: Clean, names: Collection[str] | None = None) -> bool:
    longest = WORDS[type(row)]
    before = {name: getattr(row, name) for name in names or longest}
    after = {name: clean(text)[: longest[name]] for name, text in before.items()}
    if after == before:
        return False
    type(row)._default_manager.filter(pk=row.pk).update(**after)
    return True
