"""The next ticket, giving it back, and what agents offer to give."""

from typing import Any

from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import ApiView
from core.errors import NotAllowed
from helpdesk import actions, queries, rules
from helpdesk.actions.offering import MOST_SKILLS, MOST_TICKETS, MOST_WEEKLY_MINUTES
from helpdesk.api.queues import check_agent
from helpdesk.api.shapes import TicketOutput
from helpdesk.models import AgentOffer, Pick, Skip, Ticket
from helpdesk.queries import picking
from people.present import me


class PickOutput(serializers.ModelSerializer[Pick]):
    kind = serializers.ChoiceField(choices=Pick.Kind.choices)
    reason = serializers.ChoiceField(source="why", choices=Pick.Why.choices)
    words = serializers.SerializerMethodField(help_text="for the agent to read")

    class Meta:
        model = Pick
        fields = ["kind", "reason", "both_waiting", "at", "words"]

    def get_words(self, pick: Pick) -> str:
        return picking.why_words(pick, self.context["ticket"])


class NextTicketOutput(TicketOutput):
    why = serializers.SerializerMethodField(help_text="why it is this one")

    class Meta(TicketOutput.Meta):
        fields = [*TicketOutput.Meta.fields, "why"]

    @extend_schema_field(PickOutput)
    def get_why(self, ticket: Ticket) -> dict[str, Any]:
        pick = picking.last_pick(self.context["request"].user, ticket)
        return dict(PickOutput(pick, context={"ticket": ticket}).data)


class TicketSkipInput(serializers.Serializer[Any]):
    reason = serializers.ChoiceField(choices=Skip.Reason.choices)


class TicketSkipOutput(serializers.ModelSerializer[Skip]):
    reason = serializers.ChoiceField(choices=Skip.Reason.choices)

    class Meta:
        model = Skip
        fields = ["ticket", "reason", "at", "until"]


class AgentOfferInput(serializers.Serializer[Any]):
    weekly_minutes = serializers.IntegerField(
        min_value=0, max_value=MOST_WEEKLY_MINUTES, allow_null=True, help_text="null: no limit"
    )
    most_tickets = serializers.IntegerField(
        min_value=0, max_value=MOST_TICKETS, allow_null=True, help_text="null: no limit"
    )


class AgentOfferOutput(serializers.ModelSerializer[AgentOffer]):
    class Meta:
        model = AgentOffer
        fields = ["weekly_minutes", "most_tickets"]


class NeededSkillsInput(serializers.Serializer[Any]):
    skills = serializers.ListField(
        child=serializers.CharField(max_length=80), max_length=MOST_SKILLS, help_text="names"
    )


class NeededSkillsOutput(serializers.Serializer[Any]):
    skills = serializers.ListField(child=serializers.CharField())


class NextView(ApiView):
    @extend_schema(request=None, responses={200: NextTicketOutput, 204: None})
    def post(self, request: Request) -> Response:
        """Take the next ticket that fits me, with why it is this one; 204 when none waits."""
        ticket = actions.take_next(actor=me(request))
        if ticket is None:
            return Response(status=204)
        row = queries.ticket_seen(request.user, ticket.pk)
        return Response(NextTicketOutput(row, context={"request": request}).data)


class SkipView(ApiView):
    @extend_schema(request=TicketSkipInput, responses=TicketSkipOutput)
    def post(self, request: Request, ticket_id: int) -> Response:
        """Give back a ticket I have in hand; it is not given to me again for a while."""
        reason = self.valid(TicketSkipInput)["reason"]
        row = actions.skip(actor=me(request), ticket_id=ticket_id, reason=reason)
        return Response(TicketSkipOutput(row).data)


class OfferView(ApiView):
    @extend_schema(responses=AgentOfferOutput)
    def get(self, request: Request) -> Response:
        """Return what I offer to give as an agent."""
        check_agent(request)
        return Response(AgentOfferOutput(picking.offer_of(me(request))).data)

    @extend_schema(request=AgentOfferInput, responses=AgentOfferOutput)
    def put(self, request: Request) -> Response:
        """Say how much I give: minutes a week, tickets in hand at once."""
        row = actions.offer(actor=me(request), **self.valid(AgentOfferInput))
        return Response(AgentOfferOutput(row).data)


class SkillsView(ApiView):
    @extend_schema(responses=NeededSkillsOutput)
    def get(self, request: Request, ticket_id: int) -> Response:
        """Return which skills a ticket asks of who answers it."""
        return self._shown(request, ticket_id)

    @extend_schema(request=NeededSkillsInput, responses=NeededSkillsOutput)
    def put(self, request: Request, ticket_id: int) -> Response:
        """Say which skills a ticket asks of who answers it."""
        names = self.valid(NeededSkillsInput)["skills"]
        actions.set_needed_skills(actor=me(request), ticket_id=ticket_id, names=names)
        return self._shown(request, ticket_id)

    def _shown(self, request: Request, ticket_id: int) -> Response:
        ticket = queries.ticket_seen(request.user, ticket_id)
        if not rules.can_work(request.user, ticket):
            raise NotAllowed
        names = picking.needed_skills(ticket, get_language() or "en")
        return Response(NeededSkillsOutput({"skills": names}).data)
