"""What the help desk's forms accept."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.fields import FilesField
from core.pages import whole_number
from helpdesk.models import Rating, Skip, TicketField
from helpdesk.numbers import id_of
from helpdesk.queries import asked_field, fields_of_new_tickets
from helpdesk.states import State
from people.models import Person
from people.models.person import folded
from people.queries import own_sites

LONGEST_TEXT = 30000
MOST_SITES = 100
FIELDS = "fields."  # before the keys of a queue's own fields


def is_address(text: str) -> bool:
    """Whether this means a mail address, not a handle such as @bao."""
    return "@" in text.strip()[1:]


class FilesForm(forms.Form):
    """The files of a composer whose other fields are not looked at yet."""

    attachments = FilesField(required=False)


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

    def clean(self, value: object) -> int | None:
        text = str(super().clean(value))
        if not text:
            return None
        try:
            return id_of(text)
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
        language = get_language() or "en"
        for row in fields_of_new_tickets():
            self.fields[f"{FIELDS}{row.key}"] = field_of(row, language)

    @property
    def queue_fields(self) -> list[forms.BoundField]:
        """The queue's own fields, for the template."""
        return [self[name] for name in self.fields if name.startswith(FIELDS)]

    def values_of_fields(self) -> dict[str, Any]:
        """Return what was sent for the queue's own fields, by their key."""
        sent = {name: self.cleaned_data[name] for name in self.fields if name.startswith(FIELDS)}
        return {name.removeprefix(FIELDS): value for name, value in sent.items()}


def field_of(row: TicketField, language: str) -> forms.Field:
    """Return the form's field that asks for one of a queue's; its value is checked by the action.

    Whether it must be filled is said by the action too: a mail may open a ticket without it.
    """
    asked = asked_field(row, language, "")
    shared: dict[str, Any] = {
        "label": asked.label,
        "help_text": asked.hint,
        "required": row.required == TicketField.Required.OPEN,
    }
    if asked.options:
        return forms.ChoiceField(choices=asked.options, **shared)
    kinds = {TicketField.Kind.DATE: "date", TicketField.Kind.URL: "url"}
    attrs: dict[str, Any] = {"type": kinds.get(TicketField.Kind(row.kind), "text"), "dir": "auto"}
    if row.kind == TicketField.Kind.NUMBER:
        attrs["inputmode"] = "decimal"
    return forms.CharField(max_length=500, widget=forms.TextInput(attrs=attrs), **shared)


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


class PublicTextForm(forms.Form):
    """What may be published of a ticket."""

    title = forms.CharField(label=_("The question in one sentence"), min_length=10, max_length=200)
    question = forms.CharField(
        label=_("Question"),
        widget=forms.Textarea(attrs={"rows": 8, "dir": "auto"}),
        max_length=LONGEST_TEXT,
    )
    answer = forms.CharField(
        label=_("Answer"),
        widget=forms.Textarea(attrs={"rows": 8, "dir": "auto"}),
        max_length=LONGEST_TEXT,
    )
    tags = forms.CharField(label=_("Tags"), required=False, max_length=300)
    language = forms.ChoiceField(label=_("Language"), choices=settings.SPOKEN_LANGUAGES)


class StateForm(forms.Form):
    """state: or a named one, as `waiting_us:registrar`."""

    state = forms.RegexField(r"^[a-z_]+(:[-\w]+)?$", max_length=70)

    def clean_state(self) -> tuple[str, str]:
        """Return the state, and the slug of its name or nothing."""
        state, _colon, named = str(self.cleaned_data["state"]).partition(":")
        return state, named


class PendingForm(forms.Form):
    """When we come back to it, by the clock of who says so."""

    until = forms.DateTimeField(
        label=_("Day and hour, by your clock"),
        error_messages={"invalid": _("Choose a moment ahead, within a year.")},
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
    )


class AssignmentForm(forms.Form):
    """Empty: oneself."""

    assignee = HandleField(label=_("Their handle"), required=False, max_length=40)


class ShareForm(forms.Form):
    """Who takes part, or does no more: a handle, or the address they were invited at."""

    person = forms.CharField(label=_("Their handle, or a mail address"), max_length=254)

    def clean_person(self) -> Person | str:
        text = str(self.cleaned_data["person"]).strip()
        if is_address(text):
            return text
        person = HandleField().clean(text)
        if person is None:
            raise forms.ValidationError(_("Name a member, or a mail address."), code="required")
        return person


class UnmaskForm(forms.Form):
    """How long a reason is, is said by the action: after whether one may look."""

    reason = forms.CharField(label=_("Why do you need to know?"), required=False)


class NeedForm(forms.Form):
    """A learning need; level: 1 to 3, and what else is sent is as if left out."""

    skills = forms.CharField(
        label=_("Skills; left empty, those that the ticket names"), required=False
    )
    level = forms.CharField(required=False)

    def clean_skills(self) -> list[str]:
        names = self.cleaned_data["skills"].split(",")
        return [name.strip() for name in names if name.strip()]

    def clean_level(self) -> int | None:
        text = self.cleaned_data["level"]
        return int(text) if text in ("1", "2", "3") else None


class RatingForm(forms.Form):
    grade = forms.ChoiceField(
        label=_("How were you helped?"), choices=Rating.Grade.choices, widget=forms.RadioSelect
    )
    comment = forms.CharField(
        label=_("What should we know?"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=_("If you like. Those who help you read it."),
    )


class TicketOfMailForm(forms.Form):
    """Into which ticket a mail belongs."""

    ticket = NumberField(label=_("The ticket's number"), max_length=20)


class DiscardForm(forms.Form):
    reason = forms.CharField(label=_("Why discard it?"), min_length=3, max_length=300)


class MergerForm(forms.Form):
    into = NumberField(label=_("The other ticket's number"), max_length=20)


class SkipForm(forms.Form):
    reason = forms.ChoiceField(choices=Skip.Reason.choices)


class OfferForm(forms.Form):
    """What an agent gives; empty: no limit."""

    weekly_hours = forms.DecimalField(
        label=_("Hours a week"),
        required=False,
        min_value=0,
        max_value=60,
        decimal_places=2,
        help_text=_("Each ticket you take as the next one counts a quarter of an hour."),
    )
    most_tickets = forms.IntegerField(
        label=_("Tickets in hand at once"), required=False, min_value=0, max_value=200
    )


class SkillsForm(forms.Form):
    """Names of skills, separated by commas."""

    skills = forms.CharField(
        label=_("Skills"),
        required=False,
        max_length=400,
        help_text=_("At most five, separated by commas, such as: WordPress, DNS."),
    )

    def clean_skills(self) -> list[str]:
        """Return the names."""
        names = self.cleaned_data["skills"].split(",")
        return [name.strip() for name in names if name.strip()]


class SplitForm(forms.Form):
    """Ids of messages; an empty subject: the ticket's."""

    messages = forms.TypedMultipleChoiceField(coerce=int)
    subject = forms.CharField(
        label=_("What is it about?"), required=False, min_length=3, max_length=200
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        messages: Any = self.fields["messages"]
        messages.valid_value = lambda value: whole_number(value) is not None
        messages.error_messages["required"] = _("Choose at least one message.")


class LinkForm(forms.Form):
    kind = forms.CharField(max_length=20)
    other = NumberField(label=_("The other ticket's number"), max_length=20)


class QueueForm(forms.Form):
    queue = forms.SlugField(max_length=40)


class SiteForm(forms.Form):
    site = forms.TypedChoiceField(coerce=int, required=False, empty_value=None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        site: Any = self.fields["site"]
        site.valid_value = lambda value: whole_number(value) is not None


class LevelForm(forms.Form):
    level = forms.SlugField(max_length=40)


class ViewForm(forms.Form):
    """The filters that are kept are those of the list it stands on."""

    name = forms.CharField(label=_("Its name"), max_length=60)
    queue = forms.SlugField(max_length=40, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "view-%s", **kwargs})


class BulkForm(forms.Form):
    """What to do (`take`, `state:solved`, `queue:domains`, `merge` …) with which tickets."""

    tickets = forms.TypedMultipleChoiceField(label=_("Tickets"), coerce=int)
    act = forms.CharField(label=_("With those chosen"), max_length=60)
    into = NumberField(label=_("Number, to merge into"), max_length=20, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "bulk-%s", **kwargs})
        tickets: Any = self.fields["tickets"]
        tickets.valid_value = lambda value: whole_number(value) is not None
        tickets.error_messages["required"] = _("Choose some tickets first.")
        self.fields["act"].error_messages["required"] = _("Choose what to do.")
