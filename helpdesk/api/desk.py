"""The agents' work on a ticket, for programs, and what may help them."""

from typing import Any

from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import ApiView, ApiViewSet
from helpdesk import actions, queries
from helpdesk.api.desk_shapes import (
    ChecklistInput,
    ChecklistItemOutput,
    KnowledgeOutput,
    TagOutput,
    TagsInput,
    TicketFieldOutput,
    TicketFieldsInput,
    TimeInput,
    TimeOutput,
    TimesOutput,
)
from helpdesk.api.shapes import TicketOutput
from helpdesk.masking import mask_for
from helpdesk.models import ChecklistItem, Tagging, TicketField, TimeSpent
from people.present import me


class TagViews(ApiViewSet):
    """Tags of one ticket."""

    queryset = Tagging.objects.none()
    filter_backends: list[Any] = []
    pagination_class = None

    @extend_schema(responses=TagOutput(many=True))
    def list(self, request: Request, ticket_id: int) -> Response:
        """List a ticket's tags, all at once."""
        return self._tags(request, ticket_id)

    @extend_schema(request=TagsInput, responses=TagOutput(many=True))
    def add(self, request: Request, ticket_id: int) -> Response:
        """Put tags on a ticket: skills by any of their names, or free words; returns all it has."""
        names = self.valid(TagsInput)["tags"]
        actions.tag_ticket(actor=me(request), ticket_id=ticket_id, names=names)
        return self._tags(request, ticket_id)

    @extend_schema(request=None, responses={204: None})
    def remove(self, request: Request, ticket_id: int, tag_id: int) -> Response:
        """Take a tag off."""
        actions.untag_ticket(actor=me(request), ticket_id=ticket_id, tag_id=tag_id)
        return Response(status=204)

    def _tags(self, request: Request, ticket_id: int) -> Response:
        ticket = queries.ticket_worked(request.user, ticket_id)
        rows = queries.tags_of(ticket, get_language() or "en")
        return Response(TagOutput(rows, many=True).data)


class FieldViews(ApiViewSet):
    """Fields of tickets."""

    queryset = TicketField.objects.none()
    filter_backends: list[Any] = []
    pagination_class = None

    @extend_schema(operation_id="tickets_fields_asked_list", responses=TicketFieldOutput(many=True))
    def asked(self, request: Request) -> Response:
        """List the fields asked of who opens a ticket, all at once."""
        return Response(TicketFieldOutput(queries.fields_of_new_tickets(), many=True).data)

    @extend_schema(responses=TicketFieldOutput(many=True))
    def of_ticket(self, request: Request, ticket_id: int) -> Response:
        """List the fields of a ticket's queue, all at once, for its agents."""
        ticket = queries.ticket_worked(request.user, ticket_id)
        return Response(TicketFieldOutput(queries.fields_of(ticket.queue_id), many=True).data)

    @extend_schema(request=TicketFieldsInput, responses=TicketOutput)
    def fill(self, request: Request, ticket_id: int) -> Response:
        """Fill fields; null empties one, those left out stay as they are."""
        data = self.valid(TicketFieldsInput)
        actions.fill_fields(
            actor=me(request),
            ticket_id=ticket_id,
            values=data["fields"],
            send_secrets=data["send_secrets"],
        )
        return self.shown(queries.ticket_seen(request.user, ticket_id), TicketOutput)


class ChecklistViews(ApiViewSet):
    """What is to be done for one ticket."""

    queryset = ChecklistItem.objects.none()
    filter_backends: list[Any] = []
    pagination_class = None

    @extend_schema(responses=ChecklistItemOutput(many=True))
    def list(self, request: Request, ticket_id: int) -> Response:
        """List the checklist, all at once."""
        return self._list(request, ticket_id)

    @extend_schema(request=ChecklistInput, responses=ChecklistItemOutput(many=True))
    def add(self, request: Request, ticket_id: int) -> Response:
        """Add to the checklist; returns all of it."""
        data = self.valid(ChecklistInput)
        actions.add_to_checklist(actor=me(request), ticket_id=ticket_id, **data)
        return self._list(request, ticket_id)

    @extend_schema(request=None, responses={204: None})
    def remove(self, request: Request, ticket_id: int, item_id: int) -> Response:
        """Take something off the list."""
        actions.remove_item(actor=me(request), ticket_id=ticket_id, item_id=item_id)
        return Response(status=204)

    @extend_schema(request=None, responses=ChecklistItemOutput)
    def complete(self, request: Request, ticket_id: int, item_id: int) -> Response:
        """Say that something is done."""
        return self._check(request, ticket_id, item_id, done=True)

    @extend_schema(request=None, responses=ChecklistItemOutput)
    def reopen(self, request: Request, ticket_id: int, item_id: int) -> Response:
        """Say that it is not done after all."""
        return self._check(request, ticket_id, item_id, done=False)

    def _check(self, request: Request, ticket_id: int, item_id: int, *, done: bool) -> Response:
        row = actions.check_item(actor=me(request), ticket_id=ticket_id, item_id=item_id, done=done)
        mask = mask_for(request.user, row.ticket)
        row.words = row.words if mask is None else mask.text(row.words)
        return self.shown(row, ChecklistItemOutput)

    def _list(self, request: Request, ticket_id: int) -> Response:
        ticket = queries.ticket_worked(request.user, ticket_id)
        rows = queries.checklist_shown(ticket, mask_for(request.user, ticket))
        return Response(ChecklistItemOutput(rows, many=True).data)


class TimeViews(ApiViewSet):
    """Time spent on one ticket."""

    queryset = TimeSpent.objects.none()
    filter_backends: list[Any] = []
    pagination_class = None

    @extend_schema(responses=TimesOutput)
    def spent(self, request: Request, ticket_id: int) -> Response:
        """Return the time spent on a ticket: the sum, and each row, all at once."""
        ticket = queries.ticket_worked(request.user, ticket_id)
        rows = list(queries.times_of(ticket))
        told = {"minutes": sum(row.minutes for row in rows), "times": rows}
        return Response(TimesOutput(told).data)

    @extend_schema(request=TimeInput, responses={201: TimeOutput})
    def spend(self, request: Request, ticket_id: int) -> Response:
        """Write down time I spent."""
        data = self.valid(TimeInput)
        row = actions.spend_time(actor=me(request), ticket_id=ticket_id, **data)
        return self.shown(row, TimeOutput, 201)

    @extend_schema(request=None, responses={204: None})
    def take_back(self, request: Request, ticket_id: int, time_id: int) -> Response:
        """Take back time I wrote down."""
        actions.take_time_back(actor=me(request), ticket_id=ticket_id, time_id=time_id)
        return Response(status=204)


class KnowledgeView(ApiView):
    @extend_schema(responses=KnowledgeOutput)
    def get(self, request: Request, ticket_id: int) -> Response:
        """Return past answers that may fit and, for agents, similar tickets that were solved."""
        ticket = queries.ticket_seen(request.user, ticket_id)
        return Response(KnowledgeOutput(queries.knowledge(request.user, ticket)).data)
