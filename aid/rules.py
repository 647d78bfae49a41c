"""Who may what, in the ledger."""

from typing import Any

from aid.models import AidClaim, AidEntry
from people.models import Person
from people.rules import can_act, has_role


def can_claim(person: Any) -> bool:
    """Anyone active: claims help that was given outside; rooms ask their own rules."""
    return can_act(person)


def can_answer_claim(person: Any, claim: AidClaim) -> bool:
    """The receiver, never the giver."""
    return (
        can_act(person)
        and claim.receivers.filter(person=person).exists()
        and not claim.givers.filter(person=person).exists()
    )


def can_edit_claim(person: Any, claim: AidClaim) -> bool:
    """Who gives."""
    return can_act(person) and claim.givers.filter(person=person).exists()


def can_reverse(person: Any, entry: AidEntry) -> bool:
    """Coordinators."""
    return has_role(person, "coordinator")


def is_counted(person: Person) -> bool:
    """Whether a person's help is mutual aid: paid staff's is their work."""
    return all(grant.volunteer for grant in person.grants)
