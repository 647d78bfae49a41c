"""What workshops declare to the other rooms."""

from typing import Any

from core.things import Thing, declare
from people.models import Person
from workshops.models import Registration, Venue, Workshop


def _participants(workshop: Workshop) -> list[Person]:
    return [row.person for row in workshop.trainers.select_related("person")]


def _export(person: Any) -> list[dict[str, Any]]:
    """Return what a person proposed, and where they registered."""
    proposed = Workshop.objects.filter(proposed_by=person).order_by("pk")
    registered = Registration.objects.filter(person=person).select_related("workshop")
    return [
        *(
            {"proposed": row.title, "source": row.source, "at": row.proposed_at.isoformat()}
            for row in proposed
        ),
        *(
            {
                "registered_for": row.workshop.title,
                "at": row.registered_at.isoformat(),
                "state": row.state,
                "access_needs": row.access_needs,
            }
            for row in registered.order_by("pk")
        ),
    ]


def _erase(person: Any) -> None:
    from workshops.actions import forget_person

    forget_person(person)


def declare_all() -> None:
    """Declare workshops and venues. Erasing a person frees their seats to come."""
    declare(
        Thing(
            kind="workshops.workshop",
            model=Workshop,
            visible_to=Workshop.objects.visible_to,
            url=lambda row: row.path,
            label=lambda row: row.title,
            participants=_participants,
            author_ids=lambda row: {row.proposed_by_id},
            export=_export,
            erase=_erase,
        )
    )
    declare(
        Thing(
            kind="workshops.venue",
            model=Venue,
            visible_to=lambda person: Venue.objects.all(),
            url=lambda row: "/workshops",
            label=lambda row: row.name,
        )
    )
