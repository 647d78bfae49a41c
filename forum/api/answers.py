"""Answers for programs."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import ApiViewSet
from core.errors import NotSeen, seen
from forum import actions
from forum.api.inputs import AnswerChangeInput, CommentChangeInput, CommentInput, VoteInput
from forum.api.questions import QuestionViews
from forum.api.revising import ChangeOutput
from forum.api.shapes import AnswerOutput, CommentOutput, ScoreOutput
from forum.models import Answer, Comment, Suggestion
from people.present import me


class AnswerViews(QuestionViews):
    """Answers."""

    queryset: Any = Answer.objects.none()
    filter_backends: list[Any] = []

    @extend_schema(responses=AnswerOutput)
    def retrieve_answer(self, request: Request, answer_id: int) -> Response:
        """Return an answer."""
        rows = Answer.objects.visible_to(request.user).select_related("author")
        return self.shown(seen(rows, pk=answer_id), AnswerOutput)

    @extend_schema(request=AnswerChangeInput, responses={200: AnswerOutput, 202: ChangeOutput})
    def update_answer(self, request: Request, answer_id: int) -> Response:
        """Change an answer; what changed meanwhile is merged, or refused with both and a draft.

        Where the change looks like spam, one's own answer is `pending` until a moderator has looked
        at it; of a wiki that others wrote, the change is a suggestion that waits (202).
        """
        data = self.valid(AnswerChangeInput)
        files = {"uploads": data.pop("attachments"), "without": data.pop("remove_attachments")}
        row = actions.edit_answer(actor=me(request), answer_id=answer_id, **files, **data)
        if isinstance(row, Suggestion):
            return self.shown(row, ChangeOutput, 202)
        return self.shown(row, AnswerOutput)

    @extend_schema(request=CommentInput, responses={201: CommentOutput})
    def comment_answer(self, request: Request, answer_id: int) -> Response:
        """Comment on an answer."""
        data = self.valid(CommentInput)
        parent = Answer.objects.visible_to(request.user).filter(pk=answer_id).first()
        if parent is None:
            raise NotSeen
        row = actions.comment(
            actor=me(request),
            question_id=parent.question_id,
            answer_id=answer_id,
            **data,
        )
        return self.shown(row, CommentOutput, 201)

    @extend_schema(request=VoteInput, responses=ScoreOutput)
    def vote_answer(self, request: Request, answer_id: int) -> Response:
        """Vote on an answer."""
        return self._voted(request, "forum.answer", answer_id, **self.valid(VoteInput))

    @extend_schema(request=None, responses=ScoreOutput)
    def unvote_answer(self, request: Request, answer_id: int) -> Response:
        """Take one's vote on an answer back."""
        return self._voted(request, "forum.answer", answer_id, 0)


class CommentViews(ApiViewSet):
    """Comments on questions and answers."""

    queryset: Any = Comment.objects.none()
    filter_backends: list[Any] = []
    sign_in_to_read = False

    @extend_schema(responses=CommentOutput)
    def retrieve(self, request: Request, comment_id: int) -> Response:
        """Return a comment."""
        rows = Comment.objects.visible_to(request.user).select_related("author")
        return self.shown(seen(rows, pk=comment_id), CommentOutput)

    @extend_schema(request=CommentChangeInput, responses=CommentOutput)
    def update(self, request: Request, comment_id: int) -> Response:
        """Change a comment; a stale revision is refused with the newer text.

        It is `pending` until a moderator has looked at it, where the change looks like spam.
        """
        data = self.valid(CommentChangeInput)
        row = actions.edit_comment(actor=me(request), comment_id=comment_id, **data)
        return self.shown(row, CommentOutput)
