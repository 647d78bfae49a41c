"""Closing, locking, merging, splitting, being on a question, and its places, for programs."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import ApiViewSet
from forum import actions, queries
from forum.api.inputs import (
    LockInput,
    LookInput,
    MergerInput,
    QuestionClosureInput,
    ReaderInput,
    SplitInput,
)
from forum.api.shapes import (
    AskerOutput,
    LeaseOutput,
    PlacesOutput,
    QuestionClosureOutput,
    QuestionLockOutput,
    RelocationOutput,
)
from forum.models import Question
from people.present import me


class CuratingViews(ApiViewSet):
    """What becomes of a question."""

    queryset: Any = Question.objects.none()
    filter_backends: list[Any] = []

    @extend_schema(request=QuestionClosureInput, responses=QuestionClosureOutput)
    def close(self, request: Request, question_id: int) -> Response:
        """Close a question; of a duplicate, name its original. The same again changes nothing."""
        data = self.valid(QuestionClosureInput)
        row = actions.close_question(
            actor=me(request),
            question_id=question_id,
            reason=data["reason"],
            original_id=data["original"],
        )
        return self.shown(row, QuestionClosureOutput)

    @extend_schema(request=None, responses={204: None})
    def reopen(self, request: Request, question_id: int) -> Response:
        """Open a closed question again."""
        actions.reopen_question(actor=me(request), question_id=question_id)
        return Response(status=204)

    @extend_schema(request=LockInput, responses=QuestionLockOutput)
    def lock(self, request: Request, question_id: int) -> Response:
        """Lock a question: no answers, comments, votes or changes."""
        data = self.valid(LockInput)
        row = actions.lock_question(actor=me(request), question_id=question_id, **data)
        return self.shown(row, QuestionLockOutput)

    @extend_schema(request=None, responses={204: None})
    def unlock(self, request: Request, question_id: int) -> Response:
        """Take the lock off."""
        actions.unlock_question(actor=me(request), question_id=question_id)
        return Response(status=204)

    @extend_schema(request=MergerInput, responses=RelocationOutput)
    def merge(self, request: Request, question_id: int) -> Response:
        """Put all answers with another question, and close this as its duplicate."""
        data = self.valid(MergerInput)
        row = actions.merge_question(
            actor=me(request),
            question_id=question_id,
            into_id=data["into"],
            reason=data["reason"],
        )
        return self.shown(row, RelocationOutput)

    @extend_schema(request=None, responses={204: None})
    def undo_merge(self, request: Request, question_id: int) -> Response:
        """Bring a merged question's answers back."""
        actions.undo_merge(actor=me(request), question_id=question_id)
        return Response(status=204)

    @extend_schema(request=SplitInput, responses={201: RelocationOutput})
    def split(self, request: Request, question_id: int) -> Response:
        """Make a new question of some answers and comments; `into` is its id."""
        data = self.valid(SplitInput)
        row = actions.split_question(
            actor=me(request),
            question_id=question_id,
            title=data["title"],
            source=data["source"],
            reason=data["reason"],
            answer_ids=data["answers"],
            comment_ids=data["comments"],
            send_secrets=data["send_secrets"],
        )
        return self.shown(row, RelocationOutput, 201)

    @extend_schema(request=None, responses={204: None})
    def undo_split(self, request: Request, question_id: int) -> Response:
        """Bring back what was split off into this question, which is taken away."""
        actions.undo_split(actor=me(request), question_id=question_id)
        return Response(status=204)

    @extend_schema(request=LookInput, responses=AskerOutput)
    def asker(self, request: Request, question_id: int) -> Response:
        """Return, to a moderator, who asked under a pseudonym. It is logged."""
        reason = self.valid(LookInput)["reason"]
        person = actions.learn_asker(actor=me(request), question_id=question_id, reason=reason)
        return Response({"handle": person.handle if person is not None else None})

    @extend_schema(request=None, responses=LeaseOutput)
    def take_lease(self, request: Request, question_id: int) -> Response:
        """Say "I am on it" for ten minutes; someone else on it refuses (409, with `until`)."""
        row = actions.take_lease(actor=me(request), question_id=question_id)
        return self.shown(row, LeaseOutput)

    @extend_schema(request=None, responses={204: None})
    def release_lease(self, request: Request, question_id: int) -> Response:
        """Say that one is on it no more."""
        actions.release_lease(actor=me(request), question_id=question_id)
        return Response(status=204)


class PlacesViews(ApiViewSet):
    queryset: Any = Question.objects.none()
    filter_backends: list[Any] = []
    sign_in_to_read = False

    @extend_schema(parameters=[ReaderInput], responses=PlacesOutput)
    def retrieve(self, request: Request, question_id: int) -> Response:
        """Return why a question and its answers stand where they stand, in numbers."""
        site_id = self.valid(ReaderInput, request.query_params).get("site")
        return self.shown(queries.places_of(request.user, question_id, site_id), PlacesOutput)
