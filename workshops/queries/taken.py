"""Who and what is taken at a time."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils.translation import gettext as _

from people.models import Person
from people.models.person import folded
from workshops.clock import NoSuchTimeError, Slot, Span, is_zone, span_of
from workshops.models import Booking, Venue, Workshop, WorkshopSession
from workshops.plans import LONGEST

VENUE, TRAINER, AUDIENCE = "venue", "trainer", "audience"


@dataclass(frozen=True)
class Conflict:
    """What else takes place during one of the sessions asked about.

    position: of the session, from 0. what: venue, trainer or audience (people who might come to
    both: it is allowed, and worth knowing). title: empty for what the reader may not see.
    """

    position: int
    what: str
    name: str
    start: datetime
    end: datetime
    title: str
    url: str

    def words(self, zone: str) -> str:
        """Return the conflict as a sentence, by the clock of a zone."""
        facts = {
            "name": self.name,
            "start": f"{self.start.astimezone(ZoneInfo(zone)):%H:%M}",
            "end": f"{self.end.astimezone(ZoneInfo(zone)):%H:%M}",
            "title": self.title,
        }
        if self.what == AUDIENCE:
            return _("At the same time, in the same language: %(title)s") % facts
        if self.title:
            return _("%(name)s is taken from %(start)s to %(end)s: %(title)s") % facts
        return _("%(name)s is taken from %(start)s to %(end)s") % facts


@dataclass(frozen=True)
class ShownConflict:
    """A conflict as the form shows it; refuses: it cannot stay so."""

    day: date
    words: str
    url: str
    refuses: bool


def people_by_handle(handles: Iterable[str]) -> dict[str, Person]:
    """Return active people by the handles given, in any case; unknown ones are absent."""
    wanted = {folded(handle): handle for handle in handles}
    rows = Person.objects.active().filter(handle_folded__in=wanted)
    return {wanted[person.handle_folded]: person for person in rows}


def conflicts(
    viewer: Any,
    *,
    venue_id: int | None,
    trainer_ids: Sequence[int],
    spans: Sequence[Span],
    but: int | None = None,
    language: str = "",
) -> list[Conflict]:
    """Return what else holds the venue, the trainers or (language given) the audience then.

    but: the workshop being planned. Titles of others' drafts are not told.
    """
    if not spans:
        return []
    rows = list(
        Booking.objects.filter(_during(spans))
        .filter(Q(venue_id=venue_id, venue__isnull=False) | Q(person_id__in=trainer_ids))
        .exclude(session__workshop_id=but or 0)
        .select_related("session__workshop", "venue", "person")
        .order_by("start_at", "pk")
    )
    ids = {row.session.workshop_id for row in rows}
    seen_ids = set(
        Workshop.objects.visible_to(viewer).filter(pk__in=ids).values_list("pk", flat=True)
    )
    found = []
    for row in rows:
        workshop = row.session.workshop
        shown = workshop.pk in seen_ids
        what, name = (VENUE, str(row.venue)) if row.venue_id else (TRAINER, str(row.person))
        facts = (workshop.title, workshop.path) if shown else ("", "")
        found += _at_positions(spans, what, name, Span(row.start_at, row.end_at), facts)
    if language:
        found += _audience(viewer, spans, language, but)
    return sorted(found, key=lambda conflict: conflict.position)


def _during(spans: Sequence[Span]) -> Q:
    condition = Q()
    for span in spans:
        condition |= Q(start_at__lt=span.end, end_at__gt=span.start)
    return condition


def _at_positions(
    spans: Sequence[Span], what: str, name: str, taken: Span, facts: tuple[str, str]
) -> list[Conflict]:
    return [
        Conflict(position, what, name, taken.start, taken.end, *facts)
        for position, span in enumerate(spans)
        if span.overlaps(taken)
    ]


def _audience(viewer: Any, spans: Sequence[Span], language: str, but: int | None) -> list[Conflict]:
    rows = (
        WorkshopSession.objects.filter(_during(spans))
        .filter(workshop__in=Workshop.objects.running().filter(language=language))
        .exclude(workshop_id=but or 0)
        .select_related("workshop")
        .order_by("start_at", "pk")[:20]
    )
    return [
        conflict
        for row in rows
        for conflict in _at_positions(
            spans,
            AUDIENCE,
            "",
            Span(row.start_at, row.end_at),
            (row.workshop.title, row.workshop.path),
        )
    ]


def conflicts_of(
    viewer: Any,
    *,
    venue: Venue | None,
    zone: str,
    handles: Iterable[str],
    slots: Sequence[Slot],
    language: str,
    but: int,
) -> list[ShownConflict]:
    """Return what is known of a plan that is still being typed; what cannot be read is left out.

    zone: that of a workshop online. but: the workshop that is changed, or 0.
    """
    there = venue.zone if venue else zone
    spans = []
    for slot in slots if is_zone(there) else []:
        with suppress(NoSuchTimeError, OverflowError):
            span = span_of(slot, there)
            if span.end - span.start <= LONGEST:  # longer: one of the two is not typed yet
                spans.append(span)
    people = people_by_handle(handle.strip().lstrip("@") for handle in handles)
    found = conflicts(
        viewer,
        venue_id=venue.pk if venue else None,
        trainer_ids=[person.pk for person in people.values()],
        spans=spans,
        but=but,
        language=language,
    )
    return shown_conflicts(found, there) if found else []


def shown_conflicts(found: Iterable[Conflict], zone: str) -> list[ShownConflict]:
    """Return conflicts as the form shows them, by the clock of a zone."""
    clock = ZoneInfo(zone)
    return [
        ShownConflict(c.start.astimezone(clock).date(), c.words(zone), c.url, c.what != AUDIENCE)
        for c in found
    ]
