"""Tokens for programs: many, hashed, scoped and expiring."""

from datetime import datetime
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from knox.models import AbstractAuthToken, get_digest_token
from knox.settings import CONSTANTS

from people.models.person import Person


class Scope(models.TextChoices):
    READ = "read", _("read what you may see")
    WRITE = "write", _("write in your name")
    IMPORT = "import", _("bring in people and sites (integrators)")


def every_scope() -> list[str]:
    """Return all scopes."""
    return list(Scope.values)


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def visible_to(self, person: Any) -> "ApiTokenQuerySet":
        """Return one's own tokens that still work; nobody sees another's."""
        if not person.is_authenticated:
            return self.none()
        return self.filter(user=person, expiry__gt=timezone.now())


class ApiToken(AbstractAuthToken):  # type: ignore[misc]  # knox is not typed
    """A key that lets a program act for a person; only its hash is kept.

    `user` and `expiry` are knox's names for the person and the end.
    """

    user = models.ForeignKey(Person, models.CASCADE, related_name="+")
    digest = models.CharField(max_length=CONSTANTS.DIGEST_LENGTH, unique=True)
    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=60, blank=True)
    scopes = models.JSONField(default=every_scope)

    objects = ApiTokenQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    @property
    def scope_names(self) -> list[str]:
        """What it may do, in words."""
        return [str(Scope(scope).label) for scope in self.scopes if scope in Scope.values]

    @classmethod
    def issue(
        cls, person: Person, *, name: str, scopes: list[str], expiry: datetime
    ) -> tuple["ApiToken", str]:
        """Make a token; its text is returned this once and kept nowhere."""
        digest, text = get_digest_token()
        token = cls.objects.create(
            user=person,
            digest=digest,
            token_key=text[: CONSTANTS.TOKEN_KEY_LENGTH],
            name=name,
            scopes=scopes,
            expiry=expiry,
        )
        return token, text

    def allows(self, scope: str) -> bool:
        """Whether this token was made for this."""
        return scope in self.scopes
