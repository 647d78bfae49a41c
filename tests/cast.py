"""The cast of every test: one memorable person per role, and an outsider who must see nothing.

The word SECRETPLUM is planted in what the outsider must never see.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.utils import timezone

from people.models import (
    GuaranteeLevel,
    GuaranteeLevelVersion,
    Person,
    PersonLanguage,
    RoleGrant,
    Session,
)
from people.models.person import folded
from people.sessions import SessionStore

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
    _address(person).save()
    PersonLanguage.objects.create(person=person, language=language)
    if role:
        _grant(person, role).save()
    return person


def _address(person: Person) -> EmailAddress:
    email = f"{person.handle}@people.example"
    return EmailAddress(user=person, email=email, verified=True, primary=True)


def _grant(person: Person, role: str) -> RoleGrant:
    return RoleGrant(person=person, role=role, volunteer=role != "agent")


def make_cast() -> Cast:
    """Create everyone, as make_person does, in four statements: nearly every test begins so."""
    everyone = [
        Person(handle=field.name, handle_folded=folded(field.name)) for field in fields(Cast)
    ]
    for person in everyone:
        person.display_name, person.interface_language = person.handle.capitalize(), "en"
        person.set_unusable_password()
    Person.objects.bulk_create(everyone)
    EmailAddress.objects.bulk_create(map(_address, everyone))
    PersonLanguage.objects.bulk_create(
        PersonLanguage(person=row, language="en") for row in everyone
    )
    grants = (_grant(row, ROLES[row.handle]) for row in everyone if row.handle in ROLES)
    RoleGrant.objects.bulk_create(grants)
    return Cast(**{person.handle: person for person in everyone})


def session_of(person: Person) -> str:
    """Return the key of a new session of theirs, by one statement; Client.force_login asks ten."""
    signed_in = {
        SESSION_KEY: str(person.pk),
        BACKEND_SESSION_KEY: "people.backends.HandleBackend",
        HASH_SESSION_KEY: person.get_session_auth_hash(),
    }
    row = Session.objects.create(
        session_key=uuid.uuid4().hex,
        session_data=SessionStore().encode(signed_in),
        expire_date=timezone.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE),
        person=person,
    )
    return row.session_key


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
