"""What happened to a ticket."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import ApiViewSet
from core.models import JournalLine
from helpdesk import queries


class TicketEventOutput(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    verb = serializers.CharField(help_text="a stable key, as helpdesk.state_changed")
    actor = serializers.CharField(
        allow_null=True, help_text="a handle; null: nobody's doing, or you see them masked"
    )
    words = serializers.CharField(
        allow_blank=True, help_text="the page's sentence, in your language; it may say nothing"
    )
    changes = serializers.DictField(
        help_text="stable words and numbers alone; moments in seconds since 1970"
    )


class EventViews(ApiViewSet):
    """The audit trail of one ticket."""

    queryset = JournalLine.objects.none()
    filter_backends: list[Any] = []
    keyset = ("id",)

    @extend_schema(responses=TicketEventOutput(many=True))
    def list(self, request: Request, ticket_id: int) -> Response:
        """List what happened to a ticket, oldest first, as far as its page tells me."""
        ticket = queries.ticket_seen(request.user, ticket_id)
        page = self.paginate_queryset(queries.events_of(request.user, ticket)) or []
        told = queries.events_told(request.user, ticket, page)
        return self.get_paginated_response(TicketEventOutput(told, many=True).data)
