"""Search for programs."""

from typing import Any

from django.conf import settings
from django.urls import path
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from core.api import ApiView
from search import queries
from search.found import WEIGHTS


class PartOutput(serializers.Serializer[Any]):
    where = serializers.ChoiceField(
        choices=list(WEIGHTS), help_text="all: in any field, once more than there"
    )
    words = serializers.ListField(child=serializers.CharField())
    points = serializers.FloatField()


class HitOutput(serializers.Serializer[Any]):
    kind = serializers.CharField()
    id = serializers.IntegerField(source="object_id")
    title_html = serializers.CharField()
    snippet_html = serializers.CharField()
    url = serializers.CharField()
    language = serializers.CharField()
    tags = serializers.ListField(child=serializers.CharField())
    solved = serializers.BooleanField()
    needs_recheck = serializers.BooleanField(
        help_text="whether the platform moved away from what solved it"
    )
    closed_for = serializers.CharField(
        allow_blank=True,
        help_text="why it takes no more answers, such as `duplicate`; mostly empty",
    )
    score = serializers.FloatField()
    why = PartOutput(
        source="parts", many=True, help_text="what the score is the sum of, where `why` was asked"
    )


class ResultsOutput(serializers.Serializer[Any]):
    results = HitOutput(many=True)
    total = serializers.IntegerField()
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)


class SearchInput(serializers.Serializer[Any]):
    q = serializers.CharField(max_length=300)
    language = serializers.ChoiceField(
        choices=settings.SPOKEN_LANGUAGES, required=False, default=""
    )
    tag = serializers.CharField(max_length=40, required=False, default="")
    solved = serializers.BooleanField(required=False, default=None, allow_null=True)
    why = serializers.BooleanField(
        required=False, default=False, help_text="say of each hit what its score is made of"
    )
    cursor = serializers.RegexField(
        "^[0-9]{1,3}$",
        required=False,
        default="1",
        error_messages={"invalid": _("This cursor is not valid here.")},
    )


class SimilarInput(serializers.Serializer[Any]):
    title = serializers.CharField(max_length=200)
    language = serializers.ChoiceField(
        choices=settings.SPOKEN_LANGUAGES, required=False, default=""
    )


class SearchView(ApiView):
    sign_in_to_read = False

    @extend_schema(parameters=[SearchInput], responses=ResultsOutput)
    def get(self, request: Request) -> Response:
        """Search past answers, best first."""
        data = self.valid(SearchInput, request.query_params)
        found = queries.search(
            request.user,
            data["q"],
            language=data["language"],
            tags=[data["tag"].casefold()] if data["tag"] else [],
            solved=data["solved"],
            page=int(data["cursor"]),
            explained=data["why"],
        )
        here = request.build_absolute_uri()
        answer = {
            "results": found.hits,
            "total": found.total,
            "next": replace_query_param(here, "cursor", found.page + 1) if found.has_next else None,
            "previous": replace_query_param(here, "cursor", found.page - 1)
            if found.page > 1
            else None,
        }
        return Response(ResultsOutput(answer).data)


class SimilarView(ApiView):
    sign_in_to_read = False

    @extend_schema(parameters=[SimilarInput], responses=HitOutput(many=True))
    def get(self, request: Request) -> Response:
        """Return past questions close to a new one's title."""
        data = self.valid(SimilarInput, request.query_params)
        hits = queries.similar(request.user, data["title"], language=data["language"])
        return Response(HitOutput(hits, many=True).data)


urlpatterns = [
    path("search", SearchView.as_view()),
    path("search/similar", SimilarView.as_view()),
]
