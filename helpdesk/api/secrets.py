"""Taking a secret out of a ticket."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import ApiView, FoundSecretOutput, PurgeTextInput
from helpdesk import actions, queries
from people.present import me


class TicketPurgeInput(serializers.Serializer[Any]):
    text = PurgeTextInput(required=False, default="")
    files = serializers.ListField(
        child=serializers.UUIDField(),
        required=False,
        default=list,
        max_length=100,
        help_text="of attachments: what follows /files/ in their address",
    )


class TicketPurgeOutput(serializers.Serializer[Any]):
    messages = serializers.IntegerField(help_text="how many held the words")
    files = serializers.IntegerField()
    answers = serializers.IntegerField(help_text="of these a published one was taken back")


class PurgeView(ApiView):
    @extend_schema(responses=FoundSecretOutput(many=True))
    def get(self, request: Request, ticket_id: int) -> Response:
        """List what looks like a secret: in what you wrote there; its agents, in all of it."""
        row = queries.ticket_seen(request.user, ticket_id)
        found, _files = queries.secrets_in(request.user, row)
        return Response(FoundSecretOutput(found, many=True).data)

    @extend_schema(request=TicketPurgeInput, responses={201: TicketPurgeOutput})
    def post(self, request: Request, ticket_id: int) -> Response:
        """Take a secret out of what you wrote, one of yours; agents words or files, of all."""
        data = self.valid(TicketPurgeInput)
        purged = actions.purge_secret(
            actor=me(request),
            ticket_id=ticket_id,
            texts=[data["text"]],
            files=[str(key) for key in data["files"]],
        )
        return Response(TicketPurgeOutput(purged).data, status=201)
