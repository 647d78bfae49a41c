"""Looking behind the mask of a requester."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import ApiView
from core.errors import NotAllowed
from helpdesk import actions, queries, rules
from helpdesk.models import Unmasking
from helpdesk.queries.tickets import unmaskings_of
from people.present import me


class UnmaskingInput(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=300, help_text="the requester reads it")


class UnmaskingOutput(serializers.ModelSerializer[Unmasking]):
    person = serializers.CharField(source="person.handle")

    class Meta:
        model = Unmasking
        fields = ["person", "reason", "at", "until"]


class UnmaskingsView(ApiView):
    @extend_schema(responses=UnmaskingOutput(many=True))
    def get(self, request: Request, ticket_id: int) -> Response:
        """Read who looked who asked, and why; the requester and the agents of its queue may."""
        ticket = queries.ticket_seen(request.user, ticket_id)
        if not rules.can_read_unmaskings(request.user, ticket):
            raise NotAllowed
        return Response(UnmaskingOutput(unmaskings_of(request.user, ticket), many=True).data)


class UnmaskingView(ApiView):
    @extend_schema(request=UnmaskingInput, responses=UnmaskingOutput)
    def put(self, request: Request, ticket_id: int) -> Response:
        """See who asked, on this ticket, for two hours; logged, and shown to the requester."""
        reason = self.valid(UnmaskingInput)["reason"]
        row = actions.unmask(actor=me(request), ticket_id=ticket_id, reason=reason)
        return Response(UnmaskingOutput(row).data)
