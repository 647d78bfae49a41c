"""How a program shows its token."""

from typing import Any

from allauth.headless.contrib.rest_framework.authentication import XSessionTokenAuthentication
from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.plumbing import build_bearer_security_scheme_object
from knox.auth import TokenAuthentication as KnoxAuthentication
from knox.crypto import hash_token
from rest_framework import exceptions

from core.prepared import Prepared
from people import second_factor
from people.models import ApiToken, Person
from people.models.person import SANCTIONED


def _by_digest(digest: str) -> Any:
    return ApiToken.objects.filter(digest=digest).select_related("user")


_tokens: Prepared[ApiToken] = Prepared(_by_digest)


class TokenAuthentication(KnoxAuthentication):  # type: ignore[misc]  # knox is not typed
    """`Authorization: Token …`: one query, and no writing while reading.

    (knox's own looks at all tokens of the person and deletes expired ones on every request.)
    """

    def authenticate_credentials(self, token: bytes) -> tuple[Person, Any]:
        try:
            digest = hash_token(token.decode("ascii"))
        except UnicodeDecodeError:
            raise exceptions.AuthenticationFailed from None
        found = next(iter(_tokens(digest)), None)
        if found is None or (found.expiry is not None and found.expiry <= timezone.now()):
            raise exceptions.AuthenticationFailed
        if found.user.state not in (Person.State.ACTIVE, *SANCTIONED):
            raise exceptions.AuthenticationFailed
        if second_factor.is_missing(found.user):
            raise second_factor.SecondFactorNeeded
        return found.user, found


class SessionTokenAuthentication(XSessionTokenAuthentication):  # type: ignore[misc]  # not typed
    """`X-Session-Token: …`, as signing in by the account's API gives it (people/accounts.py).

    A session as any other: it ends with signing out, a changed password or an erased account.
    """

    def authenticate(self, request: Any) -> tuple[Person, Any] | None:
        found: tuple[Person, Any] | None = super().authenticate(request)
        if found is None:
            if self.get_session_token(request):
                raise exceptions.AuthenticationFailed
            return None
        if second_factor.is_missing(found[0]):
            raise second_factor.SecondFactorNeeded
        return found[0], None  # as by a browser's session: no token that allows a part alone

    def authenticate_header(self, request: Any) -> str:
        return "X-Session-Token"


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the API's description names it (drf-spectacular finds this class by itself)."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> Any:
        prefix = self.target.authenticate_header(None)
        return build_bearer_security_scheme_object("Authorization", prefix)


class SessionTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The same of a session's token."""

    target_class = SessionTokenAuthentication
    name = "session token"

    def get_security_definition(self, auto_schema: Any) -> Any:
        return {"type": "apiKey", "in": "header", "name": "X-Session-Token"}
