"""The links in mails by which such mails end, without signing in."""

from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.urls import reverse

from core.errors import NotSeen, seen
from core.mail import one_click
from people.models import Person


@dataclass(frozen=True)
class StopLinks:
    """The links that end mails of one sort: whose they are, and perhaps of what, signed.

    salt: of the signature; never changed, since links stand in mails for good. page: the name of
    the page they lead to, which takes a token.
    """

    salt: str
    page: str

    def path(self, person: Person, *what: object) -> str:
        """Return the address by which this person gets no more of these mails."""
        said = ":".join(map(str, (person.pk, *what)))
        return reverse(self.page, args=[self._signer().sign(said)])

    def url(self, person: Person, *what: object) -> str:
        """Return the same as it stands in a mail."""
        return f"{settings.PUBLIC_URL}{self.path(person, *what)}"

    def headers(self, person: Person, *what: object) -> dict[str, str]:
        """Return what lets a mail program do it in one click."""
        return one_click(self.url(person, *what))

    def read(self, token: str) -> tuple[Person, list[str]]:
        """Return whose mails a link ends, and of what. Raises NotSeen for one that is not ours, or
        of who is gone."""
        try:
            person_id, *what = self._signer().unsign(token).split(":")
            wanted = int(person_id)
        except (signing.BadSignature, ValueError):
            raise NotSeen from None
        return seen(Person.objects.exclude(state=Person.State.ERASED), pk=wanted), what

    def _signer(self) -> signing.Signer:
        return signing.Signer(salt=self.salt)


DIGESTS = StopLinks("people.digest", "digest_stop")
FOLLOWED = StopLinks("people.follow", "follow_stop")  # of a thing, by its kind and id
