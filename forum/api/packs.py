"""Packs for workshops, for programs."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import ApiViewSet
from core.errors import NotAllowed
from forum import actions, queries, rules
from forum.models import Pack
from people.present import me


class PackInput(serializers.Serializer[Any]):
    tag = serializers.CharField(
        max_length=40, required=False, default="", allow_blank=True, help_text="empty: all"
    )
    language = serializers.ChoiceField(choices=settings.SPOKEN_LANGUAGES)


class PackOutput(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="row.pk")
    tag = serializers.CharField(source="row.tag.name", default=None, allow_null=True)
    language = serializers.CharField(source="row.language")
    questions = serializers.IntegerField(source="row.questions")
    asked_at = serializers.DateTimeField(source="row.asked_at")
    made_at = serializers.DateTimeField(source="row.made_at", allow_null=True)
    size = serializers.IntegerField(source="file.size", default=None, allow_null=True)
    url = serializers.CharField(source="file.get_absolute_url", default=None, allow_null=True)


class PackViews(ApiViewSet):
    """Zips of pages that open from a disk."""

    queryset: Any = Pack.objects.none()
    pagination_class = None
    filter_backends: list[Any] = []

    @extend_schema(responses=PackOutput(many=True))
    def list(self, request: Request) -> Response:
        """List the packs there are, newest first; not in pages."""
        if not rules.can_make_packs(request.user):
            raise NotAllowed
        return Response(PackOutput(queries.shown_packs(me(request)), many=True).data)

    @extend_schema(request=PackInput, responses={201: PackOutput})
    def create(self, request: Request) -> Response:
        """Ask for a pack; it has a `url` once it is made."""
        row = actions.ask_for_pack(actor=me(request), **self.valid(PackInput))
        return self.shown(queries.with_files([row])[0], PackOutput, 201)
