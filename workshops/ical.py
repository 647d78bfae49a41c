"""Workshops as calendar files.

Source: RFC 5545 (events, STATUS, SEQUENCE), RFC 7986 (names of calendars).
"""

from collections.abc import Iterable
from datetime import timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from core.markup import plain_text
from workshops.models import Workshop, WorkshopSession

REFRESH = timedelta(hours=1)


def calendar_of(workshops: Iterable[Workshop], *, name: str, base_url: str, online: str) -> bytes:
    """Return a calendar file with an event for each session.

    workshops: with venue selected and sessions prefetched. base_url: of the site, without a slash
    at its end. online: the word for a place on the network; its address is for who has a seat.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Entraide//Workshops//EN")
    calendar.add("version", "2.0")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", REFRESH, {"value": "DURATION"})
    for workshop in workshops:
        for session in workshop.sessions.all():
            calendar.add_component(_event(workshop, session, base_url, online))
    # The clock on the wall counts: what the zone's rules become is the reader's to follow.
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _event(workshop: Workshop, session: WorkshopSession, base_url: str, online: str) -> Event:
    zone = ZoneInfo(session.zone)
    event = Event()
    event.add("uid", f"workshop-{workshop.pk}-session-{session.pk}@entraide")
    event.add("sequence", workshop.revision)
    event.add("dtstamp", workshop.changed_at)
    event.add("last-modified", workshop.changed_at)
    event.add("dtstart", session.start_at.astimezone(zone))
    event.add("dtend", session.end_at.astimezone(zone))
    event.add("summary", workshop.title)
    event.add("description", plain_text(workshop.html))
    event.add("url", f"{base_url}{workshop.path}")
    venue = workshop.venue
    event.add("location", f"{venue.name}, {venue.address}" if venue else online)
    cancelled = workshop.state == Workshop.State.CANCELLED
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    return event
