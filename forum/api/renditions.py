"""Questions and answers in other languages, for programs."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import ApiViewSet, SendSecrets
from core.errors import seen
from forum import actions, queries
from forum.api.inputs import DraftToken
from forum.api.shapes import AuthorField
from forum.models import LONGEST_TEXT, Question, Rendition
from people.present import me


class RenditionChangeInput(serializers.Serializer[Any]):
    revision = serializers.IntegerField(min_value=1, help_text="the one you changed")
    from_revision = serializers.IntegerField(
        min_value=1, help_text="of the question or answer, as you translated it"
    )
    title = serializers.CharField(
        max_length=200, required=False, default="", allow_blank=True, help_text="of a question"
    )
    source = serializers.CharField(max_length=LONGEST_TEXT)  # type: ignore[assignment]
    send_secrets = SendSecrets()
    draft = DraftToken()


class RenditionInput(RenditionChangeInput):
    revision = None  # type: ignore[assignment]
    language = serializers.ChoiceField(choices=settings.SPOKEN_LANGUAGES)


class RenditionOutput(serializers.ModelSerializer[Rendition]):
    author = AuthorField()
    question = serializers.IntegerField(source="question_id")
    answer = serializers.IntegerField(source="answer_id", allow_null=True)
    is_stale = serializers.BooleanField(help_text="the original has changed since")

    class Meta:
        model = Rendition
        fields = [
            "id",
            "question",
            "answer",
            "language",
            "title",
            "source",
            "html",
            "author",
            "revision",
            "from_revision",
            "is_stale",
            "visibility",
            "created_at",
            "edited_at",
        ]


class RenditionViews(ApiViewSet):
    """Translations by members."""

    queryset: Any = Rendition.objects.none()
    filter_backends: list[Any] = []
    sign_in_to_read = False

    @extend_schema(responses=RenditionOutput(many=True))
    def list(self, request: Request, question_id: int) -> Response:
        """List the translations of a question and of its answers, newest first."""
        question = seen(Question.objects.visible_to(request.user), pk=question_id)
        return self.listed(queries.renditions_of(request.user, question), RenditionOutput)

    @extend_schema(request=RenditionInput, responses={201: RenditionOutput})
    def render_question(self, request: Request, question_id: int) -> Response:
        """Translate a question."""
        return self._render(request, "forum.question", question_id)

    @extend_schema(request=RenditionInput, responses={201: RenditionOutput})
    def render_answer(self, request: Request, answer_id: int) -> Response:
        """Translate an answer."""
        return self._render(request, "forum.answer", answer_id)

    def _render(self, request: Request, kind: str, object_id: int) -> Response:
        data = self.valid(RenditionInput)
        row = actions.render_post(actor=me(request), kind=kind, object_id=object_id, **data)
        return self.shown(row, RenditionOutput, 201)

    @extend_schema(responses=RenditionOutput)
    def retrieve(self, request: Request, rendition_id: int) -> Response:
        """Return a translation."""
        rows = Rendition.objects.visible_to(request.user)
        row = seen(rows.select_related("author", "question", "answer"), pk=rendition_id)
        return self.shown(row, RenditionOutput)

    @extend_schema(request=RenditionChangeInput, responses=RenditionOutput)
    def update(self, request: Request, rendition_id: int) -> Response:
        """Change a translation; a stale revision is refused with the newer text.

        It is `pending` until a moderator has looked at it, where the change looks like spam.
        """
        data = self.valid(RenditionChangeInput)
        row = actions.edit_rendition(actor=me(request), rendition_id=rendition_id, **data)
        return self.shown(row, RenditionOutput)

    @extend_schema(request=None, responses={204: None})
    def remove(self, request: Request, rendition_id: int) -> Response:
        """Take one's own translation away."""
        actions.remove_rendition(actor=me(request), rendition_id=rendition_id)
        return Response(status=204)
