"""How far one has read, for programs."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import ApiView
from forum import actions
from people.present import me


class ListReadingInput(serializers.Serializer[Any]):
    tag = serializers.CharField(
        max_length=50, required=False, default="", allow_blank=True, help_text="one tag's list"
    )


class QuestionReadingView(ApiView):
    @extend_schema(request=None, responses={204: None})
    def put(self, request: Request, question_id: int) -> Response:
        """Mark all that stands on a question as read."""
        actions.read_question(actor=me(request), question_id=question_id)
        return Response(status=204)


class ListReadingView(ApiView):
    @extend_schema(
        operation_id="questions_all_reading_update",
        request=ListReadingInput,
        responses={204: None},
    )
    def put(self, request: Request) -> Response:
        """Mark all questions, or those of one tag, as read."""
        actions.read_list(actor=me(request), tag=self.valid(ListReadingInput)["tag"])
        return Response(status=204)
