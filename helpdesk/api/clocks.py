"""What a ticket was promised, when we come back to it, and what states are called."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import ApiView, ApiViewSet
from helpdesk import actions, queries
from helpdesk.api.queues import check_agent
from helpdesk.api.shapes import ClockOutput, NamedStateOutput, TicketOutput, TicketPendingInput
from helpdesk.models import Clock, NamedState
from people.present import me


class ClockViews(ApiViewSet):
    """The clocks of one ticket, and putting it off."""

    queryset = Clock.objects.none()
    filter_backends: list[Any] = []

    @extend_schema(responses=ClockOutput(many=True))
    def list(self, request: Request, ticket_id: int) -> Response:
        """List the clocks of a ticket: what was promised and how it was kept; in service time."""
        ticket = queries.ticket_seen(request.user, ticket_id)
        return self.listed(Clock.objects.filter(ticket=ticket), ClockOutput)

    @extend_schema(request=TicketPendingInput, responses=TicketOutput)
    def set_aside(self, request: Request, ticket_id: int) -> Response:
        """Say when we come back to a ticket; it is not the next one until then."""
        until = self.valid(TicketPendingInput)["until"]
        actions.set_aside(actor=me(request), ticket_id=ticket_id, until=until)
        return self._shown(request, ticket_id)

    @extend_schema(request=None, responses=TicketOutput)
    def take_up(self, request: Request, ticket_id: int) -> Response:
        """Come back to it now."""
        actions.take_up(actor=me(request), ticket_id=ticket_id)
        return self._shown(request, ticket_id)

    def _shown(self, request: Request, ticket_id: int) -> Response:
        return self.shown(queries.ticket_seen(request.user, ticket_id), TicketOutput)


class NamedStatesView(ApiView):
    @extend_schema(responses=NamedStateOutput(many=True))
    def get(self, request: Request) -> Response:
        """List what this installation calls its states, all at once; agents."""
        check_agent(request)
        rows = NamedState.objects.filter(is_offered=True)
        return Response(NamedStateOutput(rows, many=True).data)
