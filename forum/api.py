"""The forum for programs."""

from typing import Any

import django_filters
from django.conf import settings
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import ApiViewSet
from core.errors import NotSeen, seen
from core.filters import TrueOrFalse
from forum import actions, queries
from forum.models import Acceptance, Answer, Comment, Question
from people.present import me

TEXT = 30000


class QuestionInput(serializers.Serializer[Any]):
    title = serializers.CharField(min_length=10, max_length=200)
    source = serializers.CharField(max_length=TEXT, help_text="CommonMark")  # type: ignore[assignment]
    language = serializers.ChoiceField(choices=settings.SPOKEN_LANGUAGES)
    tags = serializers.ListField(
        child=serializers.CharField(max_length=40), max_length=5, required=False, default=list
    )


class QuestionChangeInput(serializers.Serializer[Any]):
    revision = serializers.IntegerField(min_value=1, help_text="the one you changed")
    title = serializers.CharField(min_length=10, max_length=200)
    source = serializers.CharField(max_length=TEXT)  # type: ignore[assignment]
    tags = serializers.ListField(child=serializers.CharField(max_length=40), max_length=5)


class AnswerInput(serializers.Serializer[Any]):
    source = serializers.CharField(max_length=TEXT)  # type: ignore[assignment]
    language = serializers.ChoiceField(choices=settings.SPOKEN_LANGUAGES)


class AnswerChangeInput(serializers.Serializer[Any]):
    revision = serializers.IntegerField(min_value=1)
    source = serializers.CharField(max_length=TEXT)  # type: ignore[assignment]


class CommentInput(serializers.Serializer[Any]):
    source = serializers.CharField(max_length=1000)  # type: ignore[assignment]


class VoteInput(serializers.Serializer[Any]):
    value = serializers.ChoiceField(choices=[1, -1])


class AcceptanceInput(serializers.Serializer[Any]):
    answer = serializers.IntegerField(min_value=1)


class AuthorField(serializers.CharField):
    """The author's handle; none for imported posts without an owner."""

    def __init__(self) -> None:
        super().__init__(source="author.handle", default=None, read_only=True, allow_null=True)


class TagsOutput(serializers.ListField):
    child = serializers.CharField()

    def __init__(self) -> None:
        super().__init__(source="tag_rows", read_only=True)

    def to_representation(self, data: Any) -> list[str]:
        return [row.tag.name for row in data]


class QuestionListOutput(serializers.ModelSerializer[Question]):
    author = AuthorField()
    tags = TagsOutput()
    is_solved = serializers.BooleanField()
    score = serializers.IntegerField()
    url = serializers.CharField(source="path")

    class Meta:
        model = Question
        fields = [
            "id",
            "title",
            "language",
            "author",
            "tags",
            "score",
            "answer_count",
            "is_solved",
            "created_at",
            "active_at",
            "url",
        ]


class CommentOutput(serializers.ModelSerializer[Comment]):
    author = AuthorField()

    class Meta:
        model = Comment
        fields = ["id", "author", "source", "html", "created_at"]


class AnswerOutput(serializers.ModelSerializer[Answer]):
    author = AuthorField()
    score = serializers.IntegerField()
    question = serializers.IntegerField(source="question_id")

    class Meta:
        model = Answer
        fields = [
            "id",
            "question",
            "author",
            "language",
            "source",
            "html",
            "revision",
            "score",
            "created_at",
            "edited_at",
        ]


class PostFactsOutput(serializers.Serializer[Any]):
    """An answer on its question's page."""

    answer = AnswerOutput(source="post")
    comments = CommentOutput(many=True)
    my_vote = serializers.IntegerField()
    is_accepted = serializers.BooleanField()


class QuestionOutput(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="question.pk")
    title = serializers.CharField(source="question.title")
    language = serializers.CharField(source="question.language")
    author = serializers.CharField(source="question.author.handle", default=None, allow_null=True)
    source = serializers.CharField(source="question.source")  # type: ignore[assignment]
    html = serializers.CharField(source="question.html")
    revision = serializers.IntegerField(source="question.revision")
    score = serializers.IntegerField(source="question.score")
    my_vote = serializers.IntegerField(source="asked.my_vote")
    created_at = serializers.DateTimeField(source="question.created_at")
    edited_at = serializers.DateTimeField(source="question.edited_at", allow_null=True)
    url = serializers.CharField(source="question.path")
    tags = serializers.ListField(child=serializers.CharField())
    accepted_answer = serializers.IntegerField(
        source="acceptance.answer_id", default=None, allow_null=True
    )
    comments = CommentOutput(many=True, source="asked.comments")
    answers = PostFactsOutput(many=True)


class AcceptanceOutput(serializers.ModelSerializer[Acceptance]):
    question = serializers.IntegerField(source="question_id")
    answer = serializers.IntegerField(source="answer_id")

    class Meta:
        model = Acceptance
        fields = ["question", "answer", "at"]


class ScoreOutput(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="pk")
    up = serializers.IntegerField()
    down = serializers.IntegerField()
    score = serializers.IntegerField()


class QuestionFilter(django_filters.FilterSet):  # type: ignore[misc]
    tag = django_filters.CharFilter(method="by_tag", max_length=50)
    language = django_filters.ChoiceFilter(choices=settings.SPOKEN_LANGUAGES)
    solved = TrueOrFalse(field_name="is_solved")
    author = django_filters.CharFilter(field_name="author__handle", max_length=40)
    unanswered = TrueOrFalse(method="by_unanswered")

    class Meta:
        model = Question
        fields: list[str] = []

    def by_tag(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(pk__in=queries.ids_tagged(value))

    def by_unanswered(self, rows: Any, name: str, value: bool) -> Any:
        return rows.filter(answer_count=0) if value else rows.exclude(answer_count=0)


class QuestionViews(ApiViewSet):
    """Questions, with their answers and comments."""

    queryset: Any = Question.objects.none()
    filterset_class = QuestionFilter
    sign_in_to_read = False

    def _shown(self, request: Request, question_id: int, status: int = 200) -> Response:
        facts = queries.question_page(request.user, question_id)
        return self.shown(facts, QuestionOutput, status)

    @extend_schema(responses=QuestionListOutput(many=True))
    def list(self, request: Request) -> Response:
        """List questions, newest first."""
        return self.listed(queries.listed(request.user), QuestionListOutput)

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
        )
        return self._shown(request, question.pk, 201)

    @extend_schema(responses=QuestionOutput)
    def retrieve(self, request: Request, question_id: int) -> Response:
        """Return a question with its answers, the accepted one first."""
        return self._shown(request, question_id)

    @extend_schema(request=QuestionChangeInput, responses=QuestionOutput)
    def update(self, request: Request, question_id: int) -> Response:
        """Change a question; a stale revision is refused with the newer text."""
        data = self.valid(QuestionChangeInput)
        actions.edit_question(
            actor=me(request),
            question_id=question_id,
            revision=data["revision"],
            title=data["title"],
            source=data["source"],
            tag_names=data["tags"],
        )
        return self._shown(request, question_id)

    @extend_schema(request=AnswerInput, responses={201: AnswerOutput})
    def answer(self, request: Request, question_id: int) -> Response:
        """Answer a question."""
        data = self.valid(AnswerInput)
        row = actions.answer(actor=me(request), question_id=question_id, **data)
        return self.shown(row, AnswerOutput, 201)

    @extend_schema(request=CommentInput, responses={201: CommentOutput})
    def comment(self, request: Request, question_id: int) -> Response:
        """Comment on a question."""
        source = self.valid(CommentInput)["source"]
        row = actions.comment(actor=me(request), question_id=question_id, source=source)
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
        value = self.valid(VoteInput)["value"]
        return self._voted(request, "forum.question", question_id, value)

    @extend_schema(request=None, responses=ScoreOutput)
    def unvote(self, request: Request, question_id: int) -> Response:
        """Take one's vote on a question back."""
        return self._voted(request, "forum.question", question_id, 0)

    def _voted(self, request: Request, kind: str, object_id: int, value: int) -> Response:
        row = actions.vote(actor=me(request), kind=kind, object_id=object_id, value=value)
        return self.shown(row, ScoreOutput)


class ForMeViews(ApiViewSet):
    queryset: Any = Question.objects.none()
    filter_backends: list[Any] = []

    @extend_schema(responses=QuestionListOutput(many=True))
    def list(self, request: Request) -> Response:
        """List unanswered questions that fit my languages and skills."""
        return self.listed(queries.questions_for(me(request)), QuestionListOutput)


class AnswerViews(QuestionViews):
    """Answers."""

    queryset: Any = Answer.objects.none()
    filter_backends: list[Any] = []

    @extend_schema(responses=AnswerOutput)
    def retrieve_answer(self, request: Request, answer_id: int) -> Response:
        """Return an answer."""
        rows = Answer.objects.visible_to(request.user).select_related("author")
        return self.shown(seen(rows, pk=answer_id), AnswerOutput)

    @extend_schema(request=AnswerChangeInput, responses=AnswerOutput)
    def update_answer(self, request: Request, answer_id: int) -> Response:
        """Change an answer; a stale revision is refused with the newer text."""
        data = self.valid(AnswerChangeInput)
        row = actions.edit_answer(actor=me(request), answer_id=answer_id, **data)
        return self.shown(row, AnswerOutput)

    @extend_schema(request=CommentInput, responses={201: CommentOutput})
    def comment_answer(self, request: Request, answer_id: int) -> Response:
        """Comment on an answer."""
        source = self.valid(CommentInput)["source"]
        parent = Answer.objects.visible_to(request.user).filter(pk=answer_id).first()
        if parent is None:
            raise NotSeen
        row = actions.comment(
            actor=me(request),
            question_id=parent.question_id,
            answer_id=answer_id,
            source=source,
        )
        return self.shown(row, CommentOutput, 201)

    @extend_schema(request=VoteInput, responses=ScoreOutput)
    def vote_answer(self, request: Request, answer_id: int) -> Response:
        """Vote on an answer."""
        value = self.valid(VoteInput)["value"]
        return self._voted(request, "forum.answer", answer_id, value)

    @extend_schema(request=None, responses=ScoreOutput)
    def unvote_answer(self, request: Request, answer_id: int) -> Response:
        """Take one's vote on an answer back."""
        return self._voted(request, "forum.answer", answer_id, 0)


_q, _a = "questions/<int:question_id>", "answers/<int:answer_id>"
urlpatterns = [
    path("questions", QuestionViews.as_view({"get": "list", "post": "create"})),
    path("questions/for-me", ForMeViews.as_view({"get": "list"})),
    path(_q, QuestionViews.as_view({"get": "retrieve", "put": "update"})),
    path(f"{_q}/answers", QuestionViews.as_view({"post": "answer"})),
    path(f"{_q}/comments", QuestionViews.as_view({"post": "comment"})),
    path(f"{_q}/acceptance", QuestionViews.as_view({"put": "accept", "delete": "undo_acceptance"})),
    path(f"{_q}/vote", QuestionViews.as_view({"put": "vote", "delete": "unvote"})),
    path(_a, AnswerViews.as_view({"get": "retrieve_answer", "put": "update_answer"})),
    path(f"{_a}/comments", AnswerViews.as_view({"post": "comment_answer"})),
    path(f"{_a}/vote", AnswerViews.as_view({"put": "vote_answer", "delete": "unvote_answer"})),
]
