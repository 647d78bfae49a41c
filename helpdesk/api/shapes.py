"""What programs send to the help desk and get from it."""

from typing import Any

from django.conf import settings
from rest_framework import serializers

from core.models import StoredFile
from helpdesk import queries
from helpdesk.models import Message, Share, Ticket
from helpdesk.states import Side, State, WaitsFor

TEXT = 30000
BIGGEST = 2**63 - 1


class FilesInput(serializers.ListField):
    """Attachments, as parts of a multipart body."""

    child = serializers.FileField()

    def __init__(self) -> None:
        super().__init__(required=False, default=list, max_length=10)


class SuggestionInput(serializers.Serializer[Any]):
    kind = serializers.CharField(max_length=40)
    id = serializers.IntegerField(min_value=1, max_value=BIGGEST)


class TicketInput(serializers.Serializer[Any]):
    subject = serializers.CharField(min_length=3, max_length=200)
    source = serializers.CharField(  # type: ignore[assignment]  # a field of the document
        max_length=TEXT, help_text="CommonMark"
    )
    language = serializers.ChoiceField(choices=settings.SPOKEN_LANGUAGES)
    site = serializers.IntegerField(
        required=False, default=None, allow_null=True, min_value=1, max_value=BIGGEST
    )
    attachments = FilesInput()
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


class TicketReplyInput(TicketNoteInput):
    revision = serializers.IntegerField(
        min_value=0, max_value=BIGGEST, help_text="the ticket's, as you read it"
    )
    then = serializers.ChoiceField(
        choices=State.choices, required=False, default="", help_text="the state to leave it in"
    )
    send_anyway = serializers.BooleanField(required=False, default=False)


class TicketStateInput(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=State.choices)


class TicketAssignmentInput(serializers.Serializer[Any]):
    assignee = serializers.CharField(
        max_length=40, required=False, default="", help_text="a handle; left out: oneself"
    )


class TicketMergerInput(serializers.Serializer[Any]):
    into = serializers.IntegerField(min_value=1, max_value=BIGGEST)


class AttachmentOutput(serializers.ModelSerializer[StoredFile]):
    url = serializers.CharField(source="get_absolute_url")

    class Meta:
        model = StoredFile
        fields = ["name", "size", "content_type", "url"]


class TicketMessageOutput(serializers.ModelSerializer[Message]):
    ticket = serializers.IntegerField(source="ticket_id")
    author = serializers.CharField(source="author.handle")
    side = serializers.ChoiceField(choices=Side.choices)
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
            "posted_at",
            "attachments",
        ]

    def get_attachments(self, row: Message) -> list[dict[str, Any]]:
        files = self.context["files"].get(row.pk, [])
        return [dict(file) for file in AttachmentOutput(files, many=True).data]


class TicketListOutput(serializers.ModelSerializer[Ticket]):
    number = serializers.CharField()
    requester = serializers.CharField(source="requester.handle")
    organisation = serializers.IntegerField(source="organisation_id", allow_null=True)
    site = serializers.IntegerField(source="site_id", allow_null=True)
    queue = serializers.CharField(source="queue.slug")
    level = serializers.CharField(source="level_version.level.slug", default=None, allow_null=True)
    state = serializers.ChoiceField(choices=State.choices)
    waits_for = serializers.ChoiceField(choices=WaitsFor.choices)
    assignee = serializers.CharField(source="assignee.handle", default=None, allow_null=True)
    answer_due_at = serializers.DateTimeField(allow_null=True)
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
            "waits_for",
            "waiting_since",
            "answer_due_at",
            "assignee",
            "opened_at",
            "last_activity_at",
            "message_count",
            "url",
        ]


class TicketOutput(TicketListOutput):
    revision = serializers.SerializerMethodField()
    allowed = serializers.SerializerMethodField(help_text="the states you may set now")
    merged_into = serializers.IntegerField(source="merged_into_id", allow_null=True)

    class Meta(TicketListOutput.Meta):
        fields = [
            *TicketListOutput.Meta.fields,
            "first_response_due_at",
            "first_response_at",
            "merged_into",
            "revision",
            "allowed",
        ]

    def get_revision(self, ticket: Ticket) -> int:
        return queries.revision_of(self.context["request"].user, ticket)

    def get_allowed(self, ticket: Ticket) -> list[str]:
        return queries.possible_states(self.context["request"].user, ticket)


class TicketShareOutput(serializers.ModelSerializer[Share]):
    person = serializers.CharField(source="person.handle")

    class Meta:
        model = Share
        fields = ["person", "at"]


class QueueOutput(serializers.Serializer[Any]):
    slug = serializers.CharField()
    name = serializers.CharField()
    for_us = serializers.IntegerField()
    for_them = serializers.IntegerField()


class SuggestionOutput(serializers.Serializer[Any]):
    kind = serializers.CharField(source="thing_kind")
    id = serializers.IntegerField(source="thing_id")
    at = serializers.DateTimeField()
