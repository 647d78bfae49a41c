"""The desk's rules for programs."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import ApiViewSet
from core.errors import NotAllowed, seen
from helpdesk import actions, queries, rules
from helpdesk.api.desk_shapes import (
    DeskRuleActivityInput,
    DeskRuleChangeInput,
    DeskRuleInput,
    DeskRuleOutput,
    RuleRunOutput,
    TrialOutput,
)
from helpdesk.api.tickets import person_called
from helpdesk.conditions import read_conditions
from helpdesk.models import DeskRule, RuleRun
from helpdesk.prepared import read_steps
from people.present import me

DAYS = OpenApiParameter(
    "days", {"type": "integer", "minimum": 1, "maximum": queries.LONGEST_DAYS, "default": 7}
)


class DaysInput(serializers.Serializer[Any]):
    days = serializers.IntegerField(
        required=False, default=7, min_value=1, max_value=queries.LONGEST_DAYS
    )


class DeskRuleViews(ApiViewSet):
    """What the desk does by itself."""

    queryset = DeskRule.objects.none()
    filter_backends: list[Any] = []
    keyset = ("id",)

    @extend_schema(responses=DeskRuleOutput(many=True))
    def list(self, request: Request) -> Response:
        """List the rules of the queues I coordinate or work on."""
        if not rules.can_read_desk(request.user):
            raise NotAllowed
        return self.listed(queries.desk_rules(request.user), DeskRuleOutput)

    @extend_schema(request=DeskRuleInput, responses={201: DeskRuleOutput})
    def create(self, request: Request) -> Response:
        """Write a rule down; it is off until it is switched on."""
        if not rules.can_keep_some_desk_rule(request.user):
            raise NotAllowed
        plan = plan_of(self.valid(DeskRuleInput))
        rule = actions.make_desk_rule(actor=me(request), plan=plan)
        return self._shown(request, rule.pk, 201)

    @extend_schema(responses=DeskRuleOutput)
    def retrieve(self, request: Request, rule_id: int) -> Response:
        """Return a rule."""
        return self._shown(request, rule_id)

    @extend_schema(request=DeskRuleChangeInput, responses=DeskRuleOutput)
    def update(self, request: Request, rule_id: int) -> Response:
        """Change a rule as a whole; it is off after."""
        row = seen(queries.desk_rules(request.user), pk=rule_id)
        if not rules.can_keep_desk_rule(request.user, row.queue_id):
            raise NotAllowed
        data = self.valid(DeskRuleChangeInput)
        actions.change_desk_rule(
            actor=me(request), rule_id=rule_id, revision=data["revision"], plan=plan_of(data)
        )
        return self._shown(request, rule_id)

    @extend_schema(request=None, responses={204: None})
    def destroy(self, request: Request, rule_id: int) -> Response:
        """Put a rule away for good."""
        actions.retire_desk_rule(actor=me(request), rule_id=rule_id)
        return Response(status=204)

    @extend_schema(request=DeskRuleActivityInput, responses=DeskRuleOutput)
    def switch_on(self, request: Request, rule_id: int) -> Response:
        """Let a rule act from now on, once it was tried out as it is."""
        seen(queries.desk_rules(request.user), pk=rule_id)
        trial = self.valid(DeskRuleActivityInput)["trial"]
        actions.switch_desk_rule(actor=me(request), rule_id=rule_id, on=True, trial=trial)
        return self._shown(request, rule_id)

    @extend_schema(request=None, responses=DeskRuleOutput)
    def switch_off(self, request: Request, rule_id: int) -> Response:
        """Let a rule act no more."""
        actions.switch_desk_rule(actor=me(request), rule_id=rule_id, on=False)
        return self._shown(request, rule_id)

    @extend_schema(parameters=[DAYS], responses=TrialOutput)
    def trial(self, request: Request, rule_id: int) -> Response:
        """Say on which tickets of the last days a rule would have acted; changes nothing."""
        row = seen(queries.desk_rules(request.user), pk=rule_id)
        days = self.valid(DaysInput, request.query_params)["days"]
        found = queries.dry_run(request.user, row, days=days, now=timezone.now())
        return Response(TrialOutput(found).data)

    def _shown(self, request: Request, rule_id: int, status: int = 200) -> Response:
        return self.shown(
            seen(queries.desk_rules(request.user), pk=rule_id), DeskRuleOutput, status
        )


class RuleRunViews(ApiViewSet):
    """What a rule did."""

    queryset = RuleRun.objects.none()
    filter_backends: list[Any] = []

    @extend_schema(responses=RuleRunOutput(many=True))
    def list(self, request: Request, rule_id: int) -> Response:
        """List on which tickets a rule acted, the latest first."""
        row = seen(queries.desk_rules(request.user), pk=rule_id)
        return self.listed(RuleRun.objects.filter(rule=row), RuleRunOutput)


def plan_of(data: dict[str, Any]) -> actions.RulePlan:
    """Return what a rule shall be, from checked input. Raises InvalidInput."""
    return actions.RulePlan(
        name=data["name"],
        when=data["when"],
        queue=data["queue"],
        conditions=read_conditions(data.get("conditions", {})),
        steps=read_steps(data["steps"]),
        acts_as=person_called(data["acts_as"], "acts_as"),
    )
