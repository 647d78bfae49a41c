"""What the HTML forms of people accept."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.fields import needed_when
from people import follows
from people.models import (
    Appeal,
    Flag,
    MailChoice,
    Membership,
    NoticeChoice,
    RoleGrant,
    Scope,
)
from people.profiles import WANTED, Profile, SkillStanding, countries, spoken_languages

LANGUAGES_ASKED = 4
SPARE_SKILLS = 2
BIGGEST = 2**63 - 1
STANDING_CHOICES = [
    ("", _("Choose")),
    (str(WANTED), _("I want to learn it")),
    ("1", _("I know a little")),
    ("2", _("I know it well")),
    ("3", _("I could teach it")),
]


class FlagForm(forms.Form):
    kind = forms.CharField(max_length=40, widget=forms.HiddenInput)
    id = forms.IntegerField(min_value=1, max_value=BIGGEST, widget=forms.HiddenInput)
    reason = forms.ChoiceField(
        label=_("What is wrong?"),
        help_text=_("Needed: choose what fits best."),
        choices=Flag.Reason.choices,
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=_("In your words"),
        help_text=_("Which words, and why: it helps when it is not plain to see."),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class DecisionForm(forms.Form):
    decision = forms.ChoiceField(
        label=_("Your decision"),
        choices=[("agreed", _("I agree: this breaks the rules")), ("declined", _("This may stay"))],
        widget=forms.RadioSelect,
    )
    remove = forms.BooleanField(label=_("Take the post away"), required=False)
    answer = forms.CharField(
        label=_("To who flagged it"),
        help_text=_("They also read, in their language, what you decided."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    to_author = needed_when(
        _("needed when the post goes"),
        forms.CharField(
            label=_("To who wrote it"),
            help_text=_("They do not learn who flagged it."),
            required=False,
            max_length=500,
            widget=forms.Textarea(attrs={"rows": 3}),
        ),
    )

    def __init__(self, *args: Any, can_remove: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not can_remove:
            del self.fields["remove"]


class HoldForm(forms.Form):
    decision = forms.ChoiceField(
        label=_("Your decision"),
        choices=[("published", _("It is fine: publish it")), ("removed", _("Take it away"))],
        widget=forms.RadioSelect,
    )
    rule = needed_when(
        _("needed when you take it away"),
        forms.ChoiceField(
            label=_("If it goes: which rule does it break?"),
            choices=Flag.Reason.choices,
            initial=Flag.Reason.SPAM,
            required=False,
        ),
    )
    reason = needed_when(
        _("needed when you take it away"),
        forms.CharField(
            label=_("Why it goes"),
            help_text=_("Read by who wrote it."),
            required=False,
            max_length=500,
            widget=forms.Textarea(attrs={"rows": 3}),
        ),
    )


class AppealForm(forms.Form):
    subject = forms.ChoiceField(choices=Appeal.Subject.choices, widget=forms.HiddenInput)
    id = forms.IntegerField(min_value=1, max_value=BIGGEST, widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("Why should it be decided otherwise?"),
        help_text=_("Another moderator than who decided reads it, where there is another."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )


class AppealDecisionForm(forms.Form):
    decision = forms.ChoiceField(
        label=_("Your decision"),
        choices=[("upheld", _("The decision stands")), ("reversed", _("Take it back"))],
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(
        label=_("Why"),
        help_text=_("Read by who appealed."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class SanctionForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("What should they not do?"),
        choices=[
            ("silence", _("Silence: they read everything, and write to the help desk alone")),
            ("suspension", _("Suspend: they read, and write nothing")),
        ],
        initial="silence",
        widget=forms.RadioSelect,
    )
    rule = forms.ChoiceField(label=_("Which rule was broken?"), choices=Flag.Reason.choices)
    reason = forms.CharField(
        label=_("Why"),
        help_text=_("Read by whom it concerns, on every page they meet."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    days = forms.IntegerField(
        label=_("For how many days?"),
        help_text=_("From 1 to 366; it then ends by itself. A moderator may lift it before."),
        min_value=1,
        max_value=366,
    )


class RemovalForm(forms.Form):
    kind = forms.CharField(max_length=40, widget=forms.HiddenInput)
    id = forms.IntegerField(min_value=1, max_value=BIGGEST, widget=forms.HiddenInput)
    rule = forms.ChoiceField(
        label=_("Which rule does it break?"),
        choices=Flag.Reason.choices,
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Why"),
        help_text=_("Read by who wrote it."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class OrganisationForm(forms.Form):
    name = forms.CharField(label=_("Name of the organisation"), max_length=120)


class MemberForm(forms.Form):
    handle = forms.CharField(
        label=_("Handle"),
        max_length=41,
        help_text=_("As in @aminata; it stands in the profile."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    role = forms.ChoiceField(
        label=_("Part"), choices=Membership.Role.choices, initial=Membership.Role.MEMBER
    )


class DigestForm(forms.Form):
    digest = forms.ChoiceField(
        label=_("A mail with what I missed in live conversations"),
        choices=NoticeChoice.Digest.choices,
        widget=forms.RadioSelect,
    )


class NoticeChoicesForm(DigestForm):
    """How mail comes: of missed conversations, and of what one follows, by kind."""

    def __init__(self, data: Any = None, *, ways: Mapping[str, str], **facts: Any) -> None:
        super().__init__(data, **facts)
        for one in follows.all_followable():
            self.fields[f"mails.{one.kind}"] = forms.ChoiceField(
                label=one.title,
                choices=MailChoice.Way.choices,
                initial=ways[one.kind],
                required=data is None or f"mails.{one.kind}" in data,
            )

    def mail_fields(self) -> list[forms.BoundField]:
        """Return the fields of mails, for the page."""
        return [self[name] for name in self.fields if name.startswith("mails.")]

    def ways(self) -> dict[str, str]:
        """Return what was chosen, by kind; what was not sent stays as it is."""
        found = {name.partition(".")[2]: way for name, way in self.cleaned_data.items()}
        return {kind: way for kind, way in found.items() if kind and way}


class SubscriptionForm(forms.Form):
    """Filled by push.js with what the browser gives: nobody types it."""

    endpoint = forms.CharField(max_length=1000, widget=forms.HiddenInput)
    p256dh = forms.CharField(max_length=100, widget=forms.HiddenInput)
    auth = forms.CharField(max_length=40, widget=forms.HiddenInput)


class TokenForm(forms.Form):
    name = forms.CharField(
        label=_("Which program is it for?"), max_length=60, help_text=_("Such as “panel, nightly”.")
    )
    scopes = forms.MultipleChoiceField(
        label=_("What may it do?"),
        choices=Scope.choices,
        widget=forms.CheckboxSelectMultiple,
        initial=[Scope.READ],
    )
    days = forms.IntegerField(label=_("For how many days?"), min_value=1, max_value=366, initial=90)

    def __init__(self, *args: Any, can_import: bool, **kwargs: Any) -> None:
        """can_import: whether a token of this person may bring in people and sites."""
        super().__init__(*args, **kwargs)
        open_to = [scope for scope in Scope if can_import or scope != Scope.IMPORT]
        self.fields["scopes"].choices = [(scope.value, scope.label) for scope in open_to]  # type: ignore[attr-defined]


class RoleForm(forms.Form):
    handle = forms.CharField(label=_("Handle"), max_length=41)
    role = forms.ChoiceField(label=_("Role"), choices=RoleGrant.Role.choices)
    queue_id = forms.TypedChoiceField(
        label=_("For one queue"), required=False, coerce=int, empty_value=None
    )
    organisation = forms.CharField(
        label=_("For one organisation"),
        help_text=_("Its name, as its page has it."),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    volunteer = forms.BooleanField(
        label=_("A volunteer: their help stands in the commons"), required=False, initial=True
    )

    def __init__(self, *args: Any, queues: dict[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        queue: Any = self.fields["queue_id"]
        queue.choices = [("", _("All queues")), *queues.items()]


class ErasureForm(forms.Form):
    handle = forms.CharField(
        label=_("Your handle"), max_length=41, help_text=_("Write it to confirm.")
    )
    password = forms.CharField(
        label=_("Your password"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, has_password: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if has_password:
            self.fields["password"].required = True
        else:
            del self.fields["password"]


class ProfileForm(forms.Form):
    """The fields of people.profiles.Profile; lists are `languages.0`, `skills.0.name`, …"""

    handle = forms.CharField(
        label=_("Handle"),
        max_length=40,
        help_text=_("Your name in addresses and mentions. Once chosen it stays."),
    )
    display_name = forms.CharField(
        label=_("Name"), max_length=100, help_text=_("As others read it beside what you write.")
    )
    about = forms.CharField(
        label=_("About you"),
        required=False,
        max_length=4000,
        help_text=_("Markdown. Everyone can read it."),
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    place = forms.CharField(
        label=_("Town"), required=False, max_length=100, help_text=_("Never finer than a town.")
    )
    country = forms.ChoiceField(required=False)  # filled for each reader's language
    time_zone = forms.CharField(
        label=_("Time zone"),
        max_length=60,
        help_text=_("Such as Europe/Paris. All hours are shown in it."),
        widget=forms.TextInput(attrs={"list": "time-zones", "autocomplete": "off"}),
    )
    interface_language = forms.ChoiceField(
        label=_("Language of the pages and mails"), choices=settings.LANGUAGES
    )

    def __init__(self, *, data: Any, profile: Profile, may_choose_handle: bool) -> None:
        self.profile = profile
        super().__init__(None if data is None else _without_gaps(data))
        self.initial = self._initial(profile)
        if not may_choose_handle:
            del self.fields["handle"]
        self.fields["country"] = forms.ChoiceField(
            label=_("Country"),
            required=False,
            choices=[("", _("Choose")), *countries(get_language() or "en")],
        )
        for index in range(LANGUAGES_ASKED):
            self.fields[f"languages.{index}"] = self._language_field(index)
        self.skill_rows = max(len(profile.skills), _rows_in(self.data)) + SPARE_SKILLS
        for index in range(self.skill_rows):
            self._add_skill_fields(index)

    def _initial(self, profile: Profile) -> dict[str, Any]:
        initial = {name: getattr(profile, name) for name in self.base_fields}
        initial |= {f"languages.{i}": code for i, code in enumerate(profile.languages)}
        for index, row in enumerate(profile.skills):
            initial[f"skills.{index}.name"] = row.name
            initial[f"skills.{index}.standing"] = str(row.standing)
        return initial

    def _language_field(self, index: int) -> forms.ChoiceField:
        return forms.ChoiceField(
            label=_("Best language") if index == 0 else _("Then"),
            required=index == 0,
            choices=[("", _("Choose")), *spoken_languages().items()],
        )

    def _add_skill_fields(self, index: int) -> None:
        self.fields[f"skills.{index}.name"] = forms.CharField(
            label=_("Skill"),
            required=False,
            max_length=80,
            widget=forms.TextInput(attrs={"list": "skill-names", "autocomplete": "off"}),
        )
        self.fields[f"skills.{index}.standing"] = forms.ChoiceField(
            label=_("How well"), required=False, choices=STANDING_CHOICES
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for index in range(self.skill_rows):
            name = cleaned.get(f"skills.{index}.name")
            if name and not cleaned.get(f"skills.{index}.standing"):
                self.add_error(f"skills.{index}.standing", _("Say how you stand to this skill."))
        return cleaned

    def to_profile(self) -> Profile:
        """Return what was written, as the action takes it; empty rows are left out."""
        data = self.cleaned_data
        languages = [data.get(f"languages.{index}") for index in range(LANGUAGES_ASKED)]
        skills = tuple(
            SkillStanding(name, int(data[f"skills.{index}.standing"]))
            for index in range(self.skill_rows)
            if (name := data[f"skills.{index}.name"])
        )
        return Profile(
            handle=data.get("handle", self.profile.handle),
            display_name=data["display_name"],
            interface_language=data["interface_language"],
            time_zone=data["time_zone"].strip(),
            about=data["about"],
            place=data["place"],
            country=data["country"],
            languages=tuple(dict.fromkeys(code for code in languages if code)),
            skills=skills,
        )

    def skill_pairs(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Return the fields of each skill, for the page."""
        return [
            (self[f"skills.{index}.name"], self[f"skills.{index}.standing"])
            for index in range(self.skill_rows)
        ]

    def language_fields(self) -> list[forms.BoundField]:
        """Return the fields of the languages, for the page."""
        return [self[f"languages.{index}"] for index in range(LANGUAGES_ASKED)]


def _rows_in(data: Any) -> int:
    """Return how many skills were sent, at most a hundred."""
    return sum(f"skills.{index}.name" in data for index in range(100))


def _without_gaps(data: Any) -> Any:
    """Return what was sent with empty skill rows moved to the end: an error finds its own row."""
    rows = [
        (data.get(f"skills.{index}.name", ""), data.get(f"skills.{index}.standing", ""))
        for index in range(_rows_in(data))
    ]
    moved = data.copy()
    for index, (name, standing) in enumerate(sorted(rows, key=lambda row: not row[0].strip())):
        moved[f"skills.{index}.name"] = name
        moved[f"skills.{index}.standing"] = standing if name.strip() else ""
    return moved
