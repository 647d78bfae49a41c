"""What comes next, for other rooms' screens."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from people.models import Person
from workshops.models import Registration, Trainer, Workshop, WorkshopSession


@dataclass(frozen=True)
class Upcoming:
    """A line of someone's day or of the first page."""

    title: str
    url: str
    when: datetime
    state: str
    language: str
    urgent: bool = False
    tags: Sequence[str] = ()


def upcoming(limit: int = 3) -> list[Upcoming]:
    """Return the next published workshops; one query."""
    rows = Workshop.objects.running().with_counts().filter(ends_at__gt=timezone.now())
    return [
        Upcoming(row.title, row.path, row.starts_at, seats_words(row), row.language)
        for row in rows.order_by("starts_at", "pk")[:limit]
    ]


def seats_words(workshop: Workshop) -> str:
    """Return how many seats are left, in words; the row has its counts."""
    free = workshop.seats - int(getattr(workshop, "taken", 0))
    if free <= 0:
        return _("waiting list")
    return ngettext("%(free)s seat left", "%(free)s seats left", free) % {"free": free}


def upcoming_for(person: Person, limit: int = 5) -> list[Upcoming]:
    """Return the next sessions this person leads, has a seat in or waits for; one query."""
    mine = Registration.objects.filter(
        workshop=OuterRef("workshop"), person=person, state__in=Registration.ACTIVE
    )
    leads = Trainer.objects.filter(workshop=OuterRef("workshop"), person=person)
    rows = (
        WorkshopSession.objects.filter(
            workshop__in=Workshop.objects.running(), end_at__gt=timezone.now()
        )
        .annotate(my_state=Subquery(mine.values("state")[:1]), leads=Exists(leads))
        .filter(Q(leads=True) | Q(my_state__isnull=False))
        .select_related("workshop")
        .order_by("start_at", "pk")[:limit]
    )
    return [
        Upcoming(
            title=row.workshop.title,
            url=row.workshop.path,
            when=row.start_at,
            state=_("you lead it") if row.leads else str(Registration.State(row.my_state).label),
            language=row.workshop.language,
        )
        for row in rows
    ]
