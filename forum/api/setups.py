"""On what questions are asked and answers work, for programs."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import ApiViewSet
from core.errors import seen
from forum import actions, queries
from forum.api.inputs import FactsField, SetupInput
from forum.api.questions import QuestionViews, setup_of
from forum.api.shapes import QuestionOutput
from forum.api.shapes_of_setups import (
    AnswerWorksOnOutput,
    AttestationOutput,
    PlatformOutput,
    PlatformVersionOutput,
    RecheckOutput,
)
from forum.models import Answer, PlatformVersion, Question, Recheck
from forum.setups import Dates
from people.present import me


class AttestationInput(serializers.Serializer[Any]):
    facts = FactsField()


class DatesInput(serializers.Serializer[Any]):
    since = serializers.DateField()
    until = serializers.DateField(
        required=False, allow_null=True, default=None, help_text="the first day without it"
    )
    default_since = serializers.DateField(required=False, allow_null=True, default=None)


class PlatformInput(serializers.Serializer[Any]):
    key = serializers.CharField(max_length=30)
    name = serializers.CharField(max_length=60)


class VersionInput(DatesInput):
    value = serializers.CharField(max_length=40)
    name = serializers.CharField(max_length=60, required=False, default="", allow_blank=True)


class RecheckInput(serializers.Serializer[Any]):
    outcome = serializers.ChoiceField(choices=Recheck.Outcome.values)


def _dates(data: dict[str, Any]) -> Dates:
    return Dates(data["since"], data["until"], data["default_since"])


class SetupViews(QuestionViews):
    """On what a question is asked, and on what an answer works."""

    queryset: Any = Question.objects.none()
    filter_backends: list[Any] = []

    @extend_schema(request=SetupInput, responses=QuestionOutput)
    def change(self, request: Request, question_id: int) -> Response:
        """Say anew on what a question is asked."""
        setup = setup_of(self.valid(SetupInput))
        actions.change_setup(actor=me(request), question_id=question_id, setup=setup)
        return self._shown(request, question_id)

    @extend_schema(request=AttestationInput, responses=AnswerWorksOnOutput)
    def attest(self, request: Request, answer_id: int) -> Response:
        """Say that an answer worked for me on this; of its own author it is a claim."""
        facts = self.valid(AttestationInput)["facts"]
        row = actions.attest(actor=me(request), answer_id=answer_id, facts=facts)
        return self.shown(row, AnswerWorksOnOutput)

    @extend_schema(request=None, responses=AnswerWorksOnOutput)
    def undo_attestation(self, request: Request, answer_id: int) -> Response:
        """Take back what I said of an answer."""
        row = actions.undo_attestation(actor=me(request), answer_id=answer_id)
        return self.shown(row, AnswerWorksOnOutput)

    @extend_schema(responses=AttestationOutput(many=True))
    def attestations(self, request: Request, answer_id: int) -> Response:
        """List who said on what an answer works, newest first."""
        row = seen(Answer.objects.visible_to(request.user), pk=answer_id)
        return self.listed(queries.attestations_of(row), AttestationOutput)


class PlatformViews(ApiViewSet):
    """What the host runs."""

    queryset: Any = PlatformVersion.objects.none()
    pagination_class = None
    filter_backends: list[Any] = []
    sign_in_to_read = False

    @extend_schema(responses=PlatformOutput(many=True))
    def list(self, request: Request) -> Response:
        """List what the host runs; not in pages."""
        return Response(PlatformOutput(queries.platforms(), many=True).data)

    @extend_schema(request=PlatformInput, responses={201: PlatformOutput})
    def create(self, request: Request) -> Response:
        """Add a part of what sites stand on."""
        row = actions.add_platform(actor=me(request), **self.valid(PlatformInput))
        return self.shown(queries.ShownPlatform(row, []), PlatformOutput, 201)

    @extend_schema(request=VersionInput, responses={201: PlatformVersionOutput})
    def add_version(self, request: Request, platform_id: int) -> Response:
        """Add a version of it."""
        data = self.valid(VersionInput)
        row = actions.add_version(
            actor=me(request),
            platform_id=platform_id,
            value=data["value"],
            name=data["name"],
            dates=_dates(data),
        )
        return self.shown(row, PlatformVersionOutput, 201)

    @extend_schema(request=DatesInput, responses=PlatformVersionOutput)
    def change_version(self, request: Request, version_id: int) -> Response:
        """Say from when until when it is offered, and since when it is the default."""
        dates = _dates(self.valid(DatesInput))
        row = actions.change_version(actor=me(request), version_id=version_id, dates=dates)
        return self.shown(row, PlatformVersionOutput)


class RecheckViews(ApiViewSet):
    """Answers that wait to be checked again."""

    queryset: Any = Recheck.objects.none()
    filter_backends: list[Any] = []
    keyset = ("-views", "pk")

    @extend_schema(responses=RecheckOutput(many=True))
    def list(self, request: Request) -> Response:
        """List what waits, what is read most first."""
        return self.listed(queries.waiting_rechecks(request.user), RecheckOutput)

    @extend_schema(request=RecheckInput, responses=AnswerWorksOnOutput)
    def settle(self, request: Request, recheck_id: int) -> Response:
        """Say whether an answer works on what it waits for."""
        outcome = self.valid(RecheckInput)["outcome"]
        row = actions.settle_recheck(actor=me(request), recheck_id=recheck_id, outcome=outcome)
        return self.shown(seen(Answer.objects.all(), pk=row.answer_id), AnswerWorksOnOutput)
