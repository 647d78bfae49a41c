"""The link in a mail that asks for help, by which such mails end without signing in."""

from django.conf import settings
from django.core import signing
from django.urls import reverse

from core.errors import NotSeen, seen
from people.models import Person


def stop_url(person: Person) -> str:
    """Return the signed address by which no mail asks this person to help any more."""
    path = reverse("ask_mails_stop", args=[_signer().sign(str(person.pk))])
    return f"{settings.PUBLIC_URL}{path}"


def person_of(token: str) -> Person:
    """Return whose mails a link ends. Raises NotSeen for one not ours, or of who is gone."""
    try:
        person_id = int(_signer().unsign(token))
    except (signing.BadSignature, ValueError):
        raise NotSeen from None
    return seen(Person.objects.exclude(state=Person.State.ERASED), pk=person_id)


def _signer() -> signing.Signer:
    return signing.Signer(salt="forum.ask_mails")
