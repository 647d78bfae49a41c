"""Saved views of the queue, and how much each one shows."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from core.prepared import Prepared
from helpdesk.models import SavedView
from helpdesk.queries.lists import QueueFilters, queue_rows_counted
from people.models import Person
from people.models.standing import Counted, Held, held_by, stand_in

SHOWN, COUNTED = 8, 100
OF_THE_START: dict[str, Any] = {
    "Mine": gettext_lazy("Mine"),
    "Nobody has it": gettext_lazy("Nobody has it"),
    "Solved": gettext_lazy("Solved"),
}


@dataclass(frozen=True)
class ShownView:
    """A view as its reader has it; count: at most 100, which means more than 99."""

    id: int
    name: str
    queue: str
    is_mine: bool
    filters: QueueFilters
    count: int

    @property
    def path(self) -> str:
        return f"/queue?{urlencode(self.filters.__dict__)}"

    @property
    def count_words(self) -> str:
        return f"{COUNTED - 1}+" if self.count >= COUNTED else str(self.count)


def saved_views(person: Any, *, only: int | None = None) -> list[ShownView]:
    """Return the views of a person, the shared ones first; two queries, or one without any.

    only: the id of one of them.
    """
    found = _first_views(held_by(person))(person.pk) if only is None else _view(person, only)
    views = sorted(found, key=lambda view: view.queue_id is None)[:SHOWN]
    counts = _counts(person, views)
    return [
        ShownView(
            id=view.pk,
            name=view_name(view),
            queue=view.queue.slug if view.queue else "",
            is_mine=view.owner_id == person.pk,
            filters=filters_of(view),
            count=count,
        )
        for view, count in zip(views, counts, strict=True)
    ]


@lru_cache(maxsize=256)
def _first_views(held: Held) -> Prepared[SavedView]:
    def build(person_id: int) -> QuerySet[SavedView]:
        rows = SavedView.objects.visible_to(stand_in(person_id, held)).select_related("queue")
        return rows.order_by("pk")[: 2 * SHOWN]

    return Prepared(build)


def _view(person: Any, view_id: int) -> QuerySet[SavedView]:
    return SavedView.objects.visible_to(person).select_related("queue").filter(pk=view_id)


def view_name(view: SavedView) -> str:
    """Return what a view is called: as its owner wrote it, those of the start in one's language."""
    return str(OF_THE_START.get(view.name, view.name))


def filters_of(view: SavedView) -> QueueFilters:
    """Return the filters of a view; what a later version does not know is left out."""
    known = QueueFilters.__dataclass_fields__
    return QueueFilters(**{name: value for name, value in view.filters.items() if name in known})


def _counts(person: Any, views: list[SavedView]) -> tuple[int, ...]:
    """Return how many tickets each view has, none counted beyond COUNTED; one statement."""
    if not views:
        return ()
    columns = {
        f"view_{view.pk}": Counted(
            queue_rows_counted(person, filters_of(view)).order_by().values("pk")[:COUNTED]
        )
        for view in views
    }
    rows: Any = Person.objects.filter(pk=person.pk).annotate(**columns)
    found: tuple[int, ...] = rows.values_list(*columns).get()
    return found
