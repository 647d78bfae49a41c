"""What mentoring's forms accept."""

from datetime import time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mentoring.matcher import Slot
from mentoring.terms import MOST_LANGUAGES, MOST_SKILLS, MOST_SLOTS, Terms
from people.profiles import spoken_languages

SPARE_SLOTS = 3
WEEKDAYS = [
    ("", _("Choose")),
    ("0", _("Monday")),
    ("1", _("Tuesday")),
    ("2", _("Wednesday")),
    ("3", _("Thursday")),
    ("4", _("Friday")),
    ("5", _("Saturday")),
    ("6", _("Sunday")),
]


class TermsForm(forms.Form):
    """Lists are rows: `skills.0` …, `languages.0` …, `slots.0.weekday`, `slots.0.start`, ….

    more: show more empty rows of hours, for a browser without JavaScript.
    """

    time_zone = forms.CharField(
        label=_("Time zone of these hours"),
        max_length=60,
        widget=forms.TextInput(attrs={"list": "time-zones", "autocomplete": "off"}),
    )
    source = forms.CharField(
        label=_("In your words"),
        required=False,
        max_length=4000,
        help_text=_("Markdown. Read by coordinators and by those who are proposed to you."),
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def __init__(self, *args: Any, terms: Terms, more: int = 0, **kwargs: Any) -> None:
        if (data := kwargs.get("data")) is not None:
            kwargs["data"] = _without_gaps(data)
        kwargs["initial"] = {**_initial(terms), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        filled = max(len(terms.slots), _slots_in(self.data))
        self.slot_count = min(max(filled, 1) + SPARE_SLOTS + more, MOST_SLOTS)
        for index in range(MOST_SKILLS):
            self._add_skill(index)
        for index in range(MOST_LANGUAGES):
            self.fields[f"languages.{index}"] = forms.ChoiceField(
                label=_("Best language") if index == 0 else _("Then"),
                required=index == 0,
                choices=[("", _("Choose")), *spoken_languages().items()],
            )
        for index in range(self.slot_count):
            self._add_slot(index)

    def _add_skill(self, index: int) -> None:
        self.fields[f"skills.{index}"] = forms.CharField(
            label=_("Skill") if index == 0 else _("Another skill"),
            required=index == 0,
            max_length=80,
            widget=forms.TextInput(
                attrs={
                    "list": "skill-names",
                    "autocomplete": "off",
                    "hx-get": "/skills",
                    "hx-trigger": "input changed delay:250ms",
                    "hx-target": "#skill-names",
                    "hx-sync": "this:replace",
                }
            ),
        )

    def _add_slot(self, index: int) -> None:
        clock = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
        needed = index == 0
        self.fields[f"slots.{index}.weekday"] = forms.ChoiceField(
            label=_("Day"), required=needed, choices=WEEKDAYS
        )
        self.fields[f"slots.{index}.start"] = forms.TimeField(
            label=_("From"), required=needed, widget=clock
        )
        self.fields[f"slots.{index}.end"] = forms.TimeField(
            label=_("To"), required=needed, widget=clock
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for index in range(1, self.slot_count):
            names = [f"slots.{index}.{part}" for part in ("weekday", "start", "end")]
            given = [cleaned.get(name) not in (None, "") for name in names]
            if any(given) and not all(given):
                for name, is_given in zip(names, given, strict=True):
                    if not is_given and name not in self.errors:
                        self.add_error(name, _("Complete this row, or empty it."))
        return cleaned

    def to_terms(self) -> Terms:
        """Return what was written, as the actions take it; empty rows are left out."""
        data = self.cleaned_data
        languages = [data.get(f"languages.{index}") for index in range(MOST_LANGUAGES)]
        return Terms(
            skills=[name for i in range(MOST_SKILLS) if (name := data.get(f"skills.{i}"))],
            languages=list(dict.fromkeys(code for code in languages if code)),
            slots=[
                Slot(int(data[f"{row}.weekday"]), _minute(start), _minute(data[f"{row}.end"]))
                for row in (f"slots.{index}" for index in range(self.slot_count))
                if (start := data.get(f"{row}.start")) is not None
            ],
            time_zone=data["time_zone"].strip(),
            source=data["source"],
        )

    def skill_fields(self) -> list[forms.BoundField]:
        """Return the fields of the skills, for the page."""
        return [self[f"skills.{index}"] for index in range(MOST_SKILLS)]

    def language_fields(self) -> list[forms.BoundField]:
        """Return the fields of the languages, for the page."""
        return [self[f"languages.{index}"] for index in range(MOST_LANGUAGES)]

    def slot_rows(self) -> list[tuple[forms.BoundField, ...]]:
        """Return day, from and to of each row, for the page."""
        return [
            tuple(self[f"slots.{index}.{part}"] for part in ("weekday", "start", "end"))
            for index in range(self.slot_count)
        ]


class RequestForm(TermsForm):
    pass


class OfferForm(TermsForm):
    capacity = forms.IntegerField(
        label=_("How many people at a time?"), min_value=1, max_value=20, initial=1
    )


class SessionForm(forms.Form):
    # Without a format the day of a localised page ("27/11/2026") is no day for the browser.
    day = forms.DateField(
        label=_("Day"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    start = forms.TimeField(
        label=_("From"), widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    )
    minutes = forms.IntegerField(
        label=_("How long, in minutes?"), min_value=5, max_value=480, initial=60
    )
    note = forms.CharField(
        label=_("What about?"),
        required=False,
        max_length=300,
        help_text=_("Only the two of you read it."),
    )


class MinutesForm(forms.Form):
    """How long a session took; empty: as agreed."""

    minutes = forms.IntegerField(
        label=_("How long, in minutes?"),
        min_value=5,
        max_value=480,
        required=False,
        help_text=_(
            "Was it shorter or longer than agreed? Correct it here: so long counts as help in the "
            "commons."
        ),
    )


def _minute(moment: time) -> time:
    return moment.replace(second=0, microsecond=0)


def _initial(terms: Terms) -> dict[str, Any]:
    initial: dict[str, Any] = {"time_zone": terms.time_zone, "source": terms.source}
    initial |= {f"skills.{index}": name for index, name in enumerate(terms.skills)}
    initial |= {f"languages.{index}": code for index, code in enumerate(terms.languages)}
    for index, slot in enumerate(terms.slots):
        initial[f"slots.{index}.weekday"] = str(slot.weekday)
        initial[f"slots.{index}.start"] = slot.start
        initial[f"slots.{index}.end"] = slot.end
    return initial


def _slots_in(data: Any) -> int:
    """Return how many rows of hours were filled, even in part."""
    return sum(
        any(data.get(f"slots.{index}.{part}") for part in ("weekday", "start", "end"))
        for index in range(MOST_SLOTS)
    )


def _without_gaps(data: Any) -> Any:
    """Return what was sent with empty rows moved to the end: an error finds its own row."""
    moved = data.copy()
    skills = [data.get(f"skills.{index}", "") for index in range(MOST_SKILLS)]
    for index, name in enumerate(sorted(skills, key=lambda name: not name.strip())):
        moved[f"skills.{index}"] = name
    parts = ("weekday", "start", "end")
    rows = [[data.get(f"slots.{i}.{part}", "") for part in parts] for i in range(MOST_SLOTS)]
    for index, row in enumerate(sorted(rows, key=lambda row: not any(row))):
        for part, value in zip(parts, row, strict=True):
            moved[f"slots.{index}.{part}"] = value
    return moved
