"""What programs send about macros, rules and the agents' work on a ticket, and get of it."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api import SendSecrets
from helpdesk import queries
from helpdesk.conditions import LONGEST_WAIT
from helpdesk.models import ChecklistItem, DeskRule, Macro, RuleRun, TicketField, TimeSpent
from helpdesk.models.macros import MacroText
from helpdesk.states import State

BIGGEST = 2**63 - 1
ANY_VALUE = {
    "oneOf": [
        {"type": "string", "maxLength": 500},
        {"type": "number"},
        {"type": "boolean"},
    ],
    "nullable": True,
}
LANGUAGES = dict(settings.SPOKEN_LANGUAGES)


@extend_schema_field(ANY_VALUE)
class AnyValue(serializers.JSONField):
    """A value of a ticket's field: a text, number or truth; days as YYYY-MM-DD."""


class FieldsInput(serializers.DictField):
    """Values by the field's key."""

    child = AnyValue(allow_null=True)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, default=dict, **kwargs)


class Words(serializers.ListField):
    """A few words or names."""

    def __init__(self, most_letters: int = 60) -> None:
        child = serializers.CharField(max_length=most_letters)
        super().__init__(child=child, required=False, default=list, max_length=20)


class ByLanguage(serializers.DictField):
    """Words by BCP 47 language, of those people may write in."""

    def __init__(self, most_letters: int, **kwargs: Any) -> None:
        child = serializers.CharField(max_length=most_letters, allow_blank=True)
        super().__init__(child=child, **kwargs)


class StepsInput(serializers.Serializer[Any]):
    """Changes of a ticket, in the order they are done in; all or none of them."""

    tags = Words(40)
    checklist = Words(200)
    note = serializers.CharField(required=False, default="", allow_blank=True, max_length=5000)
    assign = serializers.CharField(
        required=False,
        default="",
        allow_blank=True,
        max_length=40,
        help_text="`me`, `nobody` or an agent's handle",
    )
    state = serializers.ChoiceField(
        choices=State.choices,
        required=False,
        default="",
        allow_blank=True,
        help_text="not `new`, not `merged`",
    )
    queue = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=40, help_text="a slug"
    )


class RuleStepsInput(StepsInput):
    reply = serializers.IntegerField(
        required=False,
        default=None,
        allow_null=True,
        min_value=1,
        max_value=BIGGEST,
        help_text="a macro, whose text is sent",
    )
    notify = Words(40)


class ConditionsInput(serializers.Serializer[Any]):
    """What must hold: all that is given; of a list, one is enough."""

    subject = Words()
    queues = Words()
    levels = Words()
    languages = Words()
    states = serializers.ListField(
        child=serializers.ChoiceField(choices=State.choices), required=False, default=list
    )
    tags = Words()
    unassigned = serializers.BooleanField(required=False, default=False)
    waiting_minutes = serializers.IntegerField(
        required=False, default=None, allow_null=True, min_value=1, max_value=LONGEST_WAIT
    )
    due_within_minutes = serializers.IntegerField(
        required=False,
        default=None,
        allow_null=True,
        min_value=0,
        max_value=LONGEST_WAIT,
        help_text="a promise that runs falls due within so many, by the clock; 0: it is late",
    )


class MacroInput(serializers.Serializer[Any]):
    names = ByLanguage(80)
    language = serializers.ChoiceField(choices=settings.SPOKEN_LANGUAGES)
    texts = ByLanguage(20000, required=False, default=dict)
    queue = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=40, help_text="empty: all queues"
    )
    steps = StepsInput(required=False)
    checked = serializers.ListField(
        child=serializers.ChoiceField(choices=settings.SPOKEN_LANGUAGES),
        required=False,
        default=list,
        help_text="translations that still say the same as the text, though not changed",
    )


class MacroChangeInput(MacroInput):
    revision = serializers.IntegerField(min_value=0, max_value=BIGGEST)


class MacroTextOutput(serializers.ModelSerializer[MacroText]):
    is_stale = serializers.SerializerMethodField(
        help_text="the text it was translated from has changed since"
    )

    class Meta:
        model = MacroText
        fields = ["language", "source", "revision", "made_from", "is_stale"]

    def get_is_stale(self, text: MacroText) -> bool:
        return text.language in queries.stale_languages(text.macro)


class MacroOutput(serializers.ModelSerializer[Macro]):
    queue = serializers.CharField(source="queue.slug", default=None, allow_null=True)
    names = serializers.DictField(child=serializers.CharField())
    steps = serializers.DictField()
    texts = MacroTextOutput(many=True)
    made_by = serializers.CharField(source="made_by.handle")

    class Meta:
        model = Macro
        fields = [
            "id",
            "queue",
            "names",
            "language",
            "texts",
            "steps",
            "revision",
            "made_by",
            "changed_at",
        ]


class MacroChoiceOutput(serializers.Serializer[Any]):
    """A macro as it would be used in one ticket."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    text = serializers.CharField(help_text="filled in; empty for changes alone")
    language = serializers.CharField()
    is_stale = serializers.BooleanField()
    steps = serializers.ListField(child=serializers.CharField(), help_text="in words")


class MacroRunInput(serializers.Serializer[Any]):
    macro = serializers.IntegerField(min_value=1, max_value=BIGGEST)
    revision = serializers.IntegerField(
        min_value=0, max_value=BIGGEST, help_text="the ticket's, as you read it"
    )
    source = serializers.CharField(  # type: ignore[assignment]  # a field of the document
        required=False,
        default="",
        allow_blank=True,
        max_length=30000,
        help_text="CommonMark; said instead of the macro's own text",
    )
    send_anyway = serializers.BooleanField(required=False, default=False)
    send_secrets = SendSecrets()


class DeskRuleInput(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=100)
    queue = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=40, help_text="empty: all queues"
    )
    when = serializers.ChoiceField(choices=DeskRule.When.choices)
    conditions = ConditionsInput(required=False)
    steps = RuleStepsInput()
    acts_as = serializers.CharField(max_length=40, help_text="an agent's handle")


class DeskRuleChangeInput(DeskRuleInput):
    revision = serializers.IntegerField(min_value=0, max_value=BIGGEST)


class DeskRuleOutput(serializers.ModelSerializer[DeskRule]):
    queue = serializers.CharField(source="queue.slug", default=None, allow_null=True)
    conditions = serializers.DictField()
    steps = serializers.DictField()
    acts_as = serializers.CharField(source="acts_as.handle")
    made_by = serializers.CharField(source="made_by.handle")

    class Meta:
        model = DeskRule
        fields = [
            "id",
            "name",
            "queue",
            "when",
            "conditions",
            "steps",
            "acts_as",
            "is_on",
            "revision",
            "made_by",
            "changed_at",
        ]


class RuleRunOutput(serializers.ModelSerializer[RuleRun]):
    ticket = serializers.IntegerField(source="ticket_id")

    class Meta:
        model = RuleRun
        fields = ["ticket", "at", "ended_at", "refused"]


class WouldChangeOutput(serializers.Serializer[Any]):
    number = serializers.CharField()
    subject = serializers.CharField()
    url = serializers.CharField(source="path")
    steps = serializers.ListField(child=serializers.CharField(), help_text="in words")


class TrialOutput(serializers.Serializer[Any]):
    matched = serializers.IntegerField()
    tickets = WouldChangeOutput(many=True, source="shown")
    hidden = serializers.IntegerField(help_text="matched, but not for you to see, or beyond 50")
    more = serializers.BooleanField(help_text="there are older tickets that were not looked at")
    trial = serializers.CharField(
        source="token", help_text="lets the rule, as it is now, be switched on within a day"
    )


class DeskRuleActivityInput(serializers.Serializer[Any]):
    trial = serializers.CharField(
        required=False,
        default="",
        allow_blank=True,
        max_length=200,
        help_text="what /trial answered; without it, or once the rule is another: 409 not_tried",
    )


class TagsInput(serializers.Serializer[Any]):
    tags = serializers.ListField(
        child=serializers.CharField(max_length=40), min_length=1, max_length=20
    )


class TagOutput(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField(help_text="of a skill: in your language")


class TicketFieldOutput(serializers.ModelSerializer[TicketField]):
    kind = serializers.ChoiceField(choices=TicketField.Kind.choices)
    required = serializers.ChoiceField(  # type: ignore[assignment]  # a field of the document
        choices=TicketField.Required.choices
    )
    labels = serializers.DictField(child=serializers.CharField())
    hints = serializers.DictField(child=serializers.CharField())
    choices = serializers.ListField(child=serializers.DictField())

    class Meta:
        model = TicketField
        fields = ["key", "kind", "labels", "hints", "choices", "required", "shown_to"]


class TicketFieldsInput(serializers.Serializer[Any]):
    fields = FieldsInput()  # type: ignore[assignment]  # a field of the document
    send_secrets = SendSecrets()


class ChecklistInput(serializers.Serializer[Any]):
    items = serializers.ListField(
        child=serializers.CharField(max_length=200), min_length=1, max_length=20
    )
    send_secrets = SendSecrets()


class ChecklistItemOutput(serializers.ModelSerializer[ChecklistItem]):
    done_by = serializers.CharField(source="done_by.handle", default=None, allow_null=True)

    class Meta:
        model = ChecklistItem
        fields = ["id", "words", "added_at", "done_by", "done_at"]


class TimeInput(serializers.Serializer[Any]):
    minutes = serializers.IntegerField(min_value=1, max_value=24 * 60)
    day = serializers.DateField(required=False, default=None, allow_null=True)


class TimeOutput(serializers.ModelSerializer[TimeSpent]):
    agent = serializers.CharField(source="agent.handle")

    class Meta:
        model = TimeSpent
        fields = ["id", "agent", "minutes", "day", "at"]


class TimesOutput(serializers.Serializer[Any]):
    minutes = serializers.IntegerField(help_text="by all agents")
    times = TimeOutput(many=True)


class SimilarTicketOutput(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    number = serializers.CharField()
    subject = serializers.CharField()
    language = serializers.CharField()
    url = serializers.CharField(source="path")


class PastAnswerOutput(serializers.Serializer[Any]):
    kind = serializers.CharField()
    id = serializers.IntegerField(source="object_id")
    title_html = serializers.CharField(help_text="safe HTML; words found in <mark>")
    url = serializers.CharField()
    language = serializers.CharField()
    solved = serializers.BooleanField()


class KnowledgeOutput(serializers.Serializer[Any]):
    held_out = serializers.BooleanField(
        help_text="answers are kept from me, so that what showing them brings can be known"
    )
    answers = PastAnswerOutput(many=True)
    tickets = SimilarTicketOutput(many=True, help_text="to agents of the queue alone")
