"""How a list of the API is narrowed."""

from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

MEANINGS = {"": None, "true": True, "1": True, "false": False, "0": False}


class TrueOrFalseField(forms.Field):
    widget = forms.TextInput

    def to_python(self, value: Any) -> bool | None:
        """Return what was written, None for nothing."""
        try:
            return MEANINGS[(value or "").lower()]
        except KeyError:
            raise ValidationError(_("Write true or false."), code="invalid") from None


class TrueOrFalse(django_filters.BooleanFilter):  # type: ignore[misc]  # ships no types
    """A filter of `true` or `false`.

    (The library's own takes any other word for nothing, and answers with the whole list.)
    """

    field_class = TrueOrFalseField
