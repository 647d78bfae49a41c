"""What the page of all components shows (development only)."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils import timezone

from core.pagination import Page
from frontend.icons import PATHS


@dataclass(frozen=True)
class Someone:
    """A person of the page of components; nobody in the database."""

    display_name: str
    handle: str
    state: str = "active"

    def __str__(self) -> str:
        return self.display_name


class ExampleForm(forms.Form):
    """One field of each kind, refused."""

    title = forms.CharField(help_text="One sentence, as you would say it aloud.")
    body = forms.CharField(widget=forms.Textarea)
    email = forms.EmailField(required=False)
    level = forms.ChoiceField(choices=[("free", "Free"), ("paid", "Guaranteed")])
    times = forms.MultipleChoiceField(
        choices=[("am", "Mornings"), ("pm", "Evenings")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    who = forms.ChoiceField(
        choices=[("me", "Only me"), ("all", "Everyone in my organisation")],
        widget=forms.RadioSelect,
    )
    file = forms.FileField(required=False, help_text="Up to 5 files, 10 MB each.")
    agree = forms.BooleanField(label="Publish the answer, without private facts")


def examples(request: HttpRequest) -> dict[str, Any]:
    """Return the facts of the page."""
    now = timezone.now()
    first = date(2025, 12, 1)
    kept = {"email": "not an address", "level": "free"}
    return {
        "form": ExampleForm(data=kept),
        "filter_form": ExampleForm(auto_id="filter_%s"),
        "people": [
            Someone("Bảo Trần", "bao-t"),
            Someone("atelier-velo", "atelier-velo"),
            Someone("", "", "erased"),
        ],
        "moments": [
            now - timedelta(seconds=20),
            now - timedelta(minutes=40),
            now - timedelta(hours=5),
            now - timedelta(days=1, hours=3),
            now - timedelta(days=4),
            now - timedelta(days=20),
            now - timedelta(days=400),
            now + timedelta(days=3),
        ],
        "series": [
            {
                "month": (first + timedelta(days=31 * n)).replace(day=1),
                "local": 60 * (620 + 24 * n - (150 if n in (6, 7) else 0)),
                "across": 60 * (190 + 17 * n - (90 if n in (6, 7) else 0)),
            }
            for n in range(12)
        ],
        "page": Page(results=[], next="abc", previous="def"),
        "weeks": [
            [(date(2026, 11, 23) + timedelta(days=7 * week + day)) for day in range(7)]
            for week in range(2)
        ],
        "icon_names": list(PATHS),
        "today": date(2026, 11, 24),
    }
