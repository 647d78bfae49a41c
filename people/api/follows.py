"""Following and muting for programs."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import ApiViewSet
from people import actions
from people.models import Follow, Mute
from people.present import me


class FollowOutput(serializers.ModelSerializer[Follow]):
    """A thing one is told of; reason: what made one follow it."""

    class Meta:
        model = Follow
        fields = ["kind", "object_id", "reason", "at"]


class MuteOutput(serializers.ModelSerializer[Mute]):
    class Meta:
        model = Mute
        fields = ["kind", "object_id", "at"]


class FollowViews(ApiViewSet):
    """What one follows: questions (forum.question), guides (forum.guide), tags (forum.tag), people
    (people.person)."""

    queryset: Any = Follow.objects.none()

    @extend_schema(responses=FollowOutput(many=True))
    def list(self, request: Request) -> Response:
        """Return what one follows, newest first."""
        return self.listed(Follow.objects.visible_to(request.user).current(), FollowOutput)

    @extend_schema(request=None, responses=FollowOutput)
    def follow(self, request: Request, kind: str, object_id: int) -> Response:
        """Be told of what happens to a thing; the same again changes nothing."""
        row = actions.follow(actor=me(request), kind=kind, object_id=object_id)
        return self.shown(row, FollowOutput)

    @extend_schema(request=None, responses={204: None})
    def unfollow(self, request: Request, kind: str, object_id: int) -> Response:
        """Be told no more; answering or commenting does not undo this."""
        actions.unfollow(actor=me(request), kind=kind, object_id=object_id)
        return Response(status=204)


class MuteViews(ApiViewSet):
    """What one hears nothing of, whatever else one follows; of the same kinds."""

    queryset: Any = Mute.objects.none()

    @extend_schema(responses=MuteOutput(many=True))
    def list(self, request: Request) -> Response:
        """Return what one muted, newest first."""
        return self.listed(Mute.objects.visible_to(request.user), MuteOutput)

    @extend_schema(request=None, responses=MuteOutput)
    def mute(self, request: Request, kind: str, object_id: int) -> Response:
        """Hear nothing of a thing; the same again changes nothing."""
        row = actions.mute(actor=me(request), kind=kind, object_id=object_id)
        return self.shown(row, MuteOutput)

    @extend_schema(request=None, responses={204: None})
    def unmute(self, request: Request, kind: str, object_id: int) -> Response:
        """Hear of a thing again."""
        actions.unmute(actor=me(request), kind=kind, object_id=object_id)
        return Response(status=204)
