"""What is said in a ticket."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import ApiViewSet, JsonParser
from core.files import files_by_thing
from helpdesk import actions, queries, rules
from helpdesk.api.shapes import (
    TicketLinesInput,
    TicketMessageOutput,
    TicketNoteInput,
    TicketQuotationOutput,
    TicketReplyInput,
)
from helpdesk.masking import mask_files, mask_messages
from helpdesk.models import Message
from people.present import me


class MessageViews(ApiViewSet):
    """What is said in one ticket."""

    parser_classes = [JsonParser, MultiPartParser]  # with files
    queryset = Message.objects.none()
    filter_backends: list[Any] = []
    keyset = ("id",)

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "files": getattr(self, "files", {})}

    @extend_schema(responses=TicketMessageOutput(many=True))
    def list(self, request: Request, ticket_id: int) -> Response:
        """List what is said in a ticket, oldest first; internal notes to its agents alone."""
        ticket = queries.ticket_seen(request.user, ticket_id)
        page = self.paginate_queryset(
            queries.messages_with_folds(request.user, ticket).select_related("author")
        )
        self.files = files_by_thing(page or [])
        if rules.is_masked(request.user, ticket):
            mask = mask_messages(ticket, page or [])
            mask_files((file for files in self.files.values() for file in files), mask)
        context = self.get_serializer_context()
        return self.get_paginated_response(
            TicketMessageOutput(page, many=True, context=context).data
        )

    @extend_schema(request=TicketReplyInput, responses={201: TicketMessageOutput})
    def reply(self, request: Request, ticket_id: int) -> Response:
        """Answer; when something was said since `revision`, 409 lists it."""
        data = self.valid(TicketReplyInput)
        message = actions.reply(
            actor=me(request),
            ticket_id=ticket_id,
            source=data["source"],
            language=data["language"],
            revision=data["revision"],
            then=data["then"],
            uploads=data["attachments"],
            send_anyway=data["send_anyway"],
            send_secrets=data["send_secrets"],
        )
        return self._said(message)

    @extend_schema(request=TicketNoteInput, responses={201: TicketMessageOutput})
    def note(self, request: Request, ticket_id: int) -> Response:
        """Write an internal note, which agents of the queue alone read."""
        data = self.valid(TicketNoteInput)
        message = actions.write_note(
            actor=me(request),
            ticket_id=ticket_id,
            source=data["source"],
            language=data["language"],
            uploads=data["attachments"],
            send_secrets=data["send_secrets"],
        )
        return self._said(message)

    @extend_schema(parameters=[TicketLinesInput], responses=TicketQuotationOutput)
    def quotation(self, request: Request, ticket_id: int) -> Response:
        """Return lines of the live conversation as the beginning of a reply (agents)."""
        lines = self.valid(TicketLinesInput, request.query_params)["line"]
        ticket = queries.ticket_seen(request.user, ticket_id)
        source = queries.quoted(me(request), ticket, lines)
        revision = queries.revision_of(request.user, ticket)
        return Response({"source": source, "revision": revision})

    def _said(self, message: Message) -> Response:
        self.files = files_by_thing([message])
        return self.shown(message, TicketMessageOutput, 201)
