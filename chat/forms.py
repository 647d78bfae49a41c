"""What the forms of chat accept."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chat.models import MAX_BYTES, RoomClosure
from core.pages import BIGGEST_KEY
from people.models import Flag
from people.rules import BY_AUTHOR


class ManyFilesInput(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files, or none; their type and size are checked where they are stored."""

    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        return [super(FilesField, self).clean(upload, initial) for upload in data or []]


class NumberField(forms.IntegerField):
    """A number that a page puts into its form."""

    widget = forms.HiddenInput

    def __init__(self, **facts: Any) -> None:
        super().__init__(min_value=0, max_value=BIGGEST_KEY, **facts)


class MessageForm(forms.Form):
    """seen: up to where the page that the form stands on shows the room."""

    source = forms.CharField(
        label=_("Your message"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=MAX_BYTES,
        required=False,
    )
    client_id = forms.CharField(max_length=64, widget=forms.HiddenInput)
    reply_to = NumberField(required=False)
    seen = NumberField(required=False)
    attachments = FilesField(label=_("Files"), required=False)


class MessageEditForm(forms.Form):
    """file_count: of the message; one with files may do without words."""

    source = forms.CharField(
        label=_("Your message"),
        widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
        max_length=MAX_BYTES,
        error_messages={"required": _("Write something first.")},
    )
    revision = NumberField()

    def __init__(self, *facts: Any, file_count: int, **more: Any) -> None:
        super().__init__(*facts, **more)
        self.fields["source"].required = not file_count


class MessageRemovalForm(forms.Form):
    rule = forms.ChoiceField(
        choices=[(BY_AUTHOR, ""), *Flag.Reason.choices], required=False, initial=BY_AUTHOR
    )
    reason = forms.CharField(label=_("Why"), max_length=500, required=False)


class EmojiForm(forms.Form):
    emoji = forms.CharField(max_length=16)


class RoomForm(forms.Form):
    kind = forms.CharField(max_length=40)
    id = forms.IntegerField(min_value=1, max_value=BIGGEST_KEY)


class SeenForm(forms.Form):
    number = NumberField()


class ClosureForm(forms.Form):
    rule = forms.ChoiceField(
        label=_("For the moderation log"), choices=RoomClosure.Rule.choices, required=False
    )
    reason = forms.CharField(label=_("Why it is closed"), max_length=500)


class PaceForm(forms.Form):
    seconds = forms.IntegerField(
        label=_("Seconds between two messages of one person"), min_value=0, max_value=3600
    )
