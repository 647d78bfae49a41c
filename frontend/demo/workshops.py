"""Four venues and six workshops: two held, four to come, one of them full."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from aid.actions import confirm_claim
from aid.models import AidClaim, ClaimReceiver
from frontend.demo.people import People
from frontend.demo.reading import ago, loaded_at, read
from people.models import Place
from workshops import actions
from workshops.clock import Slot, span_of
from workshops.models import Booking, Registration, Venue, Workshop
from workshops.plans import Plan

A_YEAR = timedelta(weeks=52)  # keeps the weekday


def load_workshops(people: People) -> int:
    """Propose, publish and fill the workshops of the file; return their number."""
    data = read("workshops")
    venues = {row["slug"]: _venue(row) for row in data["venues"] if not row["online"]}
    zones = {row["slug"]: row["time_zone"] for row in data["venues"]}
    for row in data["workshops"]:
        _load_workshop(people, row, venues.get(row["venue"]), zones[row["venue"]])
    return len(data["workshops"])


def _venue(row: dict[str, Any]) -> Venue:
    place = Place.objects.filter(name=row["place"]["name"], country=row["place"]["country"]).first()
    return Venue.objects.create(
        name=row["name"],
        place=place,
        address=row["address"],
        zone=row["time_zone"],
        access=row["access"],
    )


def _load_workshop(people: People, row: dict[str, Any], venue: Venue | None, zone: str) -> None:
    """Plan it a year later than it was when it is past, since nobody plans the past; then move."""
    is_past = row["sessions"][0]["days_from_now"] < 0
    slots = [_slot(entry, A_YEAR if is_past else timedelta(0)) for entry in row["sessions"]]
    trainer = people[row["trainers"][0]]
    workshop = actions.propose_workshop(
        actor=trainer,
        plan=Plan(
            title=row["title"],
            source=row["aims"],
            language=row["language"],
            skills=row["skills"],
            venue_id=venue.pk if venue else None,
            online_url=row.get("online_url", ""),
            zone=zone,
            seats=row["seats"],
            trainers=row["trainers"],
            slots=slots,
        ),
    )
    actions.publish_workshop(actor=trainer, workshop_id=workshop.pk)
    published = ago(row["published_days_ago"])
    Workshop.objects.filter(pk=workshop.pk).update(published_at=published)
    for number, handle in enumerate(row["registrations"]):
        needs = row.get("access_needs", {}).get(handle, "")
        registration = actions.register(
            actor=people[handle], workshop_id=workshop.pk, access_needs=needs
        )
        came = min(published + timedelta(hours=7 * (number + 1)), loaded_at())
        Registration.objects.filter(pk=registration.pk).update(registered_at=came)
    if is_past:
        _move_back(workshop)
        _hold(people, workshop, row["attended"])


def _slot(entry: dict[str, Any], later: timedelta) -> Slot:
    day = timezone.localdate() + timedelta(days=entry["days_from_now"]) + later
    return Slot(day, time.fromisoformat(entry["start"]), time.fromisoformat(entry["end"]))


def _move_back(workshop: Workshop) -> None:
    for session in workshop.sessions.all():
        day: date = session.day - A_YEAR
        span = span_of(Slot(day, session.starts, session.ends), session.zone)
        Booking.objects.filter(session=session).update(start_at=span.start, end_at=span.end)
        type(session).objects.filter(pk=session.pk).update(
            day=day, start_at=span.start, end_at=span.end
        )
    moments: list[tuple[datetime, datetime]] = list(
        workshop.sessions.values_list("start_at", "end_at")
    )
    Workshop.objects.filter(pk=workshop.pk).update(
        starts_at=min(start for start, _end in moments), ends_at=max(end for _start, end in moments)
    )


def _hold(people: People, workshop: Workshop, attended: list[str]) -> None:
    """Take attendance, close, and have those who came confirm."""
    trainer = workshop.trainers.all()[0].person
    came = [people[handle].pk for handle in attended]
    for session in workshop.sessions.all():
        for registration in Registration.objects.filter(workshop=workshop, person__in=came):
            actions.take_attendance(
                actor=trainer,
                workshop_id=workshop.pk,
                session_id=session.pk,
                registration_id=registration.pk,
                present=True,
            )
    actions.close_workshop(actor=trainer, workshop_id=workshop.pk)
    claims = AidClaim.objects.filter(source_kind="workshops.workshop", source_id=workshop.pk)
    for claim in claims:
        for row in ClaimReceiver.objects.filter(claim=claim).select_related("person"):
            confirm_claim(actor=row.person, claim_id=claim.pk)
