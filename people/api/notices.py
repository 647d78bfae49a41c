"""Notices for programs."""

from typing import Any

import django_filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import ApiView, ApiViewSet
from core.filters import TrueOrFalse
from people import actions, follow_queries, queries, web_push
from people.models import MailChoice, Notice, NoticeChoice, Person, PushSubscription
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


class NoticeChoicesInput(serializers.Serializer[Any]):
    digest = serializers.ChoiceField(choices=NoticeChoice.Digest.choices, required=False)
    mails = serializers.DictField(
        child=serializers.ChoiceField(choices=MailChoice.Way.choices),
        required=False,
        help_text="How mail of what one follows comes, by kind: forum.question, forum.tag, …",
    )


class NoticeChoicesOutput(serializers.Serializer[Any]):
    digest = serializers.ChoiceField(choices=NoticeChoice.Digest.choices)
    mails = serializers.DictField(child=serializers.ChoiceField(choices=MailChoice.Way.choices))
    push_key = serializers.CharField(
        help_text="The `applicationServerKey` a browser subscribes with, base64url."
    )


class NoticeChoicesView(ApiView):
    @extend_schema(responses=NoticeChoicesOutput)
    def get(self, request: Request) -> Response:
        """Return how one is told of what one missed."""
        return self._answer(me(request))

    @extend_schema(request=NoticeChoicesInput, responses=NoticeChoicesOutput)
    def put(self, request: Request) -> Response:
        """Choose how often a mail tells what one missed; what is left out stays as it is."""
        data, person = self.valid(NoticeChoicesInput), me(request)
        if "digest" in data:
            actions.choose_digest(actor=person, digest=data["digest"])
        if "mails" in data:
            actions.choose_mails(actor=person, ways=data["mails"])
        return self._answer(person)

    def _answer(self, person: Person) -> Response:
        facts = {
            "digest": queries.digest_of(person),
            "mails": follow_queries.ways_of(person),
            "push_key": web_push.public_key(),
        }
        return Response(NoticeChoicesOutput(facts).data)


class PushSubscriptionInput(serializers.Serializer[Any]):
    """What a browser's PushSubscription says; keys base64url."""

    endpoint = serializers.URLField(max_length=1000)
    p256dh = serializers.CharField(max_length=100)
    auth = serializers.CharField(max_length=40)
    label = serializers.CharField(  # type: ignore[assignment]  # DRF has one of that name
        max_length=60, required=False, default="", allow_blank=True
    )


class PushSubscriptionOutput(serializers.ModelSerializer[PushSubscription]):
    class Meta:
        model = PushSubscription
        fields = ["id", "endpoint", "label", "created_at", "last_failed_at"]


class PushSubscriptionViewSet(ApiViewSet):
    queryset = PushSubscription.objects.none()

    @extend_schema(responses=PushSubscriptionOutput(many=True))
    def list(self, request: Request) -> Response:
        """Return one's own browsers that show notices."""
        rows = PushSubscription.objects.visible_to(request.user)
        return self.listed(rows, PushSubscriptionOutput)

    @extend_schema(request=PushSubscriptionInput, responses={201: PushSubscriptionOutput})
    def create(self, request: Request) -> Response:
        """Let a browser show one's notices; the same endpoint again is the same row."""
        row = actions.subscribe(actor=me(request), **self.valid(PushSubscriptionInput))
        return self.shown(row, PushSubscriptionOutput, 201)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: int) -> Response:
        """Send nothing more to one of one's browsers."""
        actions.unsubscribe(actor=me(request), subscription_id=pk)
        return Response(status=204)
