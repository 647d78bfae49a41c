"""What people did that was confirmed, for people.trust; higher rooms declare what they know."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count

from people.models import Flag, Person, Trust
from people.trust import Deeds

# A receiver whom the giver may not tell from others. All of these are one: how many people someone
# helped is shown to them, and would say whether a person without a name was among those before.
SOMEONE = 0
# Of these givers (None: of everyone): (giver's id, receiver's id or SOMEONE, how many helps).
Counted = Iterable[tuple[int, int, int]]
Source = Callable[[Collection[int] | None], Counted]
_sources: dict[str, tuple[Any, Source]] = {}


@dataclass
class _Sum:
    helps: dict[str, int] = field(default_factory=dict)
    people: set[int] = field(default_factory=set)


def declare(key: str, label: Any, source: Source) -> None:
    """Add a kind of confirmed help; called once, from the app's ready(). One statement.

    key: stable, such as `answers`. label: lazy, such as "accepted answers". Nothing that someone
    gave themselves, and nothing that another source counts too.
    """
    _sources[key] = (label, source)


def labels() -> dict[str, str]:
    """Return what each kind of help is called, in the active language."""
    return {key: str(label) for key, (label, _source) in _sources.items()}


def deeds_of(ids: Collection[int]) -> dict[int, Deeds]:
    """Return the deeds of these people by id; one statement a source, however many people."""
    found = _summed(ids)
    # Of a secret in what they wrote themselves people tell too: that counts for nobody.
    flags = Flag.objects.filter(person__in=ids, decision=Flag.Decision.AGREED)
    flags = flags.exclude(reason=Flag.Reason.SECRET)
    agreed = dict(flags.order_by().values_list("person").annotate(n=Count("pk")))
    return {
        pk: Deeds(helps=found[pk].helps, people=len(found[pk].people), flags=agreed.get(pk, 0))
        for pk in ids
    }


def who_may_have_changed() -> list[int]:
    """Return everyone who has a level, or gave help that counts, by id."""
    ids = set(Trust.objects.values_list("person", flat=True)) | set(_summed(None))
    return sorted(
        Person.objects.exclude(state=Person.State.ERASED)
        .filter(pk__in=ids)
        .values_list("pk", flat=True)
    )


def _summed(ids: Collection[int] | None) -> dict[int, _Sum]:
    found: dict[int, _Sum] = defaultdict(_Sum)
    for key, (_label, source) in _sources.items():
        for giver, receiver, count in source(ids):
            one = found[giver]
            one.helps[key] = one.helps.get(key, 0) + count
            one.people.add(receiver)
    return found
