"""Reckoning how far people are trusted, from what they did."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from core import journal
from core.errors import locked
from people.deeds import deeds_of, who_may_have_changed
from people.models import Person, Trust
from people.trust import KEPT_FOR, Deeds, level_of

AT_ONCE = 200


def reckon_trust(person_ids: Iterable[int | None]) -> int:
    """Write down the level of each of these people, if it has changed; return how many had.

    For followers of what was confirmed, or is no more; the same again changes nothing.
    """
    ids = sorted({pk for pk in person_ids if pk is not None})
    found = deeds_of(ids)
    return sum(_reckon(pk, found[pk]) for pk in ids)


def reckon_all_trust() -> int:
    """Do the same for everyone; heals what no follower has told. Called by people.tasks alone."""
    ids = who_may_have_changed()
    return sum(reckon_trust(ids[at : at + AT_ONCE]) for at in range(0, len(ids), AT_ONCE))


@transaction.atomic
def _reckon(person_id: int, deeds: Deeds) -> bool:
    row = Trust.objects.filter(person=person_id).first()
    if _level_now(deeds, row) == (row.level if row else 0):
        return False
    person = locked(Person.objects.all(), pk=person_id)
    row = Trust.objects.filter(person=person_id).first()  # as it is under the lock
    before = row.level if row else 0
    level = _level_now(deeds, row)
    if level == before or person.state == Person.State.ERASED:
        return False
    Trust.objects.update_or_create(
        person=person, defaults={"level": level, "since": timezone.now()}
    )
    journal.record(
        "people.trust_changed",
        actor=None,
        thing=person,
        audience=journal.SYSTEM,
        changes={"level": [before, level]},
    )
    return True


def _level_now(deeds: Deeds, row: Trust | None) -> int:
    if row is None:
        return level_of(deeds)
    return level_of(deeds, row.level, is_new=row.since > timezone.now() - KEPT_FOR)
