"""What the forms of moderators accept, and of others who close a question."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.fields import needed_when
from core.pages import whole_number
from forum.models import LONGEST_TEXT, Closure, Lock, Relocation

ADDRESS = re.compile(r"/questions/(\d+)")
LOOKING = [
    ("safety", _("Someone may be in danger")),
    ("abuse", _("To stop abuse")),
    ("law", _("The law asks for it")),
]


class OtherQuestionField(forms.CharField):
    """A question, by its number or its address; becomes its id."""

    def __init__(self, **facts: object) -> None:
        super().__init__(max_length=300, **facts)  # type: ignore[arg-type]

    def clean(self, value: object) -> int | None:
        text = str(super().clean(value)).strip()
        if not text:
            return None
        found = ADDRESS.search(text)
        number = whole_number(found[1] if found else text.lstrip("#"))
        if number is None:
            raise forms.ValidationError(_("Give the address of a question, or its number."))
        return number


class CloseForm(forms.Form):
    reason = forms.ChoiceField(label=_("Why close it?"), choices=Closure.Reason.choices)
    original = needed_when(
        _("needed when it was asked before"),
        OtherQuestionField(
            label=_("Where it was asked before"),
            required=False,
            help_text=_("The address or the number of the original; for a duplicate alone."),
        ),
    )

    def __init__(self, *arguments: Any, reasons: Sequence[str], **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.offer(reasons)

    def offer(self, reasons: Sequence[str]) -> None:
        """Offer these reasons alone."""
        offered = [choice for choice in Closure.Reason.choices if choice[0] in reasons]
        self.fields["reason"].choices = offered  # type: ignore[attr-defined]
        self.fields["original"].required = list(reasons) == [Closure.Reason.DUPLICATE]


class MergeForm(forms.Form):
    into = OtherQuestionField(
        label=_("The question that stays"), help_text=_("Its address or its number.")
    )
    reason = forms.ChoiceField(
        label=_("Why merge them?"), choices=Relocation.reasons_for(Relocation.Kind.MERGER)
    )


class LockForm(forms.Form):
    reason = forms.ChoiceField(label=_("Why lock it?"), choices=Lock.Reason.choices)


class PostsField(forms.MultipleChoiceField):
    """Keys of posts; which of them may be chosen is said by the action."""

    def valid_value(self, value: Any) -> bool:
        return True


class SplitForm(forms.Form):
    posts = PostsField(label=_("What goes to a new question"), required=False)
    reason = forms.ChoiceField(
        label=_("Why split it?"), choices=Relocation.reasons_for(Relocation.Kind.SPLIT)
    )
    title = forms.CharField(
        label=_("The new question in one sentence"), min_length=10, max_length=200
    )
    source = forms.CharField(
        label=_("The details"), widget=forms.Textarea(attrs={"rows": 6}), max_length=LONGEST_TEXT
    )


class LookForm(forms.Form):
    reason = forms.ChoiceField(label=_("Why do you need to know?"), choices=LOOKING)


class DraftForm(forms.Form):
    """The form a draft is of, as a draft knows it; the rest of it is kept as it was typed."""

    draft = forms.UUIDField()
    kind = forms.CharField(max_length=14)
    thing = forms.IntegerField(min_value=0, max_value=2**62)
