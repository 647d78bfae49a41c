"""Who may what, of workshops. Every rule reads only and never raises."""

from datetime import datetime, timedelta
from typing import Any

from people.rules import can_act, has_role
from workshops.models import Workshop, WorkshopSession

DOORS_OPEN = timedelta(hours=1)  # before the session


def can_propose(person: Any) -> bool:
    """Trainers and coordinators."""
    return has_role(person, "trainer") or has_role(person, "coordinator")


def can_lead(person: Any) -> bool:
    """Whom a workshop may name as trainer: trainers and coordinators."""
    return can_propose(person)


def can_manage(person: Any, workshop: Workshop) -> bool:
    """Change, publish, cancel, take attendance, see who registered: its trainers, coordinators."""
    return can_act(person) and (has_role(person, "coordinator") or is_trainer(person, workshop))


def can_register(person: Any, workshop: Workshop) -> bool:
    """Anyone active but those who lead it."""
    return can_act(person) and not is_trainer(person, workshop)


def is_trainer(person: Any, workshop: Workshop) -> bool:
    """Whether this person leads it; read from the rows prefetched, where there are some."""
    return any(row.person_id == person.pk for row in workshop.trainers.all())


def doors_are_open(session: WorkshopSession, now: datetime) -> bool:
    """Whether it can be said who is there: from an hour before the session on."""
    return now >= session.start_at - DOORS_OPEN
