"""The cast of every test: one memorable person per role, and an outsider who must see nothing.

The word SECRETPLUM is planted in what the outsider must never see.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

from allauth.account.models import EmailAddress

from people.models import GuaranteeLevel, GuaranteeLevelVersion, Person, PersonLanguage, RoleGrant

SECRET = "SECRETPLUM"


@dataclass(frozen=True)
class Cast:
    aminata: Person  # member: her site is down
    bao: Person  # helper: answers about PHP
    nadia: Person  # agent, paid: works the queue
    tomas: Person  # trainer: runs workshops
    clara: Person  # coordinator: matches and reports
    moira: Person  # moderator: keeps the place kind
    panel: Person  # integrator: the hosting panel
    omar: Person  # outsider: an active member without a role, who must see nothing private

    def __iter__(self) -> Iterator[Person]:
        return (getattr(self, field.name) for field in fields(self))


ROLES = {
    "bao": "helper",
    "nadia": "agent",
    "tomas": "trainer",
    "clara": "coordinator",
    "moira": "moderator",
    "panel": "integrator",
}


def make_person(
    handle: str, *, role: str | None = None, language: str = "en", **facts: Any
) -> Person:
    """Create an active person with a verified address and, perhaps, a role."""
    facts.setdefault("display_name", handle.capitalize())
    person = Person.objects.create_user(handle, interface_language=language, **facts)
    EmailAddress.objects.create(
        user=person, email=f"{handle}@people.example", verified=True, primary=True
    )
    PersonLanguage.objects.create(person=person, language=language)
    if role:
        RoleGrant.objects.create(person=person, role=role, volunteer=role != "agent")
    return person


def make_cast() -> Cast:
    """Create everyone."""
    people = {
        field.name: make_person(field.name, role=ROLES.get(field.name)) for field in fields(Cast)
    }
    return Cast(**people)


def make_levels() -> dict[str, GuaranteeLevel]:
    """Create the free level and a paid one."""
    free = GuaranteeLevel.objects.create(slug="free", is_default=True)
    paid = GuaranteeLevel.objects.create(slug="guaranteed")
    GuaranteeLevelVersion.objects.create(
        level=free, names={"en": "Free", "fr": "Gratuit"}, first_response_minutes=2880
    )
    GuaranteeLevelVersion.objects.create(
        level=paid,
        names={"en": "Guaranteed", "fr": "Garanti"},
        first_response_minutes=240,
        resolution_minutes=1440,
        yearly_price_cents=12000,
    )
    return {"free": free, "guaranteed": paid}
