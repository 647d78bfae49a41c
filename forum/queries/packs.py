"""The packs there are."""

from dataclasses import dataclass

from core.files import files_by_thing
from core.models import StoredFile
from forum.models import Pack
from people.models import Person

MOST_SHOWN = 100


@dataclass(frozen=True)
class ShownPack:
    """A pack with its file; none while it is being made."""

    row: Pack
    file: StoredFile | None


def shown_packs(person: Person) -> list[ShownPack]:
    """Return the packs a person may fetch, newest first; two queries."""
    rows = Pack.objects.visible_to(person).select_related("tag", "asked_by").order_by("-pk")
    return with_files(list(rows[:MOST_SHOWN]))


def with_files(packs: list[Pack]) -> list[ShownPack]:
    files = files_by_thing(packs)
    return [ShownPack(row, next(iter(files[row.pk]), None)) for row in packs]
