"""Who is here."""

from typing import Any

from core.errors import NotSignedIn
from people.models import Person


def me(request: Any) -> Person:
    """Return who makes a request, of a page or of the API. Raises NotSignedIn."""
    if not isinstance(request.user, Person):
        raise NotSignedIn
    return request.user
