"""Flags and removals for programs."""

from typing import Any

import django_filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import ApiViewSet, SendSecrets
from core.errors import seen
from core.filters import TrueOrFalse
from people import actions, queries
from people.models import Flag, Removal
from people.present import me

BIGGEST = 2**63 - 1


class FlagOutput(serializers.ModelSerializer[Flag]):
    person = serializers.CharField(source="person.handle")

    class Meta:
        model = Flag
        fields = [
            "id",
            "person",
            "thing_kind",
            "thing_id",
            "reason",
            "text",
            "at",
            "decision",
            "answer",
            "decided_at",
        ]
        extra_kwargs = {
            "thing_id": {"help_text": "a `chat.message` is read at `flags/{id}/message`"}
        }


class FlagInput(serializers.Serializer[Any]):
    kind = serializers.CharField(max_length=40)
    id = serializers.IntegerField(min_value=1, max_value=BIGGEST)
    reason = serializers.ChoiceField(choices=Flag.Reason.choices)
    text = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)
    send_secrets = SendSecrets()


class DecisionInput(serializers.Serializer[Any]):
    decision = serializers.ChoiceField(choices=Flag.Decision.choices)
    answer = serializers.CharField(max_length=500, help_text="to who raised it")
    to_author = serializers.CharField(
        max_length=500,
        required=False,
        default="",
        allow_blank=True,
        help_text="to who wrote the thing; needed with `remove`",
    )
    remove = serializers.BooleanField(required=False, default=False)


class RemovalOutput(serializers.ModelSerializer[Removal]):
    class Meta:
        model = Removal
        fields = ["id", "thing_kind", "thing_id", "rule", "reason", "at", "undone_at"]


class RemovalInput(serializers.Serializer[Any]):
    kind = serializers.CharField(max_length=40)
    id = serializers.IntegerField(min_value=1, max_value=BIGGEST)
    rule = serializers.ChoiceField(choices=Flag.Reason.choices)
    reason = serializers.CharField(max_length=500)


class FlagFilter(django_filters.FilterSet):  # type: ignore[misc]  # not typed
    is_open = TrueOrFalse(method="filter_open")

    class Meta:
        model = Flag
        fields = ["is_open", "thing_kind"]

    def filter_open(self, rows: Any, name: str, value: bool) -> Any:
        """Return those without a decision, or those with one."""
        return rows.filter(decision="") if value else rows.exclude(decision="")


class FlagViewSet(ApiViewSet):
    filterset_class = FlagFilter
    queryset = Flag.objects.none()

    def rows(self) -> Any:
        return Flag.objects.visible_to(self.request.user).select_related("person")

    @extend_schema(responses=FlagOutput(many=True))
    def list(self, request: Request) -> Response:
        """Return one's own flags; moderators see all."""
        return self.listed(self.rows(), FlagOutput)

    @extend_schema(responses=FlagOutput)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Return a flag."""
        return self.shown(seen(self.rows(), pk=pk), FlagOutput)

    @extend_schema(request=FlagInput, responses={201: FlagOutput})
    def create(self, request: Request) -> Response:
        """Ask the moderators to look at a thing; the same again returns the same flag."""
        data = self.valid(FlagInput)
        raised = actions.flag(
            actor=me(request),
            kind=data["kind"],
            object_id=data["id"],
            reason=data["reason"],
            text=data["text"],
            send_secrets=data["send_secrets"],
        )
        return self.shown(raised, FlagOutput, 201)

    @extend_schema(request=DecisionInput, responses=FlagOutput)
    def decide(self, request: Request, pk: int) -> Response:
        """Agree with a flag or decline it; moderators, never on own posts."""
        decided = actions.decide_flag(actor=me(request), flag_id=pk, **self.valid(DecisionInput))
        return self.shown(decided, FlagOutput)


class RemovalViewSet(ApiViewSet):
    queryset = Removal.objects.none()

    @extend_schema(request=RemovalInput, responses={201: RemovalOutput})
    def create(self, request: Request) -> Response:
        """Take a post away; moderators, never own posts."""
        data = self.valid(RemovalInput)
        removal = actions.remove_post(
            actor=me(request),
            kind=data["kind"],
            object_id=data["id"],
            rule=data["rule"],
            reason=data["reason"],
        )
        return self.shown(removal, RemovalOutput, 201)

    @extend_schema(responses=RemovalOutput)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Return why a post was taken away, to its author and to moderators."""
        return self.shown(queries.removal_for(request.user, pk), RemovalOutput)

    @extend_schema(responses=RemovalOutput)
    def destroy(self, request: Request, pk: int) -> Response:
        """Bring the post back."""
        row = queries.removal_for(request.user, pk)
        restored = actions.restore_post(
            actor=me(request), kind=row.thing_kind, object_id=row.thing_id
        )
        return self.shown(restored, RemovalOutput)
