"""What programs send to the help desk and get from it."""

from typing import Any

from django.conf import settings
from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api import FileOutput, FilesInput, SendSecrets
from helpdesk import queries, rules
from helpdesk.api.desk_shapes import AnyValue, FieldsInput
from helpdesk.masking import mask_ticket
from helpdesk.models import Clock, Message, NamedState, Share, Ticket
from helpdesk.promises import Kind, Outcome
from helpdesk.states import Side, State, WaitsFor

TEXT = 30000
BIGGEST = 2**63 - 1


class SuggestionInput(serializers.Serializer[Any]):
    kind = serializers.CharField(max_length=40)
    id = serializers.IntegerField(min_value=1, max_value=BIGGEST)


class TicketInput(serializers.Serializer[Any]):
    requester = serializers.CharField(
        required=False,
        default="",
        max_length=254,
        help_text="agents: for whom, a handle or a mail address; left out: oneself",
    )
    queue = serializers.CharField(
        required=False,
        default="",
        allow_blank=True,
        max_length=40,
        help_text="with requester: a slug; left out: the default one",
    )
    subject = serializers.CharField(min_length=3, max_length=200)
    source = serializers.CharField(  # type: ignore[assignment]  # a field of the document
        max_length=TEXT, help_text="CommonMark"
    )
    language = serializers.ChoiceField(choices=settings.SPOKEN_LANGUAGES)
    site = serializers.IntegerField(
        required=False, default=None, allow_null=True, min_value=1, max_value=BIGGEST
    )
    attachments = FilesInput()
    fields = FieldsInput()  # type: ignore[assignment]  # a field of the document
    send_secrets = SendSecrets()
    looked = SuggestionInput(
        many=True, required=False, help_text="past answers that were shown and did not help"
    )


class TicketNoteInput(serializers.Serializer[Any]):
    source = serializers.CharField(  # type: ignore[assignment]  # a field of the document
        max_length=TEXT, help_text="CommonMark"
    )
    language = serializers.ChoiceField(
        choices=settings.SPOKEN_LANGUAGES, required=False, default="", help_text="the ticket's"
    )
    attachments = FilesInput()
    send_secrets = SendSecrets()


class TicketReplyInput(TicketNoteInput):
    revision = serializers.IntegerField(
        min_value=0, max_value=BIGGEST, help_text="the ticket's, as you read it"
    )
    then = serializers.ChoiceField(
        choices=State.choices, required=False, default="", help_text="the state to leave it in"
    )
    send_anyway = serializers.BooleanField(required=False, default=False)


class TicketLinesInput(serializers.Serializer[Any]):
    line = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=BIGGEST),
        min_length=1,
        max_length=queries.MOST_LINES,
        help_text="numbers of messages in the ticket's room; again for each",
    )


class TicketQuotationOutput(serializers.Serializer[Any]):
    source = serializers.CharField(  # type: ignore[assignment]  # a field of the document
        help_text="CommonMark: to be gone on with, and sent as a reply"
    )
    revision = serializers.IntegerField(help_text="the ticket's, for the reply")


class TicketStateInput(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=State.choices)
    named = serializers.SlugField(
        max_length=40,
        required=False,
        default="",
        help_text="what this installation calls it, of /named-states; agents",
    )


class TicketPendingInput(serializers.Serializer[Any]):
    until = serializers.DateTimeField(help_text="ahead, within a year")


class TicketAssignmentInput(serializers.Serializer[Any]):
    assignee = serializers.CharField(
        max_length=40, required=False, default="", help_text="a handle; left out: oneself"
    )


class TicketMergerInput(serializers.Serializer[Any]):
    into = serializers.IntegerField(min_value=1, max_value=BIGGEST)


class TicketMessageOutput(serializers.ModelSerializer[Message]):
    ticket = serializers.IntegerField(source="ticket_id")
    author = serializers.CharField(source="author.handle")
    side = serializers.ChoiceField(choices=Side.choices)
    folded_text = serializers.CharField(
        default="",
        allow_null=True,
        help_text="what a message by mail quoted and signed; null where you see them masked",
    )
    attachments = serializers.SerializerMethodField()

    class Meta:
        model = Message
        fields = [
            "id",
            "ticket",
            "number",
            "internal",
            "author",
            "side",
            "language",
            "source",
            "html",
            "folded_text",
            "posted_at",
            "attachments",
        ]

    @extend_schema_field(FileOutput(many=True))
    def get_attachments(self, row: Message) -> list[dict[str, Any]]:
        files = self.context["files"].get(row.pk, [])
        return [dict(file) for file in FileOutput(files, many=True).data]


class TicketListOutput(serializers.ModelSerializer[Ticket]):
    number = serializers.CharField()
    requester = serializers.CharField(
        source="requester.handle", allow_null=True, help_text="none where you see them masked"
    )
    organisation = serializers.IntegerField(source="organisation_id", allow_null=True)
    site = serializers.IntegerField(source="site_id", allow_null=True)
    queue = serializers.CharField(source="queue.slug")
    level = serializers.CharField(source="level_version.level.slug", default=None, allow_null=True)
    state = serializers.ChoiceField(choices=State.choices)
    waits_for = serializers.ChoiceField(choices=WaitsFor.choices)
    assignee = serializers.CharField(source="assignee.handle", default=None, allow_null=True)
    named_state = serializers.CharField(
        source="named_state.slug", default=None, allow_null=True, help_text="of /named-states"
    )
    answer_due_at = serializers.DateTimeField(allow_null=True, help_text="while that clock runs")
    solution_due_at = serializers.DateTimeField(allow_null=True, help_text="while that clock runs")
    pending_until = serializers.DateTimeField(
        allow_null=True, help_text="when we come back to it, as we said"
    )
    url = serializers.CharField(source="path")

    class Meta:
        model = Ticket
        fields = [
            "id",
            "number",
            "subject",
            "language",
            "requester",
            "organisation",
            "site",
            "queue",
            "level",
            "state",
            "named_state",
            "waits_for",
            "waiting_since",
            "answer_due_at",
            "solution_due_at",
            "pending_until",
            "assignee",
            "opened_at",
            "last_activity_at",
            "message_count",
            "url",
        ]

    def to_representation(self, ticket: Ticket) -> Any:
        """Show a volunteer a stand-in: of who asked, and of organisation and site, nothing."""
        if not self.is_masked(ticket):
            return super().to_representation(ticket)
        mask_ticket(ticket)
        hidden = dict.fromkeys(("requester", "organisation", "site"))
        return {**super().to_representation(ticket), **hidden}

    def is_masked(self, ticket: Ticket) -> bool:
        """In a list always: looking behind a mask is for one ticket."""
        return rules.works_masked(self.context["request"].user, ticket)


class MergedTalkOutput(serializers.Serializer[Any]):
    room = serializers.IntegerField(source="room_id")
    number = serializers.CharField(help_text="of the ticket it was in; empty: not yours to see")


class TicketOutput(TicketListOutput):
    revision = serializers.SerializerMethodField()
    masked = serializers.SerializerMethodField(help_text="you do not see who asked; /unmasking")
    allowed = serializers.SerializerMethodField(help_text="the states you may set now")
    merged_into = serializers.IntegerField(source="merged_into_id", allow_null=True)
    merged_talks = serializers.SerializerMethodField(
        help_text="what was said live in tickets merged into it: closed rooms"
    )
    fields = serializers.SerializerMethodField(  # type: ignore[assignment]  # of the document
        method_name="values_of_fields",
        help_text="what fields hold that you may read, by key; numbers and days as texts",
    )

    class Meta(TicketListOutput.Meta):
        fields = [
            *TicketListOutput.Meta.fields,
            "first_response_due_at",
            "first_response_at",
            "merged_into",
            "merged_talks",
            "masked",
            "revision",
            "allowed",
            "fields",
        ]

    @extend_schema_field(serializers.DictField(child=AnyValue()))
    def values_of_fields(self, ticket: Ticket) -> dict[str, str | bool]:
        return queries.values_by_key(self.context["request"].user, ticket)

    @extend_schema_field(MergedTalkOutput(many=True))
    def get_merged_talks(self, ticket: Ticket) -> Any:
        talks = queries.talks_in(self.context["request"].user, ticket)
        return MergedTalkOutput(talks, many=True).data

    def is_masked(self, ticket: Ticket) -> bool:
        return rules.is_masked(self.context["request"].user, ticket)

    def get_masked(self, ticket: Ticket) -> bool:
        return self.is_masked(ticket)

    def get_revision(self, ticket: Ticket) -> int:
        return queries.revision_of(self.context["request"].user, ticket)

    def get_allowed(self, ticket: Ticket) -> list[str]:
        return queries.possible_states(self.context["request"].user, ticket)


class ClockOutput(serializers.ModelSerializer[Clock]):
    kind = serializers.ChoiceField(choices=Kind.choices)
    outcome = serializers.ChoiceField(
        choices=[(value, label) for value, label in Outcome.choices if value],
        allow_null=True,
        source="ended_outcome",
        help_text="null: it has not ended",
    )

    class Meta:
        model = Clock
        fields = [
            "kind",
            "turn",
            "started_at",
            "due_at",
            "paused_at",
            "paused_seconds",
            "spent_seconds",
            "ended_at",
            "outcome",
        ]


class NamedStateOutput(serializers.ModelSerializer[NamedState]):
    state = serializers.ChoiceField(choices=State.choices, source="code")
    name = serializers.SerializerMethodField()

    class Meta:
        model = NamedState
        fields = ["slug", "state", "name"]

    def get_name(self, row: NamedState) -> str:
        return row.name(get_language() or "en")


class TicketShareOutput(serializers.ModelSerializer[Share]):
    person = serializers.SerializerMethodField(help_text="a handle; none for invited addresses")
    address = serializers.SerializerMethodField(help_text="to those who may invite")

    class Meta:
        model = Share
        fields = ["person", "address", "at"]

    def get_person(self, row: Share) -> str | None:
        return None if row.address else row.person.handle

    def get_address(self, row: Share) -> str:
        return row.address if rules.can_share(self.context["request"].user, row.ticket) else ""


class QueueOutput(serializers.Serializer[Any]):
    slug = serializers.CharField()
    name = serializers.CharField()
    for_us = serializers.IntegerField()
    for_them = serializers.IntegerField()


class SuggestionOutput(serializers.Serializer[Any]):
    kind = serializers.CharField(source="thing_kind")
    id = serializers.IntegerField(source="thing_id")
    at = serializers.DateTimeField()
