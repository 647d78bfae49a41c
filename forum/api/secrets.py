"""Taking a secret out of a question or a guide, for programs."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core import things
from core.api import ApiView, FoundSecretOutput, PurgeTextInput
from forum import actions, queries
from people.present import me


class PurgeInput(serializers.Serializer[Any]):
    text = PurgeTextInput()


class PurgeOutput(serializers.Serializer[Any]):
    is_flagged = serializers.BooleanField(
        help_text="it stands in what others wrote too: moderators were asked to take it out there"
    )


class PurgeView(ApiView):
    @extend_schema(responses=FoundSecretOutput(many=True))
    def get(self, request: Request, kind: str, object_id: int) -> Response:
        """List what looks like a secret here, and you may take out: your own; moderators all."""
        row = things.find(kind, object_id, request.user)
        found = queries.leaked_secrets(request.user, row)
        return Response(FoundSecretOutput(found, many=True).data)

    @extend_schema(request=PurgeInput, responses={201: PurgeOutput})
    def post(self, request: Request, kind: str, object_id: int) -> Response:
        """Take a secret out of all that you wrote here, one of yours; moderators any, of all."""
        text = self.valid(PurgeInput)["text"]
        purged = actions.purge_secret(
            actor=me(request), kind=kind, object_id=object_id, texts=[text]
        )
        return Response(PurgeOutput(purged).data, status=201)
