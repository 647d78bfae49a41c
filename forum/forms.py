"""What the forum's forms accept."""

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.fields import FilesField
from core.models import WrittenText
from forum.models import LONGEST_COMMENT, LONGEST_GUIDE, LONGEST_TEXT, Ask, Recheck
from forum.queries import offered_versions
from forum.routing import MOST_ASKS
from forum.setups import Dates, Setup
from forum.tags import split
from people.models import Person
from people.queries import own_sites, people_called


class TagsField(forms.CharField):
    """Tags in one line; becomes a list of names."""

    def clean(self, value: object) -> list[str]:
        return split(super().clean(value))


class AttachmentsField(FilesField):
    """The files of a post."""

    def __init__(self) -> None:
        hint = _("At most ten: pictures, texts, mails, PDF.")
        super().__init__(label=_("Files"), required=False, help_text=hint)


class KeysField(forms.TypedMultipleChoiceField):
    """Keys of files, any: whether they go with the post is the action's to see."""

    def __init__(self) -> None:
        super().__init__(label=_("Files that go with it"), coerce=UUID, required=False)

    def valid_value(self, value: Any) -> bool:
        return True


class EditorForm(forms.Form):
    """A handle; becomes the person."""

    handle = forms.CharField(
        label=_("Handle"), max_length=41, widget=forms.TextInput(attrs={"autocapitalize": "none"})
    )

    def clean_handle(self) -> Person:
        people = people_called([str(self.cleaned_data["handle"]).strip().removeprefix("@")])
        if not people:
            raise forms.ValidationError(_("Nobody here has this handle."), code="unknown")
        return people[0]


class QuestionForm(forms.Form):
    title = forms.CharField(
        label=_("Your question in one sentence"),
        min_length=10,
        max_length=200,
        help_text=_("Like a subject line: what happens, with what."),
    )
    source = forms.CharField(
        label=_("The details"),
        widget=forms.Textarea(attrs={"rows": 12}),
        max_length=LONGEST_TEXT,
        help_text=_(
            "What you tried, what you saw, the exact message. Code goes between ``` lines."
        ),
    )
    attachments = AttachmentsField()
    tags = TagsField(
        label=_("Tags"),
        required=False,
        max_length=300,
        help_text=_("Up to five words, such as: wordpress, php, mail."),
    )
    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        choices=[("", _("as I write it")), *settings.SPOKEN_LANGUAGES],
    )
    pseudonym = forms.BooleanField(
        label=_("Ask under a pseudonym"),
        required=False,
        help_text=_(
            "Your name is shown nowhere here, whatever you write in this question. You still get "
            "the answers. Moderators can look it up if someone is in danger, and that is logged. "
            "When nobody answers, no ticket is opened for it: you alone are told."
        ),
    )


class GuideForm(forms.Form):
    language = forms.ChoiceField(label=_("Language"), choices=settings.SPOKEN_LANGUAGES)
    title = forms.CharField(
        label=_("Title"),
        min_length=5,
        max_length=120,
        help_text=_("What one can do after reading it."),
    )
    summary = forms.CharField(
        label=_("In two sentences"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("For whom it is, and what one needs. Shown in lists."),
    )
    source = forms.CharField(
        label=_("The guide"),
        widget=forms.Textarea(attrs={"rows": 24}),
        max_length=LONGEST_GUIDE,
        help_text=_(
            "Markdown. Headings (## …) make the contents; [^1] makes a footnote; a line "
            "“!!! note” with indented lines below makes a box."
        ),
    )


class TranslateGuideForm(GuideForm):
    from_revision = forms.IntegerField(widget=forms.HiddenInput)


class EditGuideForm(GuideForm):
    """Of a guide; of a translation, whether it follows its original again from now on."""

    language = None  # type: ignore[assignment]
    revision = forms.IntegerField(widget=forms.HiddenInput)
    is_current = forms.BooleanField(label=_("It says what the original says now"), required=False)
    from_revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, guide: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if guide.original is None:
            del self.fields["is_current"], self.fields["from_revision"]
        else:
            # Also where a draft began on an older text: what changed since stands beside the form.
            self.initial["from_revision"] = guide.original.revision
            self.fields["is_current"].initial = not guide.is_stale

    def facts(self) -> dict[str, Any]:
        """Return what the action takes; a translation that is not current stays as it was."""
        facts = dict(self.cleaned_data)
        follows = facts.pop("from_revision", None)
        is_current = facts.pop("is_current", False)
        return {**facts, "from_revision": follows if is_current else None}


class EditRenditionForm(forms.Form):
    title = forms.CharField(label=_("The question in one sentence"), min_length=10, max_length=200)
    source = forms.CharField(
        label=_("The translation"),
        widget=forms.Textarea(attrs={"rows": 14}),
        max_length=LONGEST_TEXT,
        help_text=_("Markdown, as in the original. Leave code and names of things as they are."),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)
    from_revision = forms.IntegerField(widget=forms.HiddenInput)


class RenditionForm(EditRenditionForm):
    language = forms.ChoiceField(label=_("Into"), choices=settings.SPOKEN_LANGUAGES)
    revision = None  # type: ignore[assignment]
    field_order = ("language", "title", "source")


class WhyField(forms.CharField):
    """What an edit is for; people may leave it out, but not from what they suggest."""

    def __init__(self, *, required: bool = False) -> None:
        super().__init__(
            label=_("Why"),
            required=required,
            max_length=200,
            help_text=_("In a few words: what you changed, and what for. Everyone can read it."),
        )


class EditQuestionForm(QuestionForm):
    revision = forms.IntegerField(widget=forms.HiddenInput)
    remove_attachments = KeysField()
    why = WhyField()
    language = None  # type: ignore[assignment]  # a question stays in its language
    pseudonym = None  # type: ignore[assignment]


class QuestionTagsForm(forms.Form):
    tags = TagsField(
        label=_("Tags"),
        required=False,
        max_length=300,
        help_text=_("Up to five words, such as: wordpress, php, mail."),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)
    why = WhyField()


class AnswerForm(forms.Form):
    source = forms.CharField(
        label=_("Your answer"),
        widget=forms.Textarea(attrs={"rows": 10}),
        max_length=LONGEST_TEXT,
        help_text=_("Markdown. Code goes between ``` lines."),
    )
    attachments = AttachmentsField()
    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        choices=[("", _("as I write it")), *settings.SPOKEN_LANGUAGES],
    )


class EditAnswerForm(AnswerForm):
    revision = forms.IntegerField(widget=forms.HiddenInput)
    remove_attachments = KeysField()
    language = None  # type: ignore[assignment]  # so does an answer
    why = WhyField()


class OthersTextField(forms.CharField):
    """The text of an answer that another wrote."""

    def __init__(self) -> None:
        super().__init__(
            label=_("The text"),
            widget=forms.Textarea(attrs={"rows": 10}),
            max_length=LONGEST_TEXT,
            help_text=_("Markdown. Code goes between ``` lines."),
        )


def saying_format(form: forms.BaseForm, post: Any) -> forms.BaseForm:
    """Return a form that changes a post; of one that was imported as HTML, it says so."""
    if post.source_format == WrittenText.Format.HTML:
        form.fields["source"].help_text = _(
            "HTML, as it was brought in from another forum. It stays HTML."
        )
    return form


class SuggestQuestionForm(EditQuestionForm):
    """What is suggested is words alone."""

    attachments = remove_attachments = None  # type: ignore[assignment]
    why = WhyField(required=True)


class SuggestAnswerForm(EditAnswerForm):
    attachments = remove_attachments = None  # type: ignore[assignment]
    source = OthersTextField()
    why = WhyField(required=True)


class FinalQuestionForm(EditQuestionForm):
    """What a reviewer makes of a suggestion: its reason stays."""

    attachments = remove_attachments = None  # type: ignore[assignment]
    why = None  # type: ignore[assignment]


class FinalAnswerForm(EditAnswerForm):
    attachments = remove_attachments = None  # type: ignore[assignment]
    source = OthersTextField()
    why = None  # type: ignore[assignment]


class RefusalForm(forms.Form):
    reason = forms.CharField(
        label=_("Why not"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Who suggested it reads this."),
    )


class ReversionForm(forms.Form):
    number = forms.IntegerField(min_value=1)
    revision = forms.IntegerField(min_value=1)
    why = forms.CharField(label=_("Why"), required=False, max_length=200)


class CommentForm(forms.Form):
    source = forms.CharField(label=_("Your comment"), max_length=LONGEST_COMMENT)


class EditCommentForm(CommentForm):
    revision = forms.IntegerField(widget=forms.HiddenInput)
    source = forms.CharField(
        label=_("The comment"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=LONGEST_COMMENT,
        help_text=_("What it said before stays readable in the earlier texts."),
    )


class VoteForm(forms.Form):
    value = forms.TypedChoiceField(
        coerce=int, choices=[("1", _("helps")), ("0", _("no vote")), ("-1", _("does not help"))]
    )
    revision = forms.IntegerField(required=False, min_value=1)  # the text that was read


class OutcomeForm(forms.Form):
    outcome = forms.ChoiceField(
        choices=[(one.value, one.label) for one in (Ask.Outcome.DECLINED, Ask.Outcome.SNOOZED)]
    )


QUIET = [
    (0, _("no pause")),
    (7, _("a week")),
    (30, _("a month")),
    (180, _("half a year")),
]


class AskChoiceForm(forms.Form):
    most_asks = forms.TypedChoiceField(
        label=_("Questions brought to me, at most, in a week"),
        coerce=int,
        choices=[(number, str(number)) for number in range(MOST_ASKS + 1)],
    )
    by_mail = forms.BooleanField(label=_("Tell me by mail too"), required=False)
    quiet_days = forms.TypedChoiceField(
        label=_("Pause from now"), coerce=int, choices=QUIET, initial=0
    )


class SetupForm(forms.Form):
    """On what a question is asked: a choice for each platform, and one's own sites to fill them."""

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sites = [(row.pk, row.domain) for row in own_sites(person).order_by("domain", "pk")[:50]]
        if sites:
            self.fields["site"] = forms.TypedChoiceField(
                label=_("It is about my site"),
                required=False,
                coerce=int,
                empty_value=None,
                choices=[("", _("None of them")), *sites],
                help_text=_("Fills what you leave open below. Its address is not shown."),
            )
        choices: dict[str, list[tuple[str, str]]] = {}
        names: dict[str, str] = {}
        for row in offered_versions(timezone.localdate()):
            choices.setdefault(row.platform.key, []).append((row.value, row.name or row.value))
            names[row.platform.key] = row.platform.name
        for key, offered in choices.items():
            said = str(self.initial.get(f"fact-{key}") or "")
            if said and said not in dict(offered):  # retired since it was asked
                offered.append((said, said))
            self.fields[f"fact-{key}"] = forms.ChoiceField(
                label=names[key], required=False, choices=[("", _("not said")), *offered]
            )
        if sites or self.initial.get("shows_site"):
            self.fields["shows_site"] = forms.BooleanField(
                label=_("Show the address of my site to everyone"), required=False
            )

    def setup(self) -> Setup:
        """Return what was chosen, once it is valid."""
        data = self.cleaned_data
        facts = {
            name.removeprefix("fact-"): value
            for name, value in data.items()
            if name.startswith("fact-") and value
        }
        return Setup(facts, data.get("site"), data.get("shows_site", False))


class RecheckForm(forms.Form):
    outcome = forms.ChoiceField(choices=Recheck.Outcome.choices)


def _day(label: Any, *, required: bool = False, help_text: Any = "") -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget, help_text=help_text)


class DatesForm(forms.Form):
    since = _day(_("Offered from"), required=True)
    until = _day(_("Retired from"), help_text=_("The first day without it."))
    default_since = _day(
        _("Default from"), help_text=_("From this day on new sites get it. Empty: never.")
    )

    def dates(self) -> Dates:
        data = self.cleaned_data
        return Dates(data["since"], data["until"], data["default_since"])


class VersionForm(DatesForm):
    value = forms.CharField(label=_("Version"), max_length=40)
    name = forms.CharField(
        label=_("Full name"),
        max_length=60,
        required=False,
        help_text=_("Only where it is not the platform's name with the version: WordPress."),
    )
    field_order = ["value", "name", "since", "until", "default_since"]


class PlatformForm(forms.Form):
    key = forms.CharField(
        label=_("Key"), max_length=30, help_text=_("As the hosting panel writes it: php.")
    )
    name = forms.CharField(label=_("Name"), max_length=60)


class PackForm(forms.Form):
    tag = forms.CharField(
        label=_("Tag"), max_length=40, required=False, help_text=_("Empty: all tags.")
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.SPOKEN_LANGUAGES)
