"""How those who asked were helped."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import ApiView
from helpdesk import actions, queries, rules
from helpdesk.api.queues import check_agent
from helpdesk.models import Rating
from helpdesk.queries.ratings import rating_figures, ratings_shown
from people.present import me

LOOKED_BACK = timedelta(days=90)


class RatingInput(serializers.Serializer[Any]):
    grade = serializers.ChoiceField(choices=Rating.Grade.choices)
    comment = serializers.CharField(max_length=1000, required=False, default="", allow_blank=True)


class RatingOutput(serializers.ModelSerializer[Rating]):
    person = serializers.CharField(
        source="person.handle", help_text="empty where you see them masked"
    )
    grade = serializers.ChoiceField(choices=Rating.Grade.choices)

    class Meta:
        model = Rating
        fields = ["person", "grade", "comment", "solution", "at", "changed_at"]


class RatingFiguresOutput(serializers.Serializer[Any]):
    queue = serializers.CharField()
    good = serializers.IntegerField()
    fair = serializers.IntegerField()
    bad = serializers.IntegerField()


class RatingsView(ApiView):
    @extend_schema(responses=RatingOutput(many=True))
    def get(self, request: Request, ticket_id: int) -> Response:
        """List how a ticket's solutions were rated: all to its agents, my own to me."""
        ticket = queries.ticket_seen(request.user, ticket_id)
        is_masked = rules.is_masked(request.user, ticket)
        rows = ratings_shown(request.user, ticket, is_masked=is_masked)
        return Response(RatingOutput(rows, many=True).data)


class RatingView(ApiView):
    @extend_schema(request=RatingInput, responses=RatingOutput)
    def put(self, request: Request, ticket_id: int) -> Response:
        """Say how I was helped with the last solution; again within two weeks: say it anew."""
        data = self.valid(RatingInput)
        row = actions.rate(actor=me(request), ticket_id=ticket_id, **data)
        return Response(RatingOutput(row).data)


class RatingFiguresView(ApiView):
    @extend_schema(responses=RatingFiguresOutput(many=True))
    def get(self, request: Request) -> Response:
        """Count how the tickets of my queues were rated in the last 90 days."""
        check_agent(request)
        rows = rating_figures(request.user, timezone.now() - LOOKED_BACK)
        return Response(RatingFiguresOutput(rows, many=True).data)
