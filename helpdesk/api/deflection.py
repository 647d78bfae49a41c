"""Past answers for who is about to open a ticket, and whether they spare any."""

from typing import Any

from django.conf import settings
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core import things
from core.api import ApiView
from core.errors import NotAllowed
from helpdesk import actions, rules
from helpdesk.api.shapes import SuggestionInput
from helpdesk.queries.deflection import deflection
from people.present import me
from search.api import HitOutput


class SimilarAnswersInput(serializers.Serializer[Any]):
    subject = serializers.CharField(max_length=200)
    language = serializers.ChoiceField(
        choices=settings.SPOKEN_LANGUAGES, required=False, default=""
    )


class SimilarAnswersOutput(serializers.Serializer[Any]):
    held_out = serializers.BooleanField(
        help_text="kept from me, so that what showing them brings can be known"
    )
    results = HitOutput(many=True, source="hits")


class OpenedAnswerOutput(serializers.Serializer[Any]):
    url = serializers.CharField()


class IntervalOutput(serializers.Serializer[Any]):
    value = serializers.FloatField()
    low = serializers.FloatField(help_text="of the 95 % confidence interval")
    high = serializers.FloatField()


class DeflectionGroupOutput(serializers.Serializer[Any]):
    visits = serializers.IntegerField(help_text="one a person, the first of the period")
    tickets = serializers.IntegerField(help_text="visits with a ticket within seven days")
    tickets_per_visit = IntervalOutput(allow_null=True)
    opened = serializers.IntegerField()
    solved = serializers.IntegerField()
    left = serializers.IntegerField()
    came_back = serializers.IntegerField()


class DeflectionOutput(serializers.Serializer[Any]):
    since = serializers.DateTimeField()
    until = serializers.DateTimeField()
    shown = DeflectionGroupOutput()
    held_out = DeflectionGroupOutput()
    spared = IntervalOutput(allow_null=True, help_text="tickets a visit: held out minus shown")


class SimilarAnswersView(ApiView):
    @extend_schema(parameters=[SimilarAnswersInput], responses=SimilarAnswersOutput)
    def get(self, request: Request) -> Response:
        """Return past answers that may make my ticket needless, and keep that I was shown them."""
        data = self.valid(SimilarAnswersInput, request.query_params)
        found = actions.suggest_answers(actor=me(request), **data)
        return Response(SimilarAnswersOutput(found).data)


class OpenedAnswerView(ApiView):
    @extend_schema(request=SuggestionInput, responses=OpenedAnswerOutput)
    def put(self, request: Request) -> Response:
        """Say that I opened a past answer I was shown; where it stands is returned."""
        data = self.valid(SuggestionInput)
        row = actions.open_answer(actor=me(request), kind=data["kind"], object_id=data["id"])
        return Response(OpenedAnswerOutput({"url": things.url_of(row)}).data)


class DeflectionView(ApiView):
    @extend_schema(responses=DeflectionOutput)
    def get(self, request: Request) -> Response:
        """Return whether past answers spare tickets, of the last ninety days that can be told."""
        if not rules.can_read_reports(request.user):
            raise NotAllowed
        return Response(DeflectionOutput(deflection(timezone.now())).data)
