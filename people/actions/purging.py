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
def purge_flags(*, kind: str, ids: Collection[int], clean: Clean, by: Person | None = None) -> bool:
    """Rewrite what flags on things, their removals and appeals say; return whether any changed.

    clean: gives a text without the words, the same where they are not in it. by: only what this
    person said in their own flags. Asks for no right.
    """
    about = {"thing_kind": kind, "thing_id__in": ids}
    removals = Removal.objects.filter(**about)
    appeals = Appeal.objects.filter(
        subject=Appeal.Subject.REMOVAL, subject_id__in=removals.values("pk")
    )
    flags = Flag.objects.filter(**about)
    places = (flags, removals, appeals) if by is None else (flags.filter(person=by),)
    names = None if by is None else ["text"]
    is_found = False
    for rows in places:
        for row in rows.order_by("pk"):
            is_found |= _rewrite(row, clean, names)
    return is_found


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
