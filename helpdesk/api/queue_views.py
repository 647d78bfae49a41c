"""Saved views of the queue, and the same done with several tickets."""

from dataclasses import fields
from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import ApiView
from helpdesk import actions
from helpdesk.actions.bulk import ACTS, MOST
from helpdesk.api.queues import check_agent
from helpdesk.api.shapes import BIGGEST
from helpdesk.queries.lists import ORDERS, QueueFilters
from helpdesk.queries.views import ShownView, saved_views
from helpdesk.states import State, WaitsFor
from people.present import me


class QueueFiltersShape(serializers.Serializer[Any]):
    """Empty: all."""

    waits_for = serializers.ChoiceField(
        WaitsFor.choices, required=False, default="us", allow_blank=True
    )
    queue = serializers.CharField(max_length=40, required=False, default="", allow_blank=True)
    assigned = serializers.CharField(
        max_length=40,
        required=False,
        default="",
        allow_blank=True,
        help_text="`me`, `nobody` or a handle",
    )
    level = serializers.CharField(max_length=40, required=False, default="", allow_blank=True)
    language = serializers.ChoiceField(
        settings.SPOKEN_LANGUAGES, required=False, default="", allow_blank=True
    )
    state = serializers.ChoiceField(State.choices, required=False, default="", allow_blank=True)
    sort = serializers.ChoiceField(list(ORDERS), required=False, default="", allow_blank=True)
    q = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)


class SavedViewInput(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=60)
    queue = serializers.CharField(
        max_length=40, required=False, default="", help_text="share it with this queue's agents"
    )
    filters = QueueFiltersShape()


class SavedViewOutput(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    queue = serializers.CharField()
    is_mine = serializers.BooleanField()
    filters = serializers.SerializerMethodField()
    count = serializers.IntegerField(help_text="at most 100, which means more than 99")
    url = serializers.CharField(source="path")

    @extend_schema_field(QueueFiltersShape)
    def get_filters(self, view: ShownView) -> dict[str, str]:
        return {field.name: getattr(view.filters, field.name) for field in fields(QueueFilters)}


class BulkInput(serializers.Serializer[Any]):
    tickets = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=BIGGEST),
        min_length=1,
        max_length=MOST,
    )
    act = serializers.ChoiceField(ACTS)
    state = serializers.ChoiceField(State.choices, required=False, default="", allow_blank=True)
    queue = serializers.CharField(max_length=40, required=False, default="", allow_blank=True)
    into = serializers.IntegerField(
        min_value=1, max_value=BIGGEST, required=False, default=None, allow_null=True
    )


class BulkResultOutput(serializers.Serializer[Any]):
    ticket = serializers.IntegerField()
    done = serializers.BooleanField()
    code = serializers.CharField(help_text="why not; empty where it is done")
    detail = serializers.CharField()


class SavedViewsView(ApiView):
    @extend_schema(responses=SavedViewOutput(many=True))
    def get(self, request: Request) -> Response:
        """List my views of the queue and those shared with me: eight, with what each shows."""
        check_agent(request)
        return Response(SavedViewOutput(saved_views(request.user), many=True).data)

    @extend_schema(request=SavedViewInput, responses={201: SavedViewOutput})
    def post(self, request: Request) -> Response:
        """Keep filters under a name; the same name again: with other filters."""
        data = self.valid(SavedViewInput)
        row = actions.save_view(
            actor=me(request),
            name=data["name"],
            filters=QueueFilters(**data["filters"]),
            queue_slug=data["queue"],
        )
        shown = next(view for view in saved_views(request.user, only=row.pk))
        return Response(SavedViewOutput(shown).data, status=201)


class SavedViewView(ApiView):
    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, view_id: int) -> Response:
        """Forget a view of mine."""
        actions.remove_view(actor=me(request), view_id=view_id)
        return Response(status=204)


class BulkView(ApiView):
    @extend_schema(request=BulkInput, responses=BulkResultOutput(many=True))
    def post(self, request: Request) -> Response:
        """Do one thing with several tickets, each by itself; what became of each is returned."""
        data = self.valid(BulkInput)
        results = actions.act_on_all(
            actor=me(request),
            ticket_ids=data["tickets"],
            act=data["act"],
            state=data["state"],
            queue=data["queue"],
            into=data["into"],
        )
        return Response(BulkResultOutput(results, many=True).data)
