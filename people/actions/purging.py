"""Taking words out of what was said about things to moderators and by them."""

from collections.abc import Collection

from django.db import transaction
from django.db.models import Model

from core.purging import Clean, rewrite
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
        own = {"text": WORDS[Flag]["text"]}
        return {row.thing_id for row in flags.filter(person=by) if rewrite(row, clean, own)}
    removals = list(Removal.objects.filter(**about).order_by("pk"))
    things = {row.pk: row.thing_id for row in removals}
    appeals = Appeal.objects.filter(subject=Appeal.Subject.REMOVAL, subject_id__in=things)
    changed = {row.thing_id for row in [*flags, *removals] if _rewrite(row, clean)}
    return changed | {things[row.subject_id] for row in appeals if _rewrite(row, clean)}


def rewrite_pushes(*, kind: str, ids: Collection[int], clean: Clean) -> None:
    """Rewrite what waits to be shown by browsers about things. Asks for no right."""
    rows = OutgoingPush.objects.filter(thing_kind=kind, thing_id__in=ids)
    for row in rows.order_by("pk"):
        rewrite(row, clean, {"title": 300})


def _rewrite(row: Flag | Removal | Appeal, clean: Clean) -> bool:
    return rewrite(row, clean, WORDS[type(row)])
