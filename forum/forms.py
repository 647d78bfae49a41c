"""What the forum's forms accept."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from forum.tags import split


class TagsField(forms.CharField):
    """Tags in one line; becomes a list of names."""

    def clean(self, value: object) -> list[str]:
        return split(super().clean(value))


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
        max_length=30000,
        help_text=_(
            "What you tried, what you saw, the exact message. Code goes between ``` lines."
        ),
    )
    tags = TagsField(
        label=_("Tags"),
        required=False,
        max_length=300,
        help_text=_("Up to five words, such as: wordpress, php, mail."),
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.SPOKEN_LANGUAGES)


class EditQuestionForm(QuestionForm):
    revision = forms.IntegerField(widget=forms.HiddenInput)
    language = None  # type: ignore[assignment]  # a question stays in its language


class AnswerForm(forms.Form):
    source = forms.CharField(
        label=_("Your answer"),
        widget=forms.Textarea(attrs={"rows": 10}),
        max_length=30000,
        help_text=_("Markdown. Code goes between ``` lines."),
    )


class EditAnswerForm(AnswerForm):
    revision = forms.IntegerField(widget=forms.HiddenInput)


class CommentForm(forms.Form):
    source = forms.CharField(label=_("Your comment"), max_length=1000)


class VoteForm(forms.Form):
    value = forms.TypedChoiceField(
        coerce=int, choices=[("1", _("helps")), ("0", _("no vote")), ("-1", _("does not help"))]
    )
