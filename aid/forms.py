"""What the ledger's forms accept."""

from django import forms
from django.utils.translation import gettext_lazy as _

from people.models import Person
from people.models.person import folded


class HandlesField(forms.CharField):
    """Handles, separated by commas or spaces; becomes active people."""

    def to_python(self, value: object) -> list[Person]:  # type: ignore[override]
        handles = [h.lstrip("@") for h in str(value or "").replace(",", " ").split()]
        people = Person.objects.active().filter(handle_folded__in=[folded(h) for h in handles])
        found = {person.handle_folded: person for person in people}
        missing = [handle for handle in handles if folded(handle) not in found]
        if missing:
            raise forms.ValidationError(
                _("Nobody here is called %(names)s."),
                code="unknown_person",
                params={"names": ", ".join(missing)},
            )
        return list(dict.fromkeys(found[folded(handle)] for handle in handles))

    def prepare_value(self, value: object) -> object:
        if isinstance(value, list):
            return ", ".join(person.handle for person in value)
        return value


class ClaimForm(forms.Form):
    receivers = HandlesField(
        label=_("Whom did you help?"), help_text=_("Their handles, separated by commas.")
    )
    minutes = forms.IntegerField(label=_("How long, in minutes?"), min_value=1, max_value=1440)
    happened_on = forms.DateField(
        label=_("When?"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    note = forms.CharField(
        label=_("What was it about?"), max_length=300, help_text=_("They will read this.")
    )


class MinutesForm(forms.Form):
    """What a receiver says of the minutes; empty: as claimed."""

    minutes = forms.IntegerField(
        label=_("How long, in minutes?"),
        min_value=1,
        max_value=1440,
        required=False,
        help_text=_("Correct it, if you remember it otherwise."),
    )


class EditClaimForm(forms.Form):
    minutes = forms.IntegerField(label=_("Minutes"), min_value=1, max_value=1440)
    note = forms.CharField(label=_("What was it about?"), max_length=300, required=False)


class ReversalForm(forms.Form):
    reason = forms.CharField(label=_("Why?"), max_length=300)
