"""What the forms of workshops accept."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from workshops.clock import Slot
from workshops.models import Venue, Workshop, validate_zone
from workshops.plans import MAX_SEATS, MAX_SESSIONS, Plan

SLOT = {"data-slot": ""}  # what the look for conflicts sends while the form is filled in
PARTS = ("day", "starts", "ends", "id")


def words(value: str) -> list[str]:
    """Return what is written in one line, between commas."""
    return [word.strip() for word in value.split(",") if word.strip()]


class PlanForm(forms.Form):
    """The fields of workshops.plans.Plan; sessions are `sessions.0.day`, `sessions.0.starts`, …

    rows: how many sessions are asked for, at least.
    """

    title = forms.CharField(label=_("Title"), min_length=3, max_length=150)
    source = forms.CharField(
        label=_("What will people be able to do after it?"),
        max_length=20000,
        help_text=_("Markdown. Say also what to bring, and for whom it is."),
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    language = forms.ChoiceField(
        label=_("Language"),
        choices=settings.SPOKEN_LANGUAGES,
        widget=forms.Select(attrs=SLOT),
    )
    skills = forms.CharField(
        label=_("Skills"),
        required=False,
        max_length=300,
        help_text=_("Between commas, such as: WordPress, DNS."),
    )
    venue = forms.ModelChoiceField(
        label=_("Place"),
        queryset=Venue.objects.order_by("name", "pk"),
        required=False,
        empty_label=_("Online"),
        widget=forms.Select(attrs=SLOT),
    )
    online_url = forms.URLField(
        label=_("Address of the room online"),
        required=False,
        max_length=300,
        assume_scheme="https",
        help_text=_("Only those with a seat see it."),
    )
    zone = forms.CharField(
        label=_("Time zone, when online"),
        required=False,
        max_length=60,
        validators=[validate_zone],
        help_text=_("At a place, the clock there counts."),
        widget=forms.TextInput(attrs={**SLOT, "autocomplete": "off"}),
    )
    seats = forms.IntegerField(label=_("Seats"), min_value=1, max_value=MAX_SEATS)
    trainers = forms.CharField(
        label=_("Trainers"),
        max_length=400,
        help_text=_("Their handles, between commas."),
        widget=forms.TextInput(attrs={**SLOT, "autocomplete": "off", "autocapitalize": "none"}),
    )

    def __init__(self, data: Any = None, *, rows: int = 1, **kwargs: Any) -> None:
        if data is not None:
            data = _without_gaps(data)
        super().__init__(data, **kwargs)
        written = rows_in(data) if data is not None else rows_in(self.initial)
        self.rows = min(max(written, rows, 1), MAX_SESSIONS)
        for index in range(self.rows):
            self._add_session(index)

    def _add_session(self, index: int) -> None:
        prefix = f"sessions.{index}"
        self.fields[f"{prefix}.day"] = forms.DateField(
            label=_("Day"),
            widget=forms.DateInput(attrs={**SLOT, "type": "date"}, format="%Y-%m-%d"),
        )
        for part, label in (("starts", _("From")), ("ends", _("To"))):
            self.fields[f"{prefix}.{part}"] = forms.TimeField(
                label=label,
                widget=forms.TimeInput(attrs={**SLOT, "type": "time"}, format="%H:%M"),
            )
        self.fields[f"{prefix}.id"] = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def session_rows(self) -> list[list[forms.BoundField]]:
        """Return the fields of each session, for the page."""
        return [[self[f"sessions.{index}.{part}"] for part in PARTS] for index in range(self.rows)]

    def slots(self) -> list[Slot]:
        """Return the sessions that are filled in well, as far as the form is."""
        found = []
        for index in range(self.rows):
            day, starts, ends, pk = (
                self.cleaned_data.get(f"sessions.{index}.{part}") for part in PARTS
            )
            if day and starts is not None and ends is not None:
                found.append(Slot(day, starts, ends, pk))
        return found

    def to_plan(self) -> Plan:
        """Return what was written, as the actions take it."""
        data = self.cleaned_data
        return Plan(
            title=data["title"],
            source=data["source"],
            language=data["language"],
            skills=words(data["skills"]),
            venue_id=data["venue"].pk if data["venue"] else None,
            online_url=data["online_url"],
            zone=data["zone"],
            seats=data["seats"],
            trainers=words(data["trainers"]),
            slots=self.slots(),
        )


class EditPlanForm(PlanForm):
    revision = forms.IntegerField(widget=forms.HiddenInput)


def initial_of(workshop: Workshop, skill_names: list[str]) -> dict[str, Any]:
    """Return a workshop as its form shows it; trainers and sessions are prefetched."""
    initial: dict[str, Any] = {
        "title": workshop.title,
        "source": workshop.source,
        "language": workshop.language,
        "skills": ", ".join(skill_names),
        "venue": workshop.venue_id,
        "online_url": workshop.online_url,
        "zone": workshop.zone,
        "seats": workshop.seats,
        "trainers": ", ".join(row.person.handle for row in workshop.trainers.all()),
        "revision": workshop.revision,
    }
    for index, session in enumerate(workshop.sessions.all()):
        for part in PARTS:
            initial[f"sessions.{index}.{part}"] = getattr(session, part)
    return initial


def rows_in(data: Mapping[str, Any]) -> int:
    """Return how many sessions were written."""
    return sum(f"sessions.{index}.day" in data for index in range(MAX_SESSIONS))


def _without_gaps(data: Any) -> dict[str, Any]:
    """Return what was sent without its empty sessions: an error finds its own row."""
    kept = {name: data[name] for name in data if not name.startswith("sessions.")}
    rows = [
        [data.get(f"sessions.{index}.{part}", "") for part in PARTS]
        for index in range(MAX_SESSIONS)
    ]
    for index, row in enumerate(row for row in rows if any(row[:3])):
        kept.update({f"sessions.{index}.{part}": row[n] for n, part in enumerate(PARTS)})
    return kept


class VenueForm(forms.Form):
    name = forms.CharField(label=_("Name of the place"), max_length=100)
    address = forms.CharField(label=_("Address"), max_length=200)
    zone = forms.CharField(
        label=_("Time zone"), max_length=60, help_text=_("Such as Europe/Paris.")
    )
    access = forms.CharField(
        label=_("How to get in"),
        required=False,
        max_length=1000,
        help_text=_("Steps, lifts, parking, public transport."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    map_url = forms.URLField(label=_("Link to a map"), required=False, assume_scheme="https")


class RegistrationForm(forms.Form):
    access_needs = forms.CharField(
        label=_("What you need to take part"),
        required=False,
        max_length=500,
        help_text=_("A ramp, an interpreter, a break. Only trainers and coordinators read it."),
    )


class CancellationForm(forms.Form):
    reason = forms.CharField(
        label=_("Why"),
        required=False,
        max_length=300,
        help_text=_("Everyone who registered reads it."),
    )


class SeatsForm(forms.Form):
    seats = forms.IntegerField(label=_("Seats"), min_value=1, max_value=MAX_SEATS)


class AttendanceForm(forms.Form):
    """Two buttons for each person: `present` or `absent` carries the registration's number."""

    session = forms.IntegerField(min_value=1)
    present = forms.IntegerField(min_value=1, required=False)
    absent = forms.IntegerField(min_value=1, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("present") and not cleaned.get("absent"):
            raise forms.ValidationError(_("Say who is there."), code="nobody")
        return cleaned
