"""The API's description: every operation says how it refuses."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers


class FieldProblem(serializers.Serializer[Any]):
    field = serializers.CharField()
    code = serializers.CharField()
    detail = serializers.CharField()


class Problem(serializers.Serializer[Any]):
    """A refusal (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField()
    errors = FieldProblem(many=True)  # type: ignore[assignment]  # a field of the document
    allowed = serializers.ListField(child=serializers.CharField())


READ = ("401", "404", "406", "422")
WRITE = ("400", "401", "403", "404", "406", "409", "413", "415", "422", "429")
KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="The same key with the same body does the thing once, for 24 hours.",
)


class ProblemSchema(AutoSchema):
    """Adds problem documents to every operation, and the idempotency key to every write."""

    def get_override_parameters(self) -> Any:
        return [] if self.method == "GET" else [KEY]

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        for status in READ if self.method == "GET" else WRITE:
            if status not in bodies:
                bodies[status] = self._get_response_for_code(  # type: ignore[no-untyped-call]
                    Problem, status, media_types=["application/problem+json"]
                )
        return bodies
