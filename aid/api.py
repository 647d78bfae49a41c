"""The ledger for programs."""

from typing import Any

from django.urls import path
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from aid import actions, queries
from aid.models import AidClaim, Kind
from core.api import ApiView, ApiViewSet, SendSecrets
from core.errors import InvalidInput
from people.models import Person
from people.models.person import folded
from people.present import me


class ClaimInput(serializers.Serializer[Any]):
    receivers = serializers.ListField(
        child=serializers.CharField(max_length=40), min_length=1, max_length=100
    )
    minutes = serializers.IntegerField(min_value=1, max_value=1440)
    happened_at = serializers.DateTimeField()
    note = serializers.CharField(max_length=300)
    send_secrets = SendSecrets()


class ClaimChangeInput(serializers.Serializer[Any]):
    minutes = serializers.IntegerField(min_value=1, max_value=1440)
    note = serializers.CharField(max_length=300, allow_blank=True)
    send_secrets = SendSecrets()


class ClaimConfirmationInput(serializers.Serializer[Any]):
    minutes = serializers.IntegerField(min_value=1, max_value=1440, required=False)


class ReversalInput(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=300)


class ReceiverOutput(serializers.Serializer[Any]):
    handle = serializers.CharField(source="person.handle")
    confirmed_at = serializers.DateTimeField(allow_null=True)
    declined_at = serializers.DateTimeField(allow_null=True)


class ClaimOutput(serializers.ModelSerializer[AidClaim]):
    givers = serializers.SerializerMethodField()
    receivers = ReceiverOutput(many=True)

    class Meta:
        model = AidClaim
        fields = ["id", "kind", "minutes", "happened_at", "note", "state", "givers", "receivers"]

    def to_representation(self, claim: AidClaim) -> Any:
        """Name who was helped in a ticket to themselves alone."""
        queries.hide_receivers(self.context["request"].user, [claim])
        return super().to_representation(claim)

    def get_givers(self, claim: AidClaim) -> list[str]:
        return [row.person.handle for row in claim.givers.all()]


class LineOutput(serializers.Serializer[Any]):
    entry = serializers.IntegerField(source="entry_id")
    happened_at = serializers.DateTimeField(source="entry.happened_at")
    kind = serializers.ChoiceField(choices=Kind.choices, source="entry.kind")
    minutes = serializers.IntegerField()
    note = serializers.CharField(source="entry.claim.note")


class StatementInput(serializers.Serializer[Any]):
    year = serializers.IntegerField(
        min_value=2008, max_value=2100, required=False, help_text="by default this year"
    )


class StatementOutput(serializers.Serializer[Any]):
    since = serializers.DateField()
    until = serializers.DateField()
    given = serializers.IntegerField(help_text="minutes")
    received = serializers.IntegerField(help_text="minutes")
    lines = LineOutput(many=True)


class MonthOutput(serializers.Serializer[Any]):
    month = serializers.DateField()
    local = serializers.IntegerField(help_text="minutes")
    across = serializers.IntegerField(help_text="minutes")
    unknown = serializers.IntegerField(help_text="minutes")
    by_kind = serializers.DictField(child=serializers.IntegerField())


class EntryOutput(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=Kind.choices)
    happened_at = serializers.DateTimeField()
    reverses = serializers.IntegerField(source="reverses_id", allow_null=True)


class ClaimViews(ApiViewSet):
    """Help that waits to be confirmed, and help that was."""

    queryset = AidClaim.objects.none()

    def _shown(self, request: Request, claim: AidClaim, status: int = 200) -> Response:
        return self.shown(queries.claims_of(request.user).get(pk=claim.pk), ClaimOutput, status)

    @extend_schema(responses=ClaimOutput(many=True))
    def list(self, request: Request) -> Response:
        """List the claims in which I give or receive, newest first."""
        return self.listed(queries.claims_of(request.user), ClaimOutput)

    @extend_schema(request=ClaimInput, responses={201: ClaimOutput})
    def create(self, request: Request) -> Response:
        """Claim help I gave outside; its receivers are asked to confirm."""
        data = self.valid(ClaimInput)
        claim = actions.claim_help(
            actor=me(request),
            givers=[me(request)],
            receivers=people_of(data["receivers"]),
            minutes=data["minutes"],
            kind=Kind.OTHER,
            happened_at=data["happened_at"],
            note=data["note"],
            send_secrets=data["send_secrets"],
        )
        if claim is None:
            raise InvalidInput.of("receivers", "nobody", queries.nobody_to_confirm())
        return self._shown(request, claim, 201)

    @extend_schema(request=ClaimChangeInput, responses=ClaimOutput)
    def update(self, request: Request, claim_id: int) -> Response:
        """Correct my claim while nobody has answered."""
        data = self.valid(ClaimChangeInput)
        claim = actions.edit_claim(actor=me(request), claim_id=claim_id, **data)
        return self._shown(request, claim)

    @extend_schema(request=ClaimConfirmationInput, responses=ClaimOutput)
    def confirm(self, request: Request, claim_id: int) -> Response:
        """Confirm help I received."""
        data = self.valid(ClaimConfirmationInput)
        claim = actions.confirm_claim(
            actor=me(request), claim_id=claim_id, minutes=data.get("minutes")
        )
        return self._shown(request, claim)

    @extend_schema(request=None, responses=ClaimOutput)
    def decline(self, request: Request, claim_id: int) -> Response:
        """Say that I did not receive this help."""
        return self._shown(request, actions.decline_claim(actor=me(request), claim_id=claim_id))

    @extend_schema(request=None, responses=ClaimOutput)
    def withdraw(self, request: Request, claim_id: int) -> Response:
        """Take my claim back while it waits."""
        return self._shown(request, actions.withdraw_claim(actor=me(request), claim_id=claim_id))


def people_of(handles: list[str]) -> list[Person]:
    """Return active people by handle. Raises InvalidInput naming the first unknown one."""
    wanted = {folded(handle.lstrip("@")): handle for handle in handles}
    people = list(Person.objects.active().filter(handle_folded__in=wanted).order_by("pk"))
    missing = set(wanted) - {person.handle_folded for person in people}
    if missing:
        raise InvalidInput.of("receivers", "unknown_person", wanted[min(missing)])
    return people


class EntryViews(ApiView):
    @extend_schema(request=ReversalInput, responses={201: EntryOutput})
    def post(self, request: Request, entry_id: int) -> Response:
        """Undo an entry by its mirror (coordinators)."""
        reason = self.valid(ReversalInput)["reason"]
        mirror = actions.reverse_entry(actor=me(request), entry_id=entry_id, reason=reason)
        return Response(EntryOutput(mirror).data, status=201)


class StatementView(ApiView):
    @extend_schema(parameters=[StatementInput], responses=StatementOutput)
    def get(self, request: Request) -> Response:
        """Return my own year."""
        asked = self.valid(StatementInput, request.query_params)
        year = asked.get("year", timezone.localdate().year)
        return Response(StatementOutput(queries.statement(me(request), year)).data)


class FiguresView(ApiView):
    sign_in_to_read = False

    @extend_schema(responses=MonthOutput(many=True), filters=False)
    def get(self, request: Request) -> Response:
        """Return the association's minutes of help by month, for a year."""
        return Response(MonthOutput(queries.month_series(), many=True).data)


_claim = "aid/claims/<int:claim_id>"
urlpatterns = [
    path("aid/claims", ClaimViews.as_view({"get": "list", "post": "create"})),
    path(_claim, ClaimViews.as_view({"put": "update"})),
    path(f"{_claim}/confirmation", ClaimViews.as_view({"put": "confirm"})),
    path(f"{_claim}/refusal", ClaimViews.as_view({"put": "decline"})),
    path(f"{_claim}/withdrawal", ClaimViews.as_view({"put": "withdraw"})),
    path("aid/entries/<int:entry_id>/reversal", EntryViews.as_view()),
    path("aid/statement", StatementView.as_view()),
    path("aid/figures", FiguresView.as_view()),
]
