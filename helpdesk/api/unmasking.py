"""Looking behind the mask of a requester."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import ApiView
from helpdesk import actions
from helpdesk.models import Unmasking
from people.present import me


class UnmaskingInput(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=300, help_text="the requester reads it")


class UnmaskingOutput(serializers.ModelSerializer[Unmasking]):
    person = serializers.CharField(source="person.handle")

    class Meta:
        model = Unmasking
        fields = ["person", "reason", "at", "until"]


class UnmaskingView(ApiView):
    @extend_schema(request=UnmaskingInput, responses=UnmaskingOutput)
    def put(self, request: Request, ticket_id: int) -> Response:
        """See who asked, on this ticket, for two hours; logged, and shown to the requester."""
        reason = self.valid(UnmaskingInput)["reason"]
        row = actions.unmask(actor=me(request), ticket_id=ticket_id, reason=reason)
        return Response(UnmaskingOutput(row).data)
