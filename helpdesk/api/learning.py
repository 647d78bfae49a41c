""" "This is a learning need": from a ticket to a mentor."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import ApiView
from helpdesk import actions, queries
from helpdesk.models import LearningNeed
from mentoring.matcher import Slot
from people.present import me


class LearningNeedInput(serializers.Serializer[Any]):
    skills = serializers.ListField(
        child=serializers.CharField(max_length=80),
        required=False,
        default=list,
        max_length=5,
        help_text="names in any language, or slugs; left out: those that the ticket names",
    )
    level = serializers.IntegerField(
        required=False, default=None, allow_null=True, min_value=1, max_value=3
    )


class LearningSlotInput(serializers.Serializer[Any]):
    weekday = serializers.IntegerField(min_value=0, max_value=6, help_text="0 is Monday")
    start = serializers.TimeField()
    end = serializers.TimeField()


class LearningRequestInput(serializers.Serializer[Any]):
    slots = LearningSlotInput(many=True, allow_empty=False, max_length=21)  # type: ignore[call-arg]
    time_zone = serializers.CharField(max_length=60, required=False, help_text="by default mine")


class LearningNeedOutput(serializers.ModelSerializer[LearningNeed]):
    ticket = serializers.IntegerField(source="ticket_id")
    skills = serializers.SlugRelatedField(slug_field="slug", many=True, read_only=True)  # type: ignore[var-annotated]
    request = serializers.SerializerMethodField(help_text="the mentoring request, if you see it")

    class Meta:
        model = LearningNeed
        fields = ["ticket", "skills", "language", "level", "at", "request"]

    def get_request(self, need: LearningNeed) -> int | None:
        found = queries.request_of_need(self.context["request"].user, need.ticket)
        return found.pk if found else None


class _LearningView(ApiView):
    def _shown(self, request: Request, ticket_id: int, status: int = 200) -> Response:
        ticket = queries.ticket_seen(request.user, ticket_id)
        need = queries.learning_need_of(ticket)
        output = LearningNeedOutput(need, context={"request": request})
        return Response(output.data, status=status)


class LearningNeedView(_LearningView):
    @extend_schema(responses=LearningNeedOutput)
    def get(self, request: Request, ticket_id: int) -> Response:
        """Return what the requester of a ticket could learn, and the request that came of it."""
        return self._shown(request, ticket_id)

    @extend_schema(request=LearningNeedInput, responses=LearningNeedOutput)
    def put(self, request: Request, ticket_id: int) -> Response:
        """Suggest to the requester to learn this; for agents of the queue."""
        data = self.valid(LearningNeedInput)
        actions.note_learning_need(actor=me(request), ticket_id=ticket_id, **data)
        return self._shown(request, ticket_id)


class LearningRequestView(_LearningView):
    @extend_schema(request=LearningRequestInput, responses={201: LearningNeedOutput})
    def post(self, request: Request, ticket_id: int) -> Response:
        """Make a mentoring request of it, with the hours I have, as who opened the ticket."""
        queries.ticket_seen(request.user, ticket_id)
        data, person = self.valid(LearningRequestInput), me(request)
        actions.confirm_learning_need(
            actor=person,
            ticket_id=ticket_id,
            slots=[Slot(**slot) for slot in data["slots"]],
            time_zone=data.get("time_zone", person.time_zone),
        )
        return self._shown(request, ticket_id, 201)
