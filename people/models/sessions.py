"""Sessions, each with its person: read together, and ended together."""

from typing import Any

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from people.models.person import Person


class Session(AbstractBaseSession):
    """A browser's session; `person` is who signed in with it."""

    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="sessions")

    @classmethod
    def get_session_store_class(cls) -> Any:
        from people.sessions import SessionStore  # which imports this

        return SessionStore
