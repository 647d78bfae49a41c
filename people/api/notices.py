"""Notices for programs."""

from typing import Any

import django_filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import ApiView, ApiViewSet
from core.filters import TrueOrFalse
from people import actions, queries
from people.models import Notice
from people.present import me


class NoticeOutput(serializers.Serializer[Any]):
    """What happened, in the language asked for; `url` is a path of the site."""

    id = serializers.IntegerField()
    verb = serializers.CharField()
    text = serializers.CharField()
    url = serializers.CharField()
    thing_kind = serializers.CharField()
    thing_id = serializers.IntegerField()
    at = serializers.DateTimeField()
    read_at = serializers.DateTimeField(allow_null=True)


class ReadOutput(serializers.Serializer[Any]):
    read = serializers.IntegerField(help_text="How many were not read before.")


class NoticeFilter(django_filters.FilterSet):  # type: ignore[misc]  # not typed
    unread = TrueOrFalse(field_name="read_at", lookup_expr="isnull")

    class Meta:
        model = Notice
        fields = ["unread"]


class NoticeViewSet(ApiViewSet):
    filterset_class = NoticeFilter
    queryset = Notice.objects.none()

    @extend_schema(responses=NoticeOutput(many=True))
    def list(self, request: Request) -> Response:
        """Return one's notices, newest first; those about what one may not see any more are out."""
        rows = Notice.objects.visible_to(request.user).select_related("line__actor")
        page = self.paginate_queryset(self.filter_queryset(rows)) or []
        shown = queries.show_notices(me(request), page)
        return self.get_paginated_response(NoticeOutput(shown, many=True).data)

    @extend_schema(request=None, responses=ReadOutput)
    def read(self, request: Request, pk: int) -> Response:
        """Mark one notice as read."""
        actions.read_notice(actor=me(request), notice_id=pk)
        return Response({"read": 1})


class AllNoticesView(ApiView):
    @extend_schema(operation_id="notices_all_reading_update", request=None, responses=ReadOutput)
    def put(self, request: Request) -> Response:
        """Mark all notices as read."""
        return Response({"read": actions.read_all_notices(actor=me(request))})
