"""What the forms of a tag's words and merges accept."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from forum.models import Tag
from forum.tags import folded, tags_known


class TagWordsForm(forms.Form):
    language = forms.ChoiceField(
        label=_("Language"), choices=settings.SPOKEN_LANGUAGES, widget=forms.HiddenInput
    )
    name = forms.CharField(
        label=_("Name"),
        max_length=40,
        required=False,
        help_text=_("One word; left empty, the tag's own name is shown."),
    )
    description = forms.CharField(
        label=_("What it is about"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class SynonymForm(forms.Form):
    language = forms.ChoiceField(
        label=_("Language"), choices=settings.SPOKEN_LANGUAGES, widget=forms.HiddenInput
    )
    name = forms.CharField(label=_("Another word for it"), max_length=40)


class MergeForm(forms.Form):
    """Becomes the tag that any of its words names."""

    into = forms.CharField(label=_("Make it part of"), max_length=40)

    def clean_into(self) -> Tag:
        key = folded(str(self.cleaned_data["into"]))
        found = tags_known([key]).get(key)
        if found is None:
            raise forms.ValidationError(_("There is no such tag."), code="unknown")
        return found
