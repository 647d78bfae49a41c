"""Tokens and roles for programs."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import ApiViewSet
from core.errors import InvalidInput, NotAllowed, NotSeen
from people import actions, queries
from people.models import ApiToken, RoleGrant, Scope
from people.present import me

BIGGEST = 2**63 - 1


class TokenOutput(serializers.ModelSerializer[ApiToken]):
    class Meta:
        model = ApiToken
        fields = ["id", "name", "scopes", "created", "expiry"]


class NewTokenOutput(TokenOutput):
    token = serializers.CharField(help_text="Shown this once, and kept nowhere.")

    class Meta(TokenOutput.Meta):
        fields = [*TokenOutput.Meta.fields, "token"]


class TokenInput(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=60)
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=Scope.choices), min_length=1, max_length=3
    )
    days = serializers.IntegerField(min_value=1, max_value=366, required=False, default=90)


class RoleGrantOutput(serializers.ModelSerializer[RoleGrant]):
    handle = serializers.CharField(source="person.handle")

    class Meta:
        model = RoleGrant
        fields = [
            "id",
            "handle",
            "role",
            "queue_id",
            "organisation_id",
            "volunteer",
            "since",
            "until",
        ]


class RoleGrantInput(serializers.Serializer[Any]):
    handle = serializers.CharField(max_length=41)
    role = serializers.ChoiceField(choices=RoleGrant.Role.choices)
    queue_id = serializers.IntegerField(
        min_value=1, max_value=BIGGEST, required=False, default=None, allow_null=True
    )
    organisation_id = serializers.IntegerField(
        min_value=1, max_value=BIGGEST, required=False, default=None, allow_null=True
    )
    volunteer = serializers.BooleanField(required=False, default=True)
    until = serializers.DateTimeField(required=False, default=None, allow_null=True)


class TokenViewSet(ApiViewSet):
    queryset = ApiToken.objects.none()

    @extend_schema(responses=TokenOutput(many=True))
    def list(self, request: Request) -> Response:
        """Return one's own tokens that still work, never their texts."""
        return self.listed(ApiToken.objects.visible_to(request.user), TokenOutput)

    @extend_schema(request=TokenInput, responses={201: NewTokenOutput})
    def create(self, request: Request) -> Response:
        """Make a token; by a session alone: a token cannot make others."""
        if request.auth is not None:
            raise NotAllowed(code="session_needed")
        token, text = actions.create_token(actor=me(request), **self.valid(TokenInput))
        return Response({**TokenOutput(token).data, "token": text}, status=201)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: int) -> Response:
        """Make a token useless."""
        actions.revoke_token(actor=me(request), token_id=pk)
        return Response(status=204)

    def _run_once(self, request: Request, key: str) -> None:
        """Keep no answer: a new token's text would be in it."""


class RoleGrantViewSet(ApiViewSet):
    queryset = RoleGrant.objects.none()

    @extend_schema(responses=RoleGrantOutput(many=True))
    def list(self, request: Request) -> Response:
        """Return the roles one holds, and those one answers for, past ones too."""
        rows = RoleGrant.objects.visible_to(request.user).select_related("person")
        return self.listed(rows, RoleGrantOutput)

    @extend_schema(request=RoleGrantInput, responses={201: RoleGrantOutput})
    def create(self, request: Request) -> Response:
        """Give someone a role: superusers; for a queue or an organisation its coordinators."""
        data = self.valid(RoleGrantInput)
        try:
            person = queries.person_by_handle(request.user, data.pop("handle"))
        except NotSeen as error:
            raise InvalidInput.of("handle", "unknown", error.detail) from None
        grant = actions.grant_role(actor=me(request), person_id=person.pk, **data)
        return self.shown(grant, RoleGrantOutput, 201)

    @extend_schema(responses=RoleGrantOutput)
    def destroy(self, request: Request, pk: int) -> Response:
        """End a role now; everyone may step down."""
        return self.shown(actions.end_role(actor=me(request), grant_id=pk), RoleGrantOutput)
