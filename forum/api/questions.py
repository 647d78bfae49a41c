"""Questions for programs."""

from typing import Any

import django_filters
from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import ApiViewSet
from core.filters import TrueOrFalse
from forum import actions, queries
from forum.api.inputs import (
    AcceptanceInput,
    AnswerInput,
    CommentInput,
    QuestionChangeInput,
    QuestionInput,
    QuestionsInput,
    QuestionTagsInput,
    ReaderInput,
    VoteInput,
)
from forum.api.revising import ChangeOutput
from forum.api.shapes import (
    AcceptanceOutput,
    AnswerOutput,
    CommentOutput,
    PostFactsOutput,
    QuestionListOutput,
    QuestionOutput,
    ScoreOutput,
)
from forum.models import Question, Suggestion
from forum.setups import NO_SETUP, Setup
from people.present import me


def setup_of(data: dict[str, Any] | None) -> Setup:
    """Return what was sent as SetupInput."""
    return Setup(data["facts"], data["site"], data["shows_site"]) if data else NO_SETUP


class QuestionFilter(django_filters.FilterSet):  # type: ignore[misc]
    language = django_filters.ChoiceFilter(choices=settings.SPOKEN_LANGUAGES)
    solved = TrueOrFalse(field_name="is_solved")
    author = django_filters.CharFilter(field_name="author__handle", max_length=40)
    unanswered = TrueOrFalse(
        method="by_unanswered", help_text="true: open and without an answer; false: answered"
    )

    class Meta:
        model = Question
        fields: list[str] = []

    def by_unanswered(self, rows: Any, name: str, value: bool) -> Any:
        return rows.waiting() if value else rows.exclude(answer_count=0)


class QuestionViews(ApiViewSet):
    """Questions, with their answers and comments."""

    queryset: Any = Question.objects.none()
    filterset_class = QuestionFilter
    sign_in_to_read = False
    explained = ""  # the order of the list, where each row says why it stands there

    def _shown(self, request: Request, question_id: int, status: int = 200) -> Response:
        site_id = self.valid(ReaderInput, request.query_params).get("site")
        facts = queries.question_page(request.user, question_id, site_id)
        return self.shown(facts, QuestionOutput, status)

    @extend_schema(parameters=[QuestionsInput], responses=QuestionListOutput(many=True))
    def list(self, request: Request) -> Response:
        """List questions as the pages do: the newest first, unless another order is asked for."""
        data = self.valid(QuestionsInput, request.query_params)
        order, tag = data["order"], data["tag"]
        self.keyset = queries.order_of(order, tag)
        self.explained = order if data["why"] else ""
        # Muted tags come back with the list of a tag or of a person, as on pages.
        is_narrow = bool(tag or request.query_params.get("author"))
        rows = queries.listed(request.user, order=order, tag=tag, with_muted=is_narrow)
        return self.listed(queries.with_unread(request.user, rows, tag), QuestionListOutput)

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "explained": self.explained}

    @extend_schema(request=QuestionInput, responses={201: QuestionOutput})
    def create(self, request: Request) -> Response:
        """Ask a question."""
        data = self.valid(QuestionInput)
        question = actions.ask(
            actor=me(request),
            title=data["title"],
            source=data["source"],
            language=data["language"],
            tag_names=data["tags"],
            under_pseudonym=data["under_pseudonym"],
            uploads=data["attachments"],
            send_secrets=data["send_secrets"],
            draft=data["draft"],
            setup=setup_of(data["setup"]),
        )
        return self._shown(request, question.pk, 201)

    @extend_schema(responses=QuestionOutput, parameters=[ReaderInput])
    def retrieve(self, request: Request, question_id: int) -> Response:
        """Return a question with the first of its answers, in the order of their places."""
        return self._shown(request, question_id)

    @extend_schema(responses=PostFactsOutput(many=True), parameters=[ReaderInput])
    def answers(self, request: Request, question_id: int) -> Response:
        """List a question's answers in the order of their places, the accepted one on top."""
        site_id = self.valid(ReaderInput, request.query_params).get("site")

        def read(start: int, size: int) -> tuple[Any, int]:
            facts = queries.question_page(
                request.user, question_id, site_id, start=start, size=size
            )
            return facts.answers, len(facts.order)

        pages: Any = self.paginator
        rows = pages.paginate_places(read, request)
        return self.get_paginated_response(PostFactsOutput(rows, many=True).data)

    @extend_schema(request=QuestionChangeInput, responses={200: QuestionOutput, 202: ChangeOutput})
    def update(self, request: Request, question_id: int) -> Response:
        """Change a question; what changed meanwhile is merged, or refused with both and a draft.

        Where the change looks like spam, it is `pending` until a moderator has looked at it; where
        others have answered, the change is a suggestion that waits (202).
        """
        data = self.valid(QuestionChangeInput)
        row = actions.edit_question(
            actor=me(request),
            question_id=question_id,
            revision=data["revision"],
            title=data["title"],
            source=data["source"],
            tag_names=data["tags"],
            uploads=data["attachments"],
            without=data["remove_attachments"],
            send_secrets=data["send_secrets"],
            draft=data["draft"],
            why=data["why"],
        )
        if isinstance(row, Suggestion):
            return self.shown(row, ChangeOutput, 202)
        return self._shown(request, question_id)

    @extend_schema(request=QuestionTagsInput, responses=QuestionOutput)
    def tag(self, request: Request, question_id: int) -> Response:
        """Change the tags of a question alone, as who is trusted with them may."""
        data = self.valid(QuestionTagsInput)
        actions.tag_question(
            actor=me(request),
            question_id=question_id,
            revision=data["revision"],
            tag_names=data["tags"],
            why=data["why"],
            send_secrets=data["send_secrets"],
        )
        return self._shown(request, question_id)

    @extend_schema(request=AnswerInput, responses={201: AnswerOutput})
    def answer(self, request: Request, question_id: int) -> Response:
        """Answer a question."""
        data = self.valid(AnswerInput)
        uploads = data.pop("attachments")
        row = actions.answer(actor=me(request), question_id=question_id, uploads=uploads, **data)
        return self.shown(row, AnswerOutput, 201)

    @extend_schema(request=CommentInput, responses={201: CommentOutput})
    def comment(self, request: Request, question_id: int) -> Response:
        """Comment on a question."""
        data = self.valid(CommentInput)
        row = actions.comment(actor=me(request), question_id=question_id, **data)
        return self.shown(row, CommentOutput, 201)

    @extend_schema(request=AcceptanceInput, responses=AcceptanceOutput)
    def accept(self, request: Request, question_id: int) -> Response:
        """Say which answer solved it; the same again changes nothing, another replaces."""
        answer_id = self.valid(AcceptanceInput)["answer"]
        row = actions.accept_answer(actor=me(request), question_id=question_id, answer_id=answer_id)
        return self.shown(row, AcceptanceOutput)

    @extend_schema(request=None, responses={204: None})
    def undo_acceptance(self, request: Request, question_id: int) -> Response:
        """Take the acceptance back."""
        actions.undo_acceptance(actor=me(request), question_id=question_id)
        return Response(status=204)

    @extend_schema(request=VoteInput, responses=ScoreOutput)
    def vote(self, request: Request, question_id: int) -> Response:
        """Vote on a question."""
        return self._voted(request, "forum.question", question_id, **self.valid(VoteInput))

    @extend_schema(request=None, responses=ScoreOutput)
    def unvote(self, request: Request, question_id: int) -> Response:
        """Take one's vote on a question back."""
        return self._voted(request, "forum.question", question_id, 0)

    def _voted(
        self, request: Request, kind: str, object_id: int, value: int, **more: Any
    ) -> Response:
        facts = {"kind": kind, "object_id": object_id, "value": value, **more}
        row = actions.vote(actor=me(request), **facts)
        return self.shown(row, ScoreOutput)


class MyQuestionViews(ApiViewSet):
    queryset: Any = Question.objects.none()
    filter_backends: list[Any] = []

    @extend_schema(responses=QuestionListOutput(many=True))
    def list(self, request: Request) -> Response:
        """List the questions I asked, also under a pseudonym; for me alone."""
        rows = queries.listed(me(request), own=True)
        return self.listed(queries.with_unread(me(request), rows), QuestionListOutput)
