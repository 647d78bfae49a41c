"""What the ledger tells people of confirmed help: its entries, but those other rooms count."""

from collections.abc import Collection

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from aid.models import AidLine, Kind
from people import deeds


def confirmed_entries(givers: Collection[int] | None) -> list[tuple[int, int, int]]:
    """Return (giver, receiver, how many), of entries that stand.

    Accepted answers and mentoring sessions are counted where they happen. An act for several people
    is one act: it counts with the first of them alone.
    """
    rows = AidLine.objects.filter(
        minutes__gt=0, entry__reverses=None, entry__reversed_by=None
    ).exclude(entry__kind__in=[Kind.ANSWER, Kind.MENTORING])
    if givers is not None:
        rows = rows.filter(person__in=givers)
    rows = rows.filter(entry__lines__minutes__lt=0).order_by("pk", "entry__lines__pk")
    pairs = rows.annotate(receiver=F("entry__lines__person"))
    seen: set[tuple[int, int]] = set()
    found = []
    for giver, entry, receiver in pairs.values_list("person", "entry", "receiver"):
        found.append((giver, receiver, int((giver, entry) not in seen)))
        seen.add((giver, entry))
    return found


def declare_all() -> None:
    """Declare confirmed entries as help."""
    deeds.declare("entries", _("confirmed entries of the commons"), confirmed_entries)
