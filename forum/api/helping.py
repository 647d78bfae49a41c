"""Questions for me, for programs."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import ApiView, ApiViewSet
from forum import actions, queries
from forum.api.inputs import AskChoiceInput, OutcomeInput
from forum.api.shapes import AskChoiceOutput, AskOutput, ForMeOutput
from forum.models import Ask, Question
from people.present import me


class ForMeViews(ApiViewSet):
    queryset: Any = Question.objects.none()
    filter_backends: list[Any] = []

    @extend_schema(responses=ForMeOutput(many=True))
    def list(self, request: Request) -> Response:
        """List unanswered questions that fit my languages and skills, and why."""
        self.now = timezone.now()
        self.helper = queries.helper_of(me(request), self.now)
        words = [str(tag) for tag, _level in self.helper.declared]
        rows = queries.questions_for(me(request), words)
        return self.listed(queries.with_unread(me(request), rows), ForMeOutput)

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "helper": self.helper, "now": self.now}


class AskViews(ApiViewSet):
    """What I was asked."""

    queryset: Any = Ask.objects.none()
    filter_backends: list[Any] = []

    @extend_schema(responses=AskOutput(many=True))
    def list(self, request: Request) -> Response:
        """List the questions that were brought to me, newest first."""
        return self.listed(queries.asks_of(me(request)), AskOutput)

    @extend_schema(request=OutcomeInput, responses=AskOutput)
    def settle(self, request: Request, ask_id: int) -> Response:
        """Say that a question is not for me, or not now."""
        outcome = self.valid(OutcomeInput)["outcome"]
        row = actions.settle_ask(actor=me(request), ask_id=ask_id, outcome=outcome)
        return self.shown(row, AskOutput)


class AskChoiceView(ApiView):
    @extend_schema(responses=AskChoiceOutput)
    def get(self, request: Request) -> Response:
        """Return how I want to be asked."""
        return Response(AskChoiceOutput(queries.choice_of(me(request))).data)

    @extend_schema(request=AskChoiceInput, responses=AskChoiceOutput)
    def put(self, request: Request) -> Response:
        """Choose how often I am asked in a week, by mail too, and for how long not at all."""
        row = actions.choose_asks(actor=me(request), **self.valid(AskChoiceInput))
        return Response(AskChoiceOutput(row).data)
