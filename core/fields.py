"""What the forms of several rooms say of their fields."""

from typing import Any, TypeVar

from django.forms import Field

F = TypeVar("F", bound=Field)


def needed_when(words: Any, field: F) -> F:
    """Let a field that one choice of its form asks for say when, instead of that it is optional.

    words: after the label, in brackets; the action refuses what is left out then.
    """
    field.needed_when = words  # type: ignore[attr-defined]
    return field
