"""What a newcomer says besides address and password, on the page and in the account's API."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.errors import InvalidInput
from people.handles import checked_handle
from people.models import Person
from people.models.person import folded
from people.profiles import spoken_languages


class SignupFields(forms.Form):
    """Handle, name and best language; allauth builds its forms of signing up on it."""

    handle = forms.CharField(
        label=_("Handle"),
        max_length=41,
        help_text=_("Your name in addresses and mentions: letters, digits, - and _."),
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    display_name = forms.CharField(
        label=_("Name"),
        max_length=100,
        help_text=_("As others read it. It need not be your civil name."),
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
    )
    language = forms.ChoiceField(
        label=_("Language you write in"), choices=lambda: list(spoken_languages().items())
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].initial = page_language()

    def clean_handle(self) -> str:
        try:
            handle = checked_handle(self.cleaned_data["handle"])
        except InvalidInput as refusal:
            error = refusal.errors[0]
            raise forms.ValidationError(error.detail, code=error.code) from None
        if Person.objects.filter(handle_folded=folded(handle)).exists():
            raise taken()
        return handle

    def clean_display_name(self) -> str:
        name = " ".join(self.cleaned_data["display_name"].split())
        if not name.isprintable():
            raise forms.ValidationError(_("Please write this name without control signs."))
        return name

    def signup(self, request: Any, user: Person) -> None:
        """Nothing is left to be done: the adapter has saved the person with these fields."""


def taken() -> forms.ValidationError:
    return forms.ValidationError(_("Someone else has this handle."), code="taken")


def page_language() -> str:
    """Return the language of the page as one of those pages have."""
    language = (get_language() or "").partition("-")[0]
    return language if language in dict(settings.LANGUAGES) else settings.LANGUAGES[0][0]
