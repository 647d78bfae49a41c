"""What the forms of macros, rules and the agents' panel accept, and a ticket for somebody."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from core.fields import FilesField
from helpdesk.conditions import LONGEST_WAIT, Conditions, read_conditions
from helpdesk.forms import LONGEST_TEXT as LONGEST_MESSAGE
from helpdesk.forms import HandleField
from helpdesk.models import DeskRule
from helpdesk.prepared import STATES, Steps, read_steps
from helpdesk.states import State

LONGEST_TEXT = 20000
UNCHANGED = ("", _("leave as it is"))
AGENT_STATES = [(str(state), state.label) for state in State if state in STATES]
Names = Sequence[tuple[str, str]]


class WordsField(forms.CharField):
    """Several words or sentences; becomes a list. mark: what stands between two."""

    def __init__(self, *, mark: str = ",", **kwargs: Any) -> None:
        self.mark = mark
        super().__init__(required=False, **kwargs)

    def clean(self, value: object) -> list[str]:
        text = str(super().clean(value)).replace("\r\n", "\n")
        return [word.strip() for word in text.split(self.mark) if word.strip()]

    def prepare_value(self, value: Any) -> Any:
        between = "\n" if self.mark == "\n" else f"{self.mark} "
        return between.join(value) if isinstance(value, list | tuple) else value


def area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "dir": "auto"})


class TicketForForm(forms.Form):
    """A ticket that an agent opens for who calls; queues: (slug, name) of those they work.

    says_site: they may say the site it is about; others name it in the text.
    """

    requester = forms.CharField(
        label=_("For whom?"),
        max_length=254,
        help_text=_("Their handle, or their mail address: they get a receipt, and answer by mail."),
    )
    queue = forms.ChoiceField(label=_("Queue"), required=False)
    subject = forms.CharField(label=_("What is it about?"), min_length=3, max_length=200)
    site = forms.CharField(
        label=_("Their site"),
        required=False,
        max_length=253,
        help_text=_("Its address, where it is about one: what is promised for it counts."),
    )
    source = forms.CharField(
        label=_("What did they say?"),
        widget=area(10),
        max_length=LONGEST_MESSAGE,
        help_text=_("They read it."),
    )
    attachments = FilesField(
        label=_("Files"), required=False, help_text=_("At most ten: pictures, texts, mails, PDF.")
    )
    language = forms.ChoiceField(label=_("Their language"), choices=settings.SPOKEN_LANGUAGES)

    def __init__(
        self, queues: list[tuple[str, str]], *args: Any, says_site: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if not says_site:
            del self.fields["site"]
            self.fields["source"].help_text = _(
                "They read it. Name their site, so that what is promised for it counts."
            )
        queue: Any = self.fields["queue"]
        queue.choices = queues
        queue.valid_value = bool  # in which queues they may is the action's to say


class StepsForm(forms.Form):
    """The changes that macros and rules have in common; each left alone where it is empty."""

    state = forms.ChoiceField(label=_("State"), required=False, choices=[UNCHANGED, *AGENT_STATES])
    assign = forms.CharField(
        label=_("In hand of"),
        required=False,
        max_length=40,
        help_text=_("A handle; “me” for who runs it, “nobody” to let go."),
    )
    queue_to = forms.ChoiceField(label=_("Move to the queue"), required=False)
    tags = WordsField(label=_("Tags"), max_length=400, help_text=_("With commas between."))
    note = forms.CharField(
        label=_("Internal note"), required=False, max_length=5000, widget=area(2)
    )
    checklist = WordsField(
        label=_("Checklist"),
        mark="\n",
        max_length=4000,
        widget=area(3),
        help_text=_("What is to be done, one a line."),
    )

    def __init__(self, queues: Names, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choices_of("queue_to", [UNCHANGED, *queues])

    def choices_of(self, name: str, choices: Sequence[tuple[Any, Any]]) -> None:
        field: Any = self.fields[name]
        field.choices = choices

    def steps(self, **more: Any) -> Steps:
        """Return what the form says to do. Raises InvalidInput."""
        data = self.cleaned_data
        names = ("state", "assign", "tags", "note", "checklist")
        return read_steps(
            {**{name: data[name] for name in names}, "queue": data["queue_to"], **more}
        )


class MacroForm(StepsForm):
    """A macro: names and texts have a field for each language, such as `text_fr`."""

    queue = forms.ChoiceField(label=_("For tickets of"), required=False)
    language = forms.ChoiceField(
        label=_("Written in"),
        choices=settings.SPOKEN_LANGUAGES,
        help_text=_("The other languages are translated from this one."),
    )
    revision = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def __init__(self, queues: Names, *args: Any, stale: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(queues, *args, **kwargs)
        self.choices_of("queue", [("", _("all queues")), *queues])
        for code, name in settings.SPOKEN_LANGUAGES:
            label = {"name": name}
            self.fields[f"name_{code}"] = forms.CharField(
                label=_("Name, %(name)s") % label,
                required=False,
                max_length=80,
                widget=forms.TextInput(attrs={"lang": code, "dir": "auto"}),
            )
            self.fields[f"text_{code}"] = forms.CharField(
                label=_("Text, %(name)s") % label,
                required=False,
                max_length=LONGEST_TEXT,
                widget=forms.Textarea(attrs={"rows": 4, "lang": code, "dir": "auto"}),
            )
            if code in stale:
                self.fields[f"checked_{code}"] = forms.BooleanField(
                    label=_("It still says the same"), required=False
                )
        self.stale = set(stale)

    def by_language(self) -> list[dict[str, Any]]:
        """Return the fields of each language, for the template."""
        return [
            {
                "code": code,
                "label": name,
                "name": self[f"name_{code}"],
                "text": self[f"text_{code}"],
                "checked": self[f"checked_{code}"] if code in self.stale else None,
            }
            for code, name in settings.SPOKEN_LANGUAGES
        ]

    def told(self, part: str) -> dict[str, str]:
        """Return what stands in the fields of one part, `name` or `text`, by language."""
        return {
            code: self.cleaned_data[f"{part}_{code}"] for code, _name in settings.SPOKEN_LANGUAGES
        }

    def checked(self) -> list[str]:
        """Return the languages whose text was looked at and left as it was."""
        return [code for code in self.stale if self.cleaned_data.get(f"checked_{code}")]


class DeskRuleForm(StepsForm):
    """A rule: when it looks, what must hold, what it does."""

    name = forms.CharField(label=_("Name"), max_length=100)
    queue = forms.ChoiceField(label=_("For tickets of"), required=False)
    when = forms.ChoiceField(label=_("When"), choices=DeskRule.When.choices)
    acts_as = HandleField(
        label=_("Acts as"),
        max_length=40,
        help_text=_("The handle of an agent: the rule has their rights, and no more."),
    )
    subject = WordsField(
        label=_("Subject has one of"), max_length=600, help_text=_("With commas between.")
    )
    queues = forms.MultipleChoiceField(
        label=_("Queue is one of"), required=False, widget=forms.CheckboxSelectMultiple
    )
    levels = forms.MultipleChoiceField(
        label=_("Level is one of"), required=False, widget=forms.CheckboxSelectMultiple
    )
    languages = forms.MultipleChoiceField(
        label=_("Language is one of"),
        required=False,
        choices=settings.SPOKEN_LANGUAGES,
        widget=forms.CheckboxSelectMultiple,
    )
    states = forms.MultipleChoiceField(
        label=_("State is one of"),
        required=False,
        choices=[choice for choice in State.choices if choice[0] != "merged"],
        widget=forms.CheckboxSelectMultiple,
    )
    has_tags = WordsField(label=_("Has one of the tags"), max_length=600)
    unassigned = forms.BooleanField(label=_("Nobody has it in hand"), required=False)
    waiting_minutes = forms.IntegerField(
        label=_("Has waited for more than … minutes"),
        required=False,
        min_value=1,
        max_value=LONGEST_WAIT,
    )
    due_within_minutes = forms.IntegerField(
        label=_("A promise falls due within … minutes"),
        required=False,
        min_value=0,
        max_value=LONGEST_WAIT,
        help_text=_("0: it is late already. Minutes by the clock, also while we are closed."),
    )
    reply = forms.TypedChoiceField(
        label=_("Send the text of a macro"), required=False, coerce=int, empty_value=None
    )
    notify = WordsField(
        label=_("Tell these agents"), max_length=600, help_text=_("Handles, with commas between.")
    )
    revision = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def __init__(
        self,
        queues: Names,
        *args: Any,
        levels: Names,
        macros: Sequence[tuple[int, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(queues, *args, **kwargs)
        self.choices_of("queue", [("", _("all queues")), *queues])
        self.choices_of("queues", queues)
        self.choices_of("levels", levels)
        self.choices_of("reply", [("", _("nothing")), *macros])

    def conditions(self) -> Conditions:
        """Return what must hold. Raises InvalidInput."""
        names = ("subject", "queues", "levels", "languages", "states")
        data = self.cleaned_data
        return read_conditions(
            {
                **{name: data[name] for name in names},
                "tags": data["has_tags"],
                "unassigned": data["unassigned"],
                "waiting_minutes": data["waiting_minutes"],
                "due_within_minutes": data["due_within_minutes"],
            }
        )


class TagsForm(forms.Form):
    tags = WordsField(label=_("Add tags, with commas between"), max_length=400)


class ChecklistForm(forms.Form):
    items = WordsField(
        label=_("Add to it, one a line"), mark="\n", max_length=10000, widget=area(3)
    )


class TimeForm(forms.Form):
    minutes = forms.IntegerField(label=_("Minutes"), min_value=1, max_value=24 * 60)
    day = forms.DateField(
        label=_("Day"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )


class RunForm(forms.Form):
    """Running a macro from the composer; source: what stands there, empty for its own text."""

    macro = forms.IntegerField(min_value=1, max_value=2**63 - 1)
    source = forms.CharField(required=False, max_length=30000)
    revision = forms.IntegerField(min_value=0, max_value=2**63 - 1)
