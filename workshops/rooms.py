"""Who talks in a workshop's room: those who lead it and those who have a seat."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from chat import rooms
from people.rules import has_role
from workshops import rules
from workshops.models import Registration, Trainer, Workshop


def declare_all() -> None:
    """Give every workshop a room, which its trainers and coordinators keep kind."""
    rooms.declare("workshops.workshop", _may_enter, _enterable, rules.can_manage)


def _may_enter(person: Any, workshop: Workshop) -> bool:
    return _enterable(person).filter(pk=workshop.pk).exists()


def _enterable(person: Any) -> QuerySet[Workshop]:
    rows = Workshop.objects.visible_to(person)
    if has_role(person, "coordinator"):
        return rows
    leads = Trainer.objects.filter(workshop=OuterRef("pk"), person=person)
    seats = Registration.objects.filter(
        workshop=OuterRef("pk"), person=person, state=Registration.State.REGISTERED
    )
    return rows.filter(Q(Exists(leads)) | Q(Exists(seats)))
