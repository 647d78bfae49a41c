"""How a program shows its token."""

from typing import Any

from django.utils import timezone
from knox.auth import TokenAuthentication as KnoxAuthentication
from knox.crypto import hash_token
from rest_framework import exceptions

from people.models import ApiToken, Person


class TokenAuthentication(KnoxAuthentication):  # type: ignore[misc]  # knox is not typed
    """`Authorization: Token …`: one query, and no writing while reading.

    (knox's own looks at all tokens of the person and deletes expired ones on every request.)
    """

    def authenticate_credentials(self, token: bytes) -> tuple[Person, Any]:
        try:
            digest = hash_token(token.decode("ascii"))
        except UnicodeDecodeError:
            raise exceptions.AuthenticationFailed from None
        found = ApiToken.objects.select_related("user").filter(digest=digest).first()
        if found is None or (found.expiry is not None and found.expiry <= timezone.now()):
            raise exceptions.AuthenticationFailed
        if found.user.state not in (Person.State.ACTIVE, Person.State.SUSPENDED):
            raise exceptions.AuthenticationFailed
        return found.user, found
