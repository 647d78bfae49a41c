"""What the chat form accepts."""

from django import forms
from django.utils.translation import gettext_lazy as _


class MessageForm(forms.Form):
    source = forms.CharField(
        label=_("Your message"), widget=forms.Textarea(attrs={"rows": 3}), max_length=8000
    )
    client_id = forms.CharField(max_length=64, widget=forms.HiddenInput)
