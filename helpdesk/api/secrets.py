"""Taking a secret out of a ticket."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import ApiView
from helpdesk import actions
from people.present import me


class TicketPurgeInput(serializers.Serializer[Any]):
    text = serializers.CharField(
        required=False, default="", max_length=2000, help_text="the exact characters"
    )
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
    @extend_schema(request=TicketPurgeInput, responses={201: TicketPurgeOutput})
    def post(self, request: Request, ticket_id: int) -> Response:
        """Take words or attachments out of a ticket's history, for good; for its agents."""
        data = self.valid(TicketPurgeInput)
        purged = actions.purge_secret(
            actor=me(request),
            ticket_id=ticket_id,
            text=data["text"],
            files=[str(key) for key in data["files"]],
        )
        return Response(TicketPurgeOutput(purged).data, status=201)
