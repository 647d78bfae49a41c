"""The links in mails by which one hears of a thing no more, without signing in."""

from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.urls import reverse

from core.errors import NotSeen, seen
from core.mail import one_click
from people.models import Person


@dataclass(frozen=True)
class StopLink:
    """Who hears no more of which thing by a link."""

    person: Person
    kind: str
    object_id: int


def stop_path(person: Person, kind: str, object_id: int) -> str:
    """Return the signed address by which this person hears of this thing no more."""
    return reverse("follow_stop", args=[_signer().sign(f"{person.pk}:{kind}:{object_id}")])


def stop_headers(person: Person, kind: str, object_id: int) -> dict[str, str]:
    """Return what lets a mail program do it in one click."""
    return one_click(f"{settings.PUBLIC_URL}{stop_path(person, kind, object_id)}")


def read_link(token: str) -> StopLink:
    """Return what a link says. Raises NotSeen for one that is not ours, or of who is gone."""
    try:
        person_id, kind, object_id = _signer().unsign(token).split(":")
    except (signing.BadSignature, ValueError):
        raise NotSeen from None
    people = Person.objects.exclude(state=Person.State.ERASED)
    return StopLink(seen(people, pk=int(person_id)), kind, int(object_id))


def _signer() -> signing.Signer:
    return signing.Signer(salt="people.follow")
