"""What the forms of several rooms say of their fields."""

from typing import Any, TypeVar

from django.forms import Field, FileField, FileInput

F = TypeVar("F", bound=Field)


def needed_when(words: Any, field: F) -> F:
    """Let a field that one choice of its form asks for say when, instead of that it is optional.

    words: after the label, in brackets; the action refuses what is left out then.
    """
    field.needed_when = words  # type: ignore[attr-defined]
    return field


class ManyFilesInput(FileInput):
    allow_multiple_selected = True


class FilesField(FileField):
    """Several files, or none; each is checked where they are stored."""

    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        return list(data or [])
