"""Workshops to test with."""

from dataclasses import replace
from datetime import date, time
from typing import Any

from workshops import actions
from workshops.clock import Slot
from workshops.models import Venue, Workshop
from workshops.plans import Plan

DAY = date(2026, 12, 8)


def make_venue(name: str = "Maison des associations", zone: str = "Europe/Paris") -> Venue:
    return Venue.objects.create(name=name, address=f"4, {name}", zone=zone, access="Step-free")


def slot(day: date = DAY, starts: int = 18, ends: int = 20, **facts: Any) -> Slot:
    return Slot(day=day, starts=time(starts), ends=time(ends), **facts)


def plan(venue: Venue | None = None, **facts: Any) -> Plan:
    usual = Plan(
        title="Keep a WordPress site alive",
        source="After it you can *update* without fear.",
        language="en",
        skills=[],
        venue_id=venue.pk if venue else None,
        online_url="" if venue else "https://meet.example/SECRETPLUM",
        zone="Europe/Paris",
        seats=2,
        trainers=["tomas"],
        slots=[slot()],
    )
    return replace(usual, **facts)


def make_draft(actor: Any, venue: Venue | None = None, **facts: Any) -> Workshop:
    return actions.propose_workshop(actor=actor, plan=plan(venue, **facts))


def make_workshop(actor: Any, venue: Venue | None = None, **facts: Any) -> Workshop:
    """Propose and publish."""
    draft = make_draft(actor, venue, **facts)
    return actions.publish_workshop(actor=actor, workshop_id=draft.pk)
