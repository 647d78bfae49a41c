"""Drafts and previews for programs."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import ApiView, ApiViewSet
from core.errors import InvalidInput
from forum import actions, queries
from forum.api.inputs import DraftInput, PreviewInput
from forum.api.shapes import DraftOutput, PreviewOutput
from forum.models import Draft
from people.present import me


class DraftViews(ApiViewSet):
    """What I began and did not post; nobody else sees it."""

    queryset: Any = Draft.objects.none()
    filter_backends: list[Any] = []

    @extend_schema(responses=DraftOutput(many=True))
    def list(self, request: Request) -> Response:
        """List my drafts, newest first."""
        return self.listed(queries.drafts_of(me(request)), DraftOutput)

    @extend_schema(request=DraftInput, responses=DraftOutput)
    def keep(self, request: Request, token: UUID) -> Response:
        """Keep a draft under a token of mine; one that was posted takes nothing more (409)."""
        data = self.valid(DraftInput)
        row = actions.keep_draft(
            actor=me(request),
            token=token,
            kind=data["kind"],
            thing_id=data["thing"],
            fields=data["fields"],
        )
        if row is None:
            raise InvalidInput.of("fields", "required", "title, source or tags")
        return self.shown(row, DraftOutput)

    @extend_schema(request=None, responses={204: None})
    def throw_away(self, request: Request, token: UUID) -> Response:
        """Throw a draft away."""
        actions.delete_draft(actor=me(request), token=token)
        return Response(status=204)


class PreviewView(ApiView):
    @extend_schema(request=PreviewInput, responses=PreviewOutput)
    def post(self, request: Request) -> Response:
        """Return a text as it would stand on a page; nothing is kept."""
        data = self.valid(PreviewInput)
        source_format = "guide" if data["guide"] else data["source_format"]
        shown = queries.previewed(
            me(request), data["source"], source_format=source_format, guide_id=data["thing"]
        )
        return Response({"html": shown})
