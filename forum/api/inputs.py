"""What programs send to the forum."""

from typing import Any

from django.conf import settings
from rest_framework import serializers

from core.api import FilesInput, SendSecrets
from core.models import WrittenText
from forum.actions import LOOKING
from forum.models import (
    LONGEST_COMMENT,
    LONGEST_GUIDE,
    LONGEST_TEXT,
    Ask,
    Closure,
    Draft,
    Lock,
    Relocation,
)
from forum.routing import MOST_ASKS


class DraftToken(serializers.UUIDField):
    """The draft that is posted: nothing more can be kept under its token."""

    def __init__(self) -> None:
        super().__init__(required=False, default=None, allow_null=True)


class IdsInput(serializers.ListField):
    """Ids of posts; none by default."""

    def __init__(self) -> None:
        child = serializers.IntegerField(min_value=1, max_value=2**62)
        super().__init__(child=child, required=False, default=list, max_length=100)


class TagsInput(serializers.ListField):
    """All tags a question is to have; in a multipart body one empty `tags` stands for none."""

    child = serializers.CharField(max_length=40)

    def __init__(self) -> None:
        super().__init__(max_length=5)

    def get_value(self, dictionary: Any) -> Any:
        value = super().get_value(dictionary)
        return [] if value == [""] else value


class KeysInput(serializers.ListField):
    """Files to take away, for good."""

    child = serializers.UUIDField()

    def __init__(self) -> None:
        said = "of attachments: what follows /files/ in their address; deleted for good"
        super().__init__(required=False, default=list, max_length=10, help_text=said)


class FactsField(serializers.DictField):
    """Facts by the key of their platform: `{"php": "8.4", "cms": "wordpress"}`."""

    child = serializers.CharField(max_length=40)


class SetupInput(serializers.Serializer[Any]):
    facts = FactsField(required=False, default=dict)
    site = serializers.IntegerField(
        min_value=1,
        required=False,
        allow_null=True,
        default=None,
        help_text="one of your own: fills what facts leave open",
    )
    shows_site = serializers.BooleanField(
        required=False, default=False, help_text="its domain is shown to everyone"
    )


class ReaderInput(serializers.Serializer[Any]):
    site = serializers.IntegerField(
        required=False,
        min_value=0,
        max_value=2**62,
        help_text="one of my sites, whose answers come first; 0: none",
    )


class QuestionsInput(serializers.Serializer[Any]):
    order = serializers.ChoiceField(
        choices=["newest", "unanswered", "active"],
        required=False,
        default="newest",
        help_text="the list of the pages that bears this name",
    )
    tag = serializers.CharField(
        max_length=50, required=False, default="", allow_blank=True, help_text="any word for it"
    )
    why = serializers.BooleanField(
        required=False, default=False, help_text="say of each question why it stands there"
    )


class QuestionInput(serializers.Serializer[Any]):
    title = serializers.CharField(min_length=10, max_length=200)
    source = serializers.CharField(max_length=LONGEST_TEXT, help_text="CommonMark")  # type: ignore[assignment]
    language = serializers.ChoiceField(
        choices=settings.SPOKEN_LANGUAGES,
        required=False,
        default="",
        help_text="left out: the one the text seems to be in",
    )
    tags = serializers.ListField(
        child=serializers.CharField(max_length=40), max_length=5, required=False, default=list
    )
    under_pseudonym = serializers.BooleanField(
        required=False,
        default=False,
        help_text="nobody is told who asks, and no ticket is opened when nobody answers",
    )
    attachments = FilesInput()
    send_secrets = SendSecrets()
    draft = DraftToken()
    setup = SetupInput(required=False, default=None, allow_null=True)


class WhyInput(serializers.CharField):
    """What an edit is for."""

    def __init__(self) -> None:
        super().__init__(max_length=200, required=False, allow_blank=True, default="")


class QuestionChangeInput(serializers.Serializer[Any]):
    revision = serializers.IntegerField(min_value=1, help_text="the one you changed")
    why = WhyInput()
    title = serializers.CharField(min_length=10, max_length=200)
    source = serializers.CharField(max_length=LONGEST_TEXT)  # type: ignore[assignment]
    tags = TagsInput()
    attachments = FilesInput()
    remove_attachments = KeysInput()
    send_secrets = SendSecrets()
    draft = DraftToken()


class QuestionTagsInput(serializers.Serializer[Any]):
    revision = serializers.IntegerField(min_value=1, help_text="the one you read")
    why = WhyInput()
    tags = serializers.ListField(child=serializers.CharField(max_length=40), max_length=5)
    send_secrets = SendSecrets()


class AnswerInput(serializers.Serializer[Any]):
    source = serializers.CharField(max_length=LONGEST_TEXT)  # type: ignore[assignment]
    language = serializers.ChoiceField(
        choices=settings.SPOKEN_LANGUAGES,
        required=False,
        default="",
        help_text="left out: the one the text seems to be in, else the question's",
    )
    attachments = FilesInput()
    send_secrets = SendSecrets()
    draft = DraftToken()


class AnswerChangeInput(serializers.Serializer[Any]):
    revision = serializers.IntegerField(min_value=1)
    why = WhyInput()
    source = serializers.CharField(max_length=LONGEST_TEXT)  # type: ignore[assignment]
    attachments = FilesInput()
    remove_attachments = KeysInput()
    send_secrets = SendSecrets()
    draft = DraftToken()


class CommentInput(serializers.Serializer[Any]):
    source = serializers.CharField(max_length=LONGEST_COMMENT)  # type: ignore[assignment]
    send_secrets = SendSecrets()
    draft = DraftToken()


class CommentChangeInput(serializers.Serializer[Any]):
    revision = serializers.IntegerField(min_value=1, help_text="the one you changed")
    source = serializers.CharField(max_length=LONGEST_COMMENT)  # type: ignore[assignment]
    send_secrets = SendSecrets()


class VoteInput(serializers.Serializer[Any]):
    value = serializers.ChoiceField(choices=[1, -1])
    revision = serializers.IntegerField(
        min_value=1, required=False, default=None, allow_null=True, help_text="the one you read"
    )


class AcceptanceInput(serializers.Serializer[Any]):
    answer = serializers.IntegerField(min_value=1)


class OutcomeInput(serializers.Serializer[Any]):
    outcome = serializers.ChoiceField(
        choices=[Ask.Outcome.DECLINED.value, Ask.Outcome.SNOOZED.value],
        help_text="snoozed: no asks for a week",
    )


class AskChoiceInput(serializers.Serializer[Any]):
    most_asks = serializers.IntegerField(min_value=0, max_value=MOST_ASKS, help_text="in a week")
    by_mail = serializers.BooleanField()
    quiet_days = serializers.IntegerField(min_value=0, max_value=366, default=0)


class QuestionClosureInput(serializers.Serializer[Any]):
    reason = serializers.ChoiceField(choices=Closure.Reason.choices)
    original = serializers.IntegerField(
        min_value=1, required=False, default=None, allow_null=True, help_text="of a duplicate"
    )


class LockInput(serializers.Serializer[Any]):
    reason = serializers.ChoiceField(choices=Lock.Reason.choices)


class MergerInput(serializers.Serializer[Any]):
    into = serializers.IntegerField(
        min_value=1, max_value=2**62, help_text="the question that stays"
    )
    reason = serializers.ChoiceField(choices=Relocation.reasons_for(Relocation.Kind.MERGER))


class SplitInput(serializers.Serializer[Any]):
    reason = serializers.ChoiceField(choices=Relocation.reasons_for(Relocation.Kind.SPLIT))
    title = serializers.CharField(min_length=10, max_length=200)
    source = serializers.CharField(max_length=LONGEST_TEXT, help_text="CommonMark")  # type: ignore[assignment]
    answers = IdsInput()
    comments = IdsInput()
    send_secrets = SendSecrets()


class LookInput(serializers.Serializer[Any]):
    reason = serializers.ChoiceField(choices=list(LOOKING), help_text="kept in the log")


class DraftFieldsInput(serializers.Serializer[Any]):
    title = serializers.CharField(max_length=200, required=False, allow_blank=True)
    source = serializers.CharField(  # type: ignore[assignment]
        max_length=LONGEST_GUIDE,
        required=False,
        allow_blank=True,
        trim_whitespace=False,
        help_text=f"only the first {LONGEST_TEXT} characters are kept of what is no guide",
    )
    tags = serializers.CharField(max_length=300, required=False, allow_blank=True)
    language = serializers.CharField(max_length=10, required=False, allow_blank=True)
    summary = serializers.CharField(
        max_length=300, required=False, allow_blank=True, help_text="of a guide"
    )
    from_revision = serializers.IntegerField(
        min_value=1, required=False, help_text="of a translation: what it was made from"
    )
    revision = serializers.IntegerField(
        min_value=1, required=False, help_text="of an edit: the text it was begun on"
    )


class DraftInput(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=Draft.Kind.choices)
    thing = serializers.IntegerField(
        min_value=0, required=False, default=0, help_text="what it is about; 0 for what is new"
    )
    fields = DraftFieldsInput()  # type: ignore[assignment]


class PreviewInput(serializers.Serializer[Any]):
    guide = serializers.BooleanField(
        default=False, help_text="read it as a guide's Markdown; for who may write it"
    )
    thing = serializers.IntegerField(
        min_value=0,
        max_value=2**62,
        required=False,
        default=0,
        help_text="the guide that it is for; 0 for a new one",
    )
    source_format = serializers.ChoiceField(
        choices=WrittenText.Format.choices,
        default=WrittenText.Format.COMMONMARK,
        help_text="of the post that it changes; of what is no guide",
    )
    source = serializers.CharField(  # type: ignore[assignment]
        max_length=LONGEST_GUIDE,
        allow_blank=True,
        help_text=f"at most {LONGEST_TEXT} characters of what is no guide",
    )
