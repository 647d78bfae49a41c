"""How the desk does, for programs."""

from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import ApiView
from helpdesk import queries


class DeskFiguresOutput(serializers.Serializer[Any]):
    """Durations in minutes; the second of each pair is the 90th percentile."""

    name = serializers.CharField(help_text="in your language")
    tickets = serializers.IntegerField()
    answered = serializers.IntegerField()
    first_answer_median = serializers.IntegerField(source="first_median", allow_null=True)
    first_answer_p90 = serializers.IntegerField(source="first_most", allow_null=True)
    solved = serializers.IntegerField()
    solution_median = serializers.IntegerField(source="solved_median", allow_null=True)
    solution_p90 = serializers.IntegerField(source="solved_most", allow_null=True)
    promised = serializers.IntegerField(help_text="first answers whose time is over, or given")
    kept = serializers.IntegerField()
    further_promised = serializers.IntegerField(
        help_text="further answers whose time is over, or given; of a ticket, maybe many"
    )
    further_kept = serializers.IntegerField()
    solution_promised = serializers.IntegerField(help_text="solutions whose time is over, or found")
    solution_kept = serializers.IntegerField()


class DeskReportOutput(serializers.Serializer[Any]):
    since = serializers.DateField()
    until = serializers.DateField()
    all = DeskFiguresOutput()
    by_level = DeskFiguresOutput(many=True, source="by.level")
    by_queue = DeskFiguresOutput(many=True, source="by.queue")
    by_language = DeskFiguresOutput(many=True, source="by.language")
    by_weekday = DeskFiguresOutput(many=True, source="by.weekday")


class ReportInput(serializers.Serializer[Any]):
    since = serializers.DateField(required=False, default=None)
    until = serializers.DateField(required=False, default=None)
    queue = serializers.CharField(required=False, default="", max_length=40)


class ReportView(ApiView):
    @extend_schema(
        parameters=[
            OpenApiParameter("since", OpenApiTypes.DATE, description="30 days ago"),
            OpenApiParameter("until", OpenApiTypes.DATE, description="today"),
            OpenApiParameter("queue", {"type": "string", "maxLength": 40}, description="a slug"),
        ],
        responses=DeskReportOutput,
    )
    def get(self, request: Request) -> Response:
        """Return the figures of my queues over a period of days."""
        queries.queues_of(request.user)
        asked = {name: value for name, value in request.query_params.items() if value}
        data = self.valid(ReportInput, asked)
        first, last = (data[name].isoformat() if data[name] else "" for name in ("since", "until"))
        since, until = queries.period(first, last, timezone.localdate())
        found = queries.report_for(
            request.user, since, until, queue=data["queue"], language=get_language() or "en"
        )
        return Response(DeskReportOutput(found).data)
