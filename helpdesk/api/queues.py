"""What waits for agents, and what needs no ticket."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import ApiView, ApiViewSet
from core.errors import NotAllowed
from helpdesk import actions, queries, rules
from helpdesk.api.shapes import (
    QueueOutput,
    SuggestionInput,
    SuggestionOutput,
    TicketListOutput,
)
from helpdesk.api.tickets import WaitingTicketFilter
from helpdesk.models import Ticket
from people.present import me


class QueueViews(ApiViewSet):
    """What waits for an agent."""

    queryset = Ticket.objects.none()
    filterset_class = WaitingTicketFilter
    keyset = queries.BY_TURN

    @extend_schema(responses=TicketListOutput(many=True))
    def list(self, request: Request) -> Response:
        """List what waits for us in my queues, the nearest turn first."""
        check_agent(request)
        rows = queries.listed(queries.queue_rows(request.user, queries.QueueFilters()))
        return self.listed(rows, TicketListOutput)


class QueueCountsView(ApiView):
    @extend_schema(responses=QueueOutput(many=True))
    def get(self, request: Request) -> Response:
        """List my queues, all at once, with how many tickets wait in each."""
        check_agent(request)
        return Response(QueueOutput(queries.queue_counts(request.user), many=True).data)


class SolvedView(ApiView):
    @extend_schema(request=SuggestionInput, responses=SuggestionOutput)
    def put(self, request: Request) -> Response:
        """Say that a past answer solved it, so that I need no ticket."""
        data = self.valid(SuggestionInput)
        row = actions.solved_by_answer(actor=me(request), kind=data["kind"], object_id=data["id"])
        return Response(SuggestionOutput(row).data)


def check_agent(request: Request) -> None:
    """Raise NotAllowed for who works no queue."""
    if not rules.is_agent(request.user):
        raise NotAllowed
