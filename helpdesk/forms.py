"""What the help desk's forms accept."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from helpdesk.numbers import id_of
from helpdesk.states import State
from people.models import Person
from people.models.person import folded
from people.queries import own_sites

LONGEST_TEXT = 30000
MOST_SITES = 100


class ManyFilesInput(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files, or none; their type and size are checked where they are stored."""

    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        return [super(FilesField, self).clean(upload, initial) for upload in data or []]


class HandleField(forms.CharField):
    """A person's handle; becomes the active person."""

    def clean(self, value: object) -> Person | None:
        handle = str(super().clean(value)).strip().removeprefix("@")
        if not handle:
            return None
        people = Person.objects.active().filter(handle_folded=folded(handle))
        person = people.first()
        if person is None:
            raise forms.ValidationError(
                _("Nobody here is called %(name)s."), code="unknown", params={"name": handle}
            )
        return person


class NumberField(forms.CharField):
    """A ticket's number, however it is typed; becomes the ticket's id."""

    def clean(self, value: object) -> int:
        try:
            return id_of(str(super().clean(value)))
        except ValueError:
            raise forms.ValidationError(
                _("This is not a ticket number, such as 4H7-291-K."), code="invalid"
            ) from None


class TicketForm(forms.Form):
    subject = forms.CharField(
        label=_("What is it about?"),
        min_length=3,
        max_length=200,
        help_text=_("One sentence. Past answers appear while you type."),
    )
    site = forms.TypedChoiceField(
        label=_("Which site?"), required=False, coerce=int, empty_value=None
    )
    source = forms.CharField(
        label=_("What happened?"),
        widget=forms.Textarea(attrs={"rows": 10, "dir": "auto"}),
        max_length=LONGEST_TEXT,
        help_text=_("What you did, what you saw, since when. Never write a password here."),
    )
    attachments = FilesField(
        label=_("Files"), required=False, help_text=_("At most ten: pictures, texts, mails, PDF.")
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.SPOKEN_LANGUAGES)

    def __init__(self, person: Person, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sites = own_sites(person).order_by("domain", "pk")[:MOST_SITES]
        rows = [(site.pk, site.domain) for site in sites]
        site_field: Any = self.fields["site"]
        site_field.choices = [("", _("None, or I do not know")), *rows]
        if not rows:
            del self.fields["site"]


class NoteForm(forms.Form):
    source = forms.CharField(
        label=_("Internal note"),
        widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
        max_length=LONGEST_TEXT,
    )
    attachments = FilesField(label=_("Files"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "note_%s")  # it stands beside the reply's form
        super().__init__(*args, **kwargs)


class MessageForm(forms.Form):
    """A reply; revision: what its page had shown."""

    source = forms.CharField(
        label=_("Your reply"),
        widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
        max_length=LONGEST_TEXT,
    )
    attachments = FilesField(label=_("Files"), required=False)
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    then = forms.ChoiceField(required=False, choices=State.choices, widget=forms.HiddenInput)


class StateForm(forms.Form):
    state = forms.ChoiceField(choices=State.choices)


class AssignmentForm(forms.Form):
    """Empty: oneself."""

    assignee = HandleField(required=False, max_length=40)


class ShareForm(forms.Form):
    person = HandleField(max_length=40)


class MergerForm(forms.Form):
    into = NumberField(max_length=20)
