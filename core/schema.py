"""The API's description: every operation says how it refuses."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import is_serializer
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from core.confided import KINDS


class FieldProblem(serializers.Serializer[Any]):
    field = serializers.CharField()
    code = serializers.CharField()
    detail = serializers.CharField()


class SecretSpan(serializers.Serializer[Any]):
    """Where something looks like a secret."""

    field = serializers.CharField(help_text="the text it stands in, as it was sent")
    start = serializers.IntegerField(help_text="the first character, from 0 in Unicode code points")
    end = serializers.IntegerField(help_text="the character after the last one")
    kind = serializers.CharField(help_text=", ".join(f"`{kind}`" for kind in KINDS))


class Problem(serializers.Serializer[Any]):
    """A refusal (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField()
    errors = FieldProblem(many=True)  # type: ignore[assignment]  # a field of the document
    allowed = serializers.ListField(
        child=serializers.CharField(),
        help_text="what would be possible instead; with `secrets_found` it is `send_secrets`",
    )
    spans = SecretSpan(
        many=True, required=False, help_text="of the code `secrets_found`: what looks like a secret"
    )


READ = ("401", "403", "404", "406", "422")
WRITE = ("400", "401", "403", "404", "406", "409", "413", "415", "422", "429")
WALL_CLOCK = r"^\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?$"
KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="The same key with the same body does the thing once, for 24 hours.",
)
LOCATION = OpenApiParameter(
    "Location",
    str,
    OpenApiParameter.HEADER,
    response=["201"],
    description="The address of what was made, where it has one of its own.",
)


class ProblemSchema(AutoSchema):
    """Adds problem documents to every operation, the idempotency key to every write, and the
    first sentence of its docstring as the summary."""

    def get_summary(self) -> str:
        return self._said()[0]

    def get_description(self) -> str:  # type: ignore[override]  # as drf-spectacular has it
        return self._said()[1]

    def _said(self) -> tuple[str, str]:
        """Return the first sentence of what an operation does, and the rest: a page of the
        documentation shows both."""
        paragraphs = (super().get_description() or "").split("\n\n", 1)
        first, _dot, more = " ".join(paragraphs[0].split()).partition(". ")
        rest = [more, *paragraphs[1:]]
        return first.removesuffix("."), "\n\n".join(part for part in rest if part)

    def get_override_parameters(self) -> Any:
        return [] if self.method == "GET" else [KEY, LOCATION]

    def _map_serializer_field(self, field: Any, *args: Any, **kwargs: Any) -> Any:
        """Describe hours as they are on a wall: the format `time` would ask for an offset."""
        described = super()._map_serializer_field(field, *args, **kwargs)  # type: ignore[no-untyped-call]
        if isinstance(field, serializers.TimeField):
            described = {**described, "pattern": WALL_CLOCK}
            del described["format"]
        return described

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        answer = self.get_response_serializers()
        if self.method == "DELETE" and is_serializer(answer):  # supposed to say nothing: 204
            bodies = {"200": self._get_response_for_code(answer, "200")}  # type: ignore[no-untyped-call]
        for status in READ if self.method == "GET" else WRITE:
            if status not in bodies:
                bodies[status] = self._get_response_for_code(  # type: ignore[no-untyped-call]
                    Problem, status, media_types=["application/problem+json"]
                )
        return bodies
