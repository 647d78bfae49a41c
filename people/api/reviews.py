"""The moderators' queue, held posts, appeals, sanctions and the public log for programs."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import ApiView, ApiViewSet, SendSecrets
from core.errors import NotAllowed, NotSeen, seen
from people import actions, decisions, public_log, queries, reviews, rules, standing
from people.api.moderation import BIGGEST
from people.models import Appeal, Flag, Hold, LogLine, Sanction
from people.present import me


class WaitingOutput(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=list(reviews.KINDS))
    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    why = serializers.CharField(help_text="in the caller's language")
    thing_kind = serializers.CharField(source="subject.kind")
    thing_id = serializers.IntegerField(source="subject.object_id")
    thing = serializers.CharField(source="subject.label")
    thing_url = serializers.CharField(source="subject.url")
    preview = serializers.CharField(source="subject.preview")
    author = serializers.CharField(source="subject.author.handle", default=None, allow_null=True)
    url = serializers.CharField(source="path")


class ReviewOutput(serializers.Serializer[Any]):
    results = WaitingOutput(many=True)
    next = serializers.CharField(allow_null=True, help_text="the cursor of the next page")


class ReviewView(ApiView):
    @extend_schema(
        responses=ReviewOutput,
        parameters=[
            OpenApiParameter("kind", str, enum=list(reviews.KINDS)),
            OpenApiParameter("cursor", str),
        ],
    )
    def get(self, request: Request) -> Response:
        """Return what waits for moderators, the oldest first: flags, held posts and
        changes, appeals."""
        if not rules.can_review(request.user):
            raise NotAllowed
        page = reviews.waiting_page(
            request.user,
            kind=request.query_params.get("kind", ""),
            cursor=request.query_params.get("cursor"),
        )
        return Response(ReviewOutput(page).data)


class ReasonOutput(serializers.Serializer[Any]):
    text = serializers.CharField(help_text="in the caller's language")
    points = serializers.FloatField(help_text="log-odds: more is spam")


class HoldOutput(serializers.ModelSerializer[Hold]):
    person = serializers.CharField(
        source="named.handle", default=None, allow_null=True, help_text="none under a pseudonym"
    )
    reasons = serializers.SerializerMethodField()
    text_before = serializers.SerializerMethodField(
        help_text="of an edit that waits, what the post said before; empty of a new post"
    )

    class Meta:
        model = Hold
        fields = [
            "id",
            "person",
            "thing_kind",
            "thing_id",
            "at",
            "score",
            "reasons",
            "text_before",
            "decision",
            "decided_at",
        ]

    def get_text_before(self, row: Hold) -> str:
        return reviews.text_before(row)

    @extend_schema_field(ReasonOutput(many=True))
    def get_reasons(self, row: Hold) -> list[dict[str, Any]]:
        return [{"text": text, "points": points} for text, points in reviews.reasons_of(row)]


class HoldDecisionInput(serializers.Serializer[Any]):
    decision = serializers.ChoiceField(choices=Hold.Decision.choices)
    rule = serializers.ChoiceField(
        choices=Flag.Reason.choices, required=False, default="", allow_blank=True
    )
    reason = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


class HoldViewSet(ApiViewSet):
    queryset = Hold.objects.none()

    @extend_schema(responses=HoldOutput)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Return why a post waits for a look, to its author and moderators."""
        rows = Hold.objects.visible_to(request.user).select_related("person")
        return self.shown(seen(rows, pk=pk), HoldOutput)

    @extend_schema(request=HoldDecisionInput, responses=HoldOutput)
    def decide(self, request: Request, pk: int) -> Response:
        """Publish a held post, or take it away by a rule; moderators, never own posts."""
        data = self.valid(HoldDecisionInput)
        return self.shown(actions.decide_hold(actor=me(request), hold_id=pk, **data), HoldOutput)


class AppealOutput(serializers.ModelSerializer[Appeal]):
    person = serializers.CharField(
        source="named.handle", default=None, allow_null=True, help_text="none under a pseudonym"
    )

    class Meta:
        model = Appeal
        fields = [
            "id",
            "person",
            "subject",
            "subject_id",
            "text",
            "at",
            "decision",
            "answer",
            "decided_at",
        ]


class AppealInput(serializers.Serializer[Any]):
    subject = serializers.ChoiceField(choices=Appeal.Subject.choices)
    id = serializers.IntegerField(min_value=1, max_value=BIGGEST)
    text = serializers.CharField(max_length=1000)
    send_secrets = SendSecrets()


class AppealDecisionInput(serializers.Serializer[Any]):
    decision = serializers.ChoiceField(choices=Appeal.Decision.choices)
    answer = serializers.CharField(max_length=500)


class AppealViewSet(ApiViewSet):
    queryset = Appeal.objects.none()

    def rows(self) -> Any:
        return Appeal.objects.visible_to(self.request.user).select_related("person")

    @extend_schema(responses=AppealOutput(many=True))
    def list(self, request: Request) -> Response:
        """Return one's own appeals; moderators see all."""
        return self.listed(self.rows(), AppealOutput)

    @extend_schema(responses=AppealOutput)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Return an appeal."""
        return self.shown(seen(self.rows(), pk=pk), AppealOutput)

    @extend_schema(request=AppealInput, responses={201: AppealOutput})
    def create(self, request: Request) -> Response:
        """Ask for another look at a removal or sanction that concerns oneself, once."""
        data = self.valid(AppealInput)
        made = actions.appeal(
            actor=me(request),
            subject=data["subject"],
            subject_id=data["id"],
            text=data["text"],
            send_secrets=data["send_secrets"],
        )
        return self.shown(made, AppealOutput, 201)

    @extend_schema(request=AppealDecisionInput, responses=AppealOutput)
    def decide(self, request: Request, pk: int) -> Response:
        """Uphold a decision or take it back; another moderator than who decided first."""
        data = self.valid(AppealDecisionInput)
        made = actions.decide_appeal(actor=me(request), appeal_id=pk, **data)
        return self.shown(made, AppealOutput)


class SanctionInput(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=Sanction.Kind.choices, default=Sanction.Kind.SUSPENSION)
    rule = serializers.ChoiceField(choices=Flag.Reason.choices, default=Flag.Reason.OTHER)
    reason = serializers.CharField(max_length=500)
    days = serializers.IntegerField(min_value=1, max_value=366)


class SanctionOutput(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="pk")
    handle = serializers.CharField(source="person.handle")
    kind = serializers.ChoiceField(choices=Sanction.Kind.choices)
    rule = serializers.CharField()
    reason = serializers.CharField()
    at = serializers.DateTimeField()
    until = serializers.DateTimeField(allow_null=True)


class SanctionView(ApiView):
    @extend_schema(responses=SanctionOutput)
    def get(self, request: Request, handle: str) -> Response:
        """Return why someone is silenced or suspended, to them and to moderators."""
        person = queries.person_by_handle(request.user, handle)
        if person != request.user and not rules.can_sanction(request.user, person):
            raise NotAllowed
        found = decisions.sanction_of(person)
        if found is None:
            raise NotSeen
        return Response(SanctionOutput(found).data)

    @extend_schema(request=SanctionInput, responses=SanctionOutput)
    def put(self, request: Request, handle: str) -> Response:
        """Silence or suspend someone: they read, and write nothing to others; moderators."""
        made = actions.sanction(actor=me(request), handle=handle, **self.valid(SanctionInput))
        return Response(SanctionOutput(made).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, handle: str) -> Response:
        """Let them write again."""
        actions.lift_sanction(actor=me(request), handle=handle)
        return Response(status=204)


class LogLineOutput(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    day = serializers.DateField()
    act = serializers.CharField(help_text="a stable key")
    text = serializers.CharField(help_text="what was done, in the caller's language")
    thing = serializers.CharField(help_text="to what kind of thing, in words")
    rule = serializers.CharField(help_text="which rule, in words")
    is_automatic = serializers.BooleanField()
    days = serializers.IntegerField(allow_null=True)


class LogViewSet(ApiViewSet):
    """What was done to keep the place kind, and to whom to nobody."""

    queryset = LogLine.objects.none()
    keyset = public_log.ORDER
    sign_in_to_read = False

    @extend_schema(responses=LogLineOutput(many=True))
    def list(self, request: Request) -> Response:
        """List the acts of moderation, newest first; everyone may read them."""
        rows = self.paginate_queryset(public_log.lines()) or []
        shown = [public_log.show(row) for row in rows]
        return self.get_paginated_response(LogLineOutput(shown, many=True).data)


class OwnRightOutput(serializers.Serializer[Any]):
    key = serializers.CharField()
    text = serializers.CharField()
    level = serializers.IntegerField(help_text="which brings it")
    has = serializers.BooleanField()
    missing = serializers.CharField(help_text="in the caller's language")


class StandingOutput(serializers.Serializer[Any]):
    level = serializers.IntegerField(min_value=0, max_value=4)
    people = serializers.IntegerField(help_text="how many were helped")
    flags = serializers.IntegerField(help_text="that moderators agreed with")
    next_level = serializers.IntegerField(allow_null=True)
    next_missing = serializers.CharField()
    rights = OwnRightOutput(many=True)


class StepOutput(serializers.Serializer[Any]):
    level = serializers.IntegerField()
    helps = serializers.IntegerField()
    people = serializers.IntegerField()
    rights = serializers.ListField(child=serializers.CharField())


class MyTrustView(ApiView):
    @extend_schema(responses=StandingOutput)
    def get(self, request: Request) -> Response:
        """Return one's level of trust, what it lets one do, and what is missing for the rest."""
        return Response(StandingOutput(standing.standing_of(me(request))).data)


class TrustView(ApiView):
    sign_in_to_read = False

    @extend_schema(responses=StepOutput(many=True))
    def get(self, request: Request) -> Response:
        """Return what each level of trust asks and brings."""
        return Response(StepOutput(standing.steps(), many=True).data)
