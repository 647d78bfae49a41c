"""People whom we know by their address alone: they wrote by mail, or were invited by it."""

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction

from core import journal
from people.handles import given_handle
from people.models import Person, PersonLanguage
from people.models.person import UNPROVEN
from people.queries import person_writing_from

LONGEST_NAME = 100


@transaction.atomic
def person_of_mail(*, address: str, name: str, language: str) -> Person:
    """Return who writes from this address, as a stub if nobody is known to.

    A stub may do nothing here until they prove the address by signing in with a code; their mails
    open tickets, which are answered by mail. language: BCP 47 or "und".
    """
    return person_writing_from(address) or _stub(address, name, language)


@transaction.atomic
def person_at(*, address: str, language: str) -> Person:
    """Return the person at an address; where there is none yet, make a stub.

    Whom we imported is there already, though they have proven nothing yet.
    """
    address = address.strip().lower()
    known = person_writing_from(address, UNPROVEN)
    return known or _stub(address, "", language)


def _stub(address: str, name: str, language: str) -> Person:
    own_part = address.partition("@")[0][:LONGEST_NAME]
    shown = " ".join(name.split())[:LONGEST_NAME] or own_part
    person = Person.objects.create_user(
        given_handle(),
        display_name=shown if shown.isprintable() else own_part,
        state=Person.State.STUB,
        interface_language=language if language in dict(settings.LANGUAGES) else "en",
    )
    if language in dict(settings.SPOKEN_LANGUAGES):
        PersonLanguage.objects.create(person=person, language=language)
    EmailAddress.objects.create(user=person, email=address, primary=True, verified=False)
    journal.record("people.stub_made", actor=None, thing=person, audience=journal.SYSTEM)
    return person
