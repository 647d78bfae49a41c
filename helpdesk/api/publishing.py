"""A ticket becomes a public answer."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import ApiViewSet
from helpdesk import actions, queries
from helpdesk.api.shapes import BIGGEST, TEXT
from helpdesk.models import PublicAnswer
from people.present import me


class PublicAnswerDraftInput(serializers.Serializer[Any]):
    messages = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=BIGGEST),
        required=False,
        default=list,
        max_length=200,
        help_text="ids; left out: all, notes never",
    )


class PublicTextInput(serializers.Serializer[Any]):
    title = serializers.CharField(min_length=10, max_length=200)
    question = serializers.CharField(max_length=TEXT, help_text="CommonMark")
    answer = serializers.CharField(max_length=TEXT, help_text="CommonMark")
    language = serializers.ChoiceField(choices=settings.SPOKEN_LANGUAGES)
    tags = serializers.ListField(
        child=serializers.CharField(max_length=40), required=False, default=list, max_length=5
    )


class ConsentAskingInput(serializers.Serializer[Any]):
    anyway = serializers.BooleanField(
        required=False, default=False, help_text="although something in it looks private"
    )


class ConsentInput(serializers.Serializer[Any]):
    text_hash = serializers.CharField(max_length=64, help_text="of the text you have read")
    agrees = serializers.BooleanField()


class PublicAnswerOutput(serializers.ModelSerializer[PublicAnswer]):
    ticket = serializers.IntegerField(source="ticket_id")
    state = serializers.ChoiceField(choices=PublicAnswer.State.choices)
    answer = serializers.CharField(source="answer_source")
    tags = serializers.ListField(child=serializers.CharField())
    question = serializers.CharField(source="question_source")
    question_id = serializers.IntegerField(
        allow_null=True, help_text="of the forum, once it is published"
    )

    class Meta:
        model = PublicAnswer
        fields = [
            "ticket",
            "state",
            "title",
            "question",
            "answer",
            "language",
            "tags",
            "text_hash",
            "question_id",
            "created_at",
        ]


class PublicAnswerViews(ApiViewSet):
    """What of a ticket is, or may be, public."""

    queryset = PublicAnswer.objects.none()
    filter_backends: list[Any] = []

    def _shown(self, request: Request, ticket_id: int, status: int = 200) -> Response:
        ticket = queries.ticket_seen(request.user, ticket_id)
        answer = queries.public_answer_seen(request.user, ticket)
        return self.shown(answer, PublicAnswerOutput, status)

    @extend_schema(responses=PublicAnswerOutput)
    def retrieve(self, request: Request, ticket_id: int) -> Response:
        """Return the newest one of a ticket; to its requester, from when they are asked."""
        return self._shown(request, ticket_id)

    @extend_schema(request=PublicAnswerDraftInput, responses={201: PublicAnswerOutput})
    def propose(self, request: Request, ticket_id: int) -> Response:
        """Draft one from messages, private facts replaced; for agents of the queue."""
        chosen = self.valid(PublicAnswerDraftInput)["messages"]
        actions.propose_answer(actor=me(request), ticket_id=ticket_id, message_ids=chosen)
        return self._shown(request, ticket_id, 201)

    @extend_schema(request=PublicTextInput, responses=PublicAnswerOutput)
    def write(self, request: Request, ticket_id: int) -> Response:
        """Change the text; asked already, the requester must be asked anew."""
        queries.ticket_seen(request.user, ticket_id)
        data = self.valid(PublicTextInput)
        text = actions.Text(**{**data, "tags": tuple(data["tags"])})
        actions.write_public_text(actor=me(request), ticket_id=ticket_id, text=text)
        return self._shown(request, ticket_id)

    @extend_schema(request=ConsentAskingInput, responses=PublicAnswerOutput)
    def ask(self, request: Request, ticket_id: int) -> Response:
        """Ask the requester; what looks private in it still is refused (422, private_facts)."""
        anyway = self.valid(ConsentAskingInput)["anyway"]
        actions.ask_consent(actor=me(request), ticket_id=ticket_id, anyway=anyway)
        return self._shown(request, ticket_id)

    @extend_schema(request=ConsentInput, responses=PublicAnswerOutput)
    def consent(self, request: Request, ticket_id: int) -> Response:
        """Say yes or no to the text with this hash, as who opened the ticket."""
        queries.ticket_seen(request.user, ticket_id)
        data = self.valid(ConsentInput)
        actions.answer_consent(actor=me(request), ticket_id=ticket_id, **data)
        return self._shown(request, ticket_id)

    @extend_schema(request=None, responses=PublicAnswerOutput)
    def withdraw(self, request: Request, ticket_id: int) -> Response:
        """Take a yes back: the question is taken away."""
        actions.withdraw_consent(actor=me(request), ticket_id=ticket_id)
        return self._shown(request, ticket_id)
