"""Guarantee levels: what they promise, and how it was kept."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import ApiViewSet
from helpdesk.queries.shown_levels import shown_levels
from people.models import GuaranteeLevel, ServiceCalendar


class RecordOutput(serializers.Serializer[Any]):
    """Over the last year, in minutes of service; null where fewer than five tickets are known."""

    count = serializers.IntegerField(help_text="answers or solutions; of a ticket, maybe many")
    median_minutes = serializers.IntegerField()
    percentile_90_minutes = serializers.IntegerField(source="slow_minutes")
    kept_percent = serializers.IntegerField(
        allow_null=True, help_text="null: nothing was promised, or for fewer than five"
    )


class CalendarOutput(serializers.ModelSerializer[ServiceCalendar]):
    week = serializers.ListField(
        child=serializers.ListField(child=serializers.ListField(child=serializers.CharField())),
        help_text="seven lists, Monday first, of [opens, closes]; a close at 00:00: the day's end",
    )

    class Meta:
        model = ServiceCalendar
        fields = ["slug", "zone", "week"]


class LevelOutput(serializers.Serializer[Any]):
    """A guarantee level as it is promised now; minutes are of service hours."""

    id = serializers.IntegerField(source="level.pk")
    slug = serializers.CharField(source="level.slug")
    is_default = serializers.BooleanField(source="level.is_default")
    name = serializers.CharField()
    since = serializers.DateTimeField(source="version.since")
    first_response_minutes = serializers.IntegerField(
        source="version.first_response_minutes", allow_null=True
    )
    next_response_minutes = serializers.IntegerField(
        source="version.next_response_minutes", allow_null=True, help_text="null: as the first"
    )
    resolution_minutes = serializers.IntegerField(
        source="version.resolution_minutes", allow_null=True
    )
    yearly_price_cents = serializers.IntegerField(source="version.yearly_price_cents")
    availability_percent = serializers.DecimalField(
        source="version.availability_percent",
        max_digits=5,
        decimal_places=2,
        allow_null=True,
        help_text="of the sites; how it was kept is not measured",
    )
    languages = serializers.ListField(child=serializers.CharField(), help_text="BCP 47")
    calendar = CalendarOutput(
        source="version.calendar", allow_null=True, help_text="null: day and night"
    )
    first_response = RecordOutput(allow_null=True)
    next_response = RecordOutput(allow_null=True)
    solution = RecordOutput(allow_null=True)


class LevelViews(ApiViewSet):
    sign_in_to_read = False
    keyset = ("id",)
    queryset = GuaranteeLevel.objects.none()

    @extend_schema(responses=LevelOutput(many=True))
    def list(self, request: Request) -> Response:
        """Return the guarantee levels as they are promised now, and how they were kept."""
        page = self.paginate_queryset(GuaranteeLevel.objects.all()) or []
        return self.get_paginated_response(LevelOutput(shown_levels(page), many=True).data)
