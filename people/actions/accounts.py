"""How an account begins."""

from django.db import transaction

from core import journal
from core.errors import locked
from people.models import Person
from people.models.person import UNPROVEN


@transaction.atomic
def claim_account(*, actor: Person) -> Person:
    """Make an account active whose address was just proven; active ones stay as they are.

    Called by people.accounts alone, after allauth has let the person in: by a code or a reset
    sent to the address, or a password with a verified address.
    """
    person = locked(Person.objects.all(), pk=actor.pk)
    if person.state not in UNPROVEN:
        return person
    was = person.state
    person.state = Person.State.ACTIVE
    person.save(update_fields=["state"])
    journal.record(
        "people.person_joined",
        actor=person,
        thing=person,
        audience=journal.SYSTEM,
        changes={"was": was},
    )
    return person
