"""How a session finds its person: with all that every page asks of them, in one query."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.backends import ModelBackend

from people.models import Person
from people.models.standing import reader


class _Reader(ModelBackend):
    def get_user(self, user_id: Any) -> Person | None:
        person = reader(user_id)
        return person if person is not None and self.user_can_authenticate(person) else None


class HandleBackend(_Reader):
    """Sign in by handle and password: the back office."""


class AddressBackend(_Reader, AuthenticationBackend):  # type: ignore[misc]  # allauth is not typed
    """Sign in by mail address."""
