"""Revisions, suggested changes and wikis for programs."""

from typing import Any

import django_filters
from django.urls import URLPattern, path
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core import things
from core.api import ApiViewSet, SendSecrets
from core.filters import TrueOrFalse
from forum import actions, queries
from forum.api.shapes import AnswerOutput, AuthorField
from forum.contents import Content
from forum.models import LONGEST_TEXT, Question, Revision, Suggestion
from people.present import me

MOST_REVISIONS = 2**31 - 1  # what a column of numbers holds


class ReversionInput(serializers.Serializer[Any]):
    number = serializers.IntegerField(min_value=1, help_text="the revision to bring back")
    revision = serializers.IntegerField(min_value=1, help_text="the newest you know of")
    why = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    send_secrets = SendSecrets()


class AnswerSuggestionInput(serializers.Serializer[Any]):
    revision = serializers.IntegerField(min_value=1, help_text="the one you changed")
    source = serializers.CharField(max_length=LONGEST_TEXT)  # type: ignore[assignment]
    why = serializers.CharField(max_length=200)
    send_secrets = SendSecrets()


class QuestionSuggestionInput(AnswerSuggestionInput):
    title = serializers.CharField(min_length=10, max_length=200)
    tags = serializers.ListField(child=serializers.CharField(max_length=40), max_length=5)


class AcceptedInput(serializers.Serializer[Any]):
    """Nothing to take a suggestion as it is; else what to take in its place."""

    revision = serializers.IntegerField(min_value=1, required=False, default=None, allow_null=True)
    title = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    source = serializers.CharField(  # type: ignore[assignment]
        max_length=LONGEST_TEXT, required=False, default=None, allow_null=True
    )
    tags = serializers.ListField(
        child=serializers.CharField(max_length=40), max_length=5, required=False, default=list
    )
    send_secrets = SendSecrets()


class ChangeRefusalInput(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=500)
    send_secrets = SendSecrets()


class PieceOutput(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=["same", "added", "removed"])
    text = serializers.CharField()


class DifferenceOutput(serializers.Serializer[Any]):
    """How a text became another, word by word; a part that stayed has no pieces."""

    title = PieceOutput(many=True)
    source = PieceOutput(many=True)  # type: ignore[assignment]
    tags = PieceOutput(many=True)


class IsPurge(serializers.BooleanField):
    """Nobody wrote this text: a secret was taken out of the one before it, for good."""

    def __init__(self) -> None:
        super().__init__(help_text=self.__doc__)


class RevisionOutput(serializers.ModelSerializer[Revision]):
    author = AuthorField()
    tags = serializers.ListField(child=serializers.CharField())
    is_purge = IsPurge()

    class Meta:
        model = Revision
        fields = [
            "number",
            "author",
            "at",
            "why",
            "title",
            "source",
            "tags",
            "written_on",
            "reverts_to",
            "wording",
            "is_purge",
        ]


class ComparisonOutput(serializers.Serializer[Any]):
    old = serializers.IntegerField(source="old.number")
    new = serializers.IntegerField(source="new.number")
    difference = DifferenceOutput()


class ChangeOutput(serializers.ModelSerializer[Suggestion]):
    author = AuthorField()
    question = serializers.IntegerField(source="question_id", allow_null=True)
    answer = serializers.IntegerField(source="answer_id", allow_null=True)
    tags = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = Suggestion
        fields = [
            "id",
            "question",
            "answer",
            "author",
            "at",
            "revision",
            "title",
            "source",
            "tags",
            "why",
            "state",
            "decided_at",
            "reason",
            "became",
            "score",
        ]
        extra_kwargs = {
            "score": {
                "help_text": "of a change that waits since it looks like spam: 0 to 1, 1 is spam"
            }
        }


class SuggestedChangeOutput(serializers.Serializer[Any]):
    suggestion = ChangeOutput()
    difference = DifferenceOutput()
    is_stale = serializers.BooleanField(help_text="the text was changed meanwhile")
    can_decide = serializers.BooleanField()


class SuggestionFilter(django_filters.FilterSet):  # type: ignore[misc]
    state = django_filters.ChoiceFilter(choices=Suggestion.State.choices)
    mine = TrueOrFalse(method="by_mine")

    class Meta:
        model = Suggestion
        fields: list[str] = []

    def by_mine(self, rows: Any, name: str, value: bool) -> Any:
        mine = {"author": self.request.user}
        return rows.filter(**mine) if value else rows.exclude(**mine)


class RevisionViews(ApiViewSet):
    """How the texts of questions, answers and comments stood."""

    queryset: Any = Revision.objects.none()
    filter_backends: list[Any] = []
    keyset = ("-number",)
    sign_in_to_read = False

    @extend_schema(responses=RevisionOutput(many=True))
    def list(self, request: Request, kind: str, object_id: int) -> Response:
        """List how a text stood, newest first."""
        post: Any = things.find(kind, object_id, request.user)
        return self.listed(queries.revisions_of(post), RevisionOutput)

    @extend_schema(
        parameters=[
            OpenApiParameter("old", {"type": "integer", "minimum": 1, "maximum": MOST_REVISIONS}),
            OpenApiParameter("new", {"type": "integer", "minimum": 1, "maximum": MOST_REVISIONS}),
        ],
        responses=ComparisonOutput,
    )
    def compare(self, request: Request, kind: str, object_id: int) -> Response:
        """Return how a revision differs from another; left out, the newest and the one before."""
        post: Any = things.find(kind, object_id, request.user)
        asked = self.valid(ComparisonInput, request.query_params)
        return self.shown(queries.compared(request.user, post, **asked), ComparisonOutput)

    @extend_schema(request=ReversionInput, responses={200: RevisionOutput, 202: ChangeOutput})
    def revert(self, request: Request, kind: str, object_id: int) -> Response:
        """Bring an earlier text back, as a new revision; return the newest.

        Where it looks like spam, the post is `pending` until a moderator has looked at it; where
        others wrote there, it is a suggestion that waits (202).
        """
        data = self.valid(ReversionInput)
        post = actions.revert(actor=me(request), kind=kind, object_id=object_id, **data)
        if isinstance(post, Suggestion):
            return self.shown(post, ChangeOutput, 202)
        return self.shown(queries.revisions_of(post)[0], RevisionOutput)


class ComparisonInput(serializers.Serializer[Any]):
    old = serializers.IntegerField(
        min_value=1, max_value=MOST_REVISIONS, required=False, default=None
    )
    new = serializers.IntegerField(
        min_value=1, max_value=MOST_REVISIONS, required=False, default=None
    )


class SuggestionViews(ApiViewSet):
    """Changes suggested to what others wrote."""

    queryset: Any = Suggestion.objects.none()
    filterset_class = SuggestionFilter

    @extend_schema(responses=ChangeOutput(many=True))
    def list(self, request: Request) -> Response:
        """List suggestions: one's own, and those one may decide on."""
        return self.listed(queries.suggestions_of(request.user), ChangeOutput)

    @extend_schema(responses=SuggestedChangeOutput)
    def retrieve(self, request: Request, suggestion_id: int) -> Response:
        """Return a suggestion and what it changes of the text it was written on."""
        facts = queries.suggestion_page(request.user, suggestion_id)
        return self.shown(facts, SuggestedChangeOutput)

    @extend_schema(request=QuestionSuggestionInput, responses={201: ChangeOutput})
    def suggest_question(self, request: Request, object_id: int) -> Response:
        """Suggest a change to a question."""
        data = self.valid(QuestionSuggestionInput)
        data["tag_names"] = data.pop("tags")
        return self._suggested(request, "forum.question", object_id, data)

    @extend_schema(request=AnswerSuggestionInput, responses={201: ChangeOutput})
    def suggest_answer(self, request: Request, object_id: int) -> Response:
        """Suggest a change to an answer."""
        data = self.valid(AnswerSuggestionInput)
        return self._suggested(request, "forum.answer", object_id, data)

    def _suggested(
        self, request: Request, kind: str, object_id: int, data: dict[str, Any]
    ) -> Response:
        row = actions.suggest(actor=me(request), kind=kind, object_id=object_id, **data)
        return self.shown(row, ChangeOutput, 201)

    @extend_schema(request=AcceptedInput, responses=ChangeOutput)
    def accept(self, request: Request, suggestion_id: int) -> Response:
        """Take a suggestion; where it touches a newer change, that is refused with a draft."""
        data = self.valid(AcceptedInput)
        final = None
        if data["source"] is not None:
            final = Content.of(data["title"], data["source"], data["tags"])
        row = actions.accept_suggestion(
            actor=me(request),
            suggestion_id=suggestion_id,
            final=final,
            revision=data["revision"],
            send_secrets=data["send_secrets"],
        )
        return self.shown(row, ChangeOutput)

    @extend_schema(request=ChangeRefusalInput, responses=ChangeOutput)
    def decline(self, request: Request, suggestion_id: int) -> Response:
        """Do not take a suggestion, and say why."""
        data = self.valid(ChangeRefusalInput)
        row = actions.decline_suggestion(actor=me(request), suggestion_id=suggestion_id, **data)
        return self.shown(row, ChangeOutput)

    @extend_schema(request=None, responses=ChangeOutput)
    def withdraw(self, request: Request, suggestion_id: int) -> Response:
        """Take one's own suggestion back."""
        row = actions.withdraw_suggestion(actor=me(request), suggestion_id=suggestion_id)
        return self.shown(row, ChangeOutput)


class WikiViews(ApiViewSet):
    """Answers that anyone may edit."""

    queryset: Any = Question.objects.none()
    filter_backends: list[Any] = []

    @extend_schema(request=None, responses=AnswerOutput)
    def make(self, request: Request, answer_id: int) -> Response:
        """Let anyone active edit an answer."""
        return self.shown(actions.make_wiki(actor=me(request), answer_id=answer_id), AnswerOutput)

    @extend_schema(request=None, responses=AnswerOutput)
    def undo(self, request: Request, answer_id: int) -> Response:
        """Let others suggest again."""
        return self.shown(actions.undo_wiki(actor=me(request), answer_id=answer_id), AnswerOutput)


def _kept(name: str) -> list[URLPattern]:
    here, of = f"{name}s/<int:object_id>/revisions", {"kind": f"forum.{name}"}
    return [
        path(here, RevisionViews.as_view({"get": "list"}), of),
        path(f"{here}/difference", RevisionViews.as_view({"get": "compare"}), of),
    ]


def _changing(name: str) -> list[URLPattern]:
    here, of = f"{name}s/<int:object_id>", {"kind": f"forum.{name}"}
    return [
        *_kept(name),
        path(f"{here}/reversion", RevisionViews.as_view({"post": "revert"}), of),
        path(f"{here}/suggestions", SuggestionViews.as_view({"post": f"suggest_{name}"})),
    ]


_s = "suggestions/<int:suggestion_id>"
urlpatterns = [
    *_changing("question"),
    *_changing("answer"),
    *_kept("comment"),
    path("answers/<int:answer_id>/wiki", WikiViews.as_view({"put": "make", "delete": "undo"})),
    path("suggestions", SuggestionViews.as_view({"get": "list"})),
    path(_s, SuggestionViews.as_view({"get": "retrieve"})),
    path(f"{_s}/acceptance", SuggestionViews.as_view({"put": "accept"})),
    path(f"{_s}/refusal", SuggestionViews.as_view({"put": "decline"})),
    path(f"{_s}/withdrawal", SuggestionViews.as_view({"put": "withdraw"})),
]
