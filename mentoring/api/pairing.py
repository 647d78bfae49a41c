"""Proposals, pairs, sessions and runs for programs."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import ApiViewSet
from core.errors import seen
from mentoring import actions, queries
from mentoring.api.serializers import (
    ConfirmationInput,
    MentorshipOutput,
    ProposalOutput,
    RefusalInput,
    RunInput,
    RunOutput,
    SessionInput,
    SessionOutput,
)
from mentoring.models import (
    MatchRun,
    MentoringSession,
    Mentorship,
    Proposal,
)
from people.present import me


class ProposalViews(ApiViewSet):
    """What the matcher proposes, with its reasons."""

    queryset: Any = Proposal.objects.none()
    filter_backends: list[Any] = []

    def _with_words(self, request: Request, rows: Any) -> Any:
        words = queries.words_of_proposals(me(request), rows)
        context = {**self.get_serializer_context(), "words": words}
        return ProposalOutput(rows, many=True, context=context).data

    def _shown(self, request: Request, proposal_id: int) -> Response:
        row = seen(queries.proposals_of(request.user), pk=proposal_id)
        return Response(self._with_words(request, [row])[0])

    @extend_schema(responses=ProposalOutput(many=True))
    def list(self, request: Request) -> Response:
        """List the proposals I may see, newest first."""
        page: Any = self.paginate_queryset(queries.proposals_of(request.user))
        return self.get_paginated_response(self._with_words(request, page))

    @extend_schema(responses=ProposalOutput)
    def retrieve(self, request: Request, proposal_id: int) -> Response:
        """Return a proposal."""
        return self._shown(request, proposal_id)

    @extend_schema(request=None, responses=ProposalOutput)
    def accept(self, request: Request, proposal_id: int) -> Response:
        """Say yes; once both sides have, the pair is made."""
        actions.accept_proposal(actor=me(request), proposal_id=proposal_id)
        return self._shown(request, proposal_id)

    @extend_schema(request=RefusalInput, responses=ProposalOutput)
    def decline(self, request: Request, proposal_id: int) -> Response:
        """Say no; coordinators alone read why."""
        why = self.valid(RefusalInput)["why"]
        actions.decline_proposal(actor=me(request), proposal_id=proposal_id, why=why)
        return self._shown(request, proposal_id)


class MentorshipViews(ApiViewSet):
    """Pairs: one's own; coordinators see all."""

    queryset: Any = Mentorship.objects.none()
    filter_backends: list[Any] = []

    def _shown(self, request: Request, mentorship_id: int) -> Response:
        rows = queries.mentorships_of(request.user)
        return self.shown(seen(rows, pk=mentorship_id), MentorshipOutput)

    @extend_schema(responses=MentorshipOutput(many=True))
    def list(self, request: Request) -> Response:
        """List the pairs I may see, newest first."""
        return self.listed(queries.mentorships_of(request.user), MentorshipOutput)

    @extend_schema(responses=MentorshipOutput)
    def retrieve(self, request: Request, mentorship_id: int) -> Response:
        """Return a pair."""
        return self._shown(request, mentorship_id)

    @extend_schema(request=None, responses=MentorshipOutput)
    def end(self, request: Request, mentorship_id: int) -> Response:
        """End a pair, as one of the two or as a coordinator."""
        actions.end_mentorship(actor=me(request), mentorship_id=mentorship_id)
        return self._shown(request, mentorship_id)


class SessionViews(ApiViewSet):
    """Sessions, seen by the two of the pair alone."""

    queryset: Any = MentoringSession.objects.none()
    filter_backends: list[Any] = []

    @extend_schema(responses=SessionOutput(many=True))
    def list(self, request: Request, mentorship_id: int) -> Response:
        """List the sessions of a pair of mine, newest first."""
        seen(queries.mentorships_of(request.user), pk=mentorship_id)
        rows = MentoringSession.objects.visible_to(request.user)
        return self.listed(rows.filter(mentorship=mentorship_id), SessionOutput)

    @extend_schema(request=SessionInput, responses={201: SessionOutput})
    def plan(self, request: Request, mentorship_id: int) -> Response:
        """Agree on a session to come."""
        data = self.valid(SessionInput)
        row = actions.plan_session(actor=me(request), mentorship_id=mentorship_id, **data)
        return self.shown(row, SessionOutput, 201)

    @extend_schema(request=SessionInput, responses={201: SessionOutput})
    def log(self, request: Request, mentorship_id: int) -> Response:
        """Say that the two have met; the other side is asked to confirm."""
        data = self.valid(SessionInput)
        row = actions.log_session(actor=me(request), mentorship_id=mentorship_id, **data)
        return self.shown(row, SessionOutput, 201)

    @extend_schema(responses=SessionOutput)
    def retrieve(self, request: Request, session_id: int) -> Response:
        """Return a session."""
        rows = MentoringSession.objects.visible_to(request.user)
        return self.shown(seen(rows, pk=session_id), SessionOutput)

    @extend_schema(request=ConfirmationInput, responses=SessionOutput)
    def confirm(self, request: Request, session_id: int) -> Response:
        """Say that it took place; once both have, its minutes are counted."""
        minutes = self.valid(ConfirmationInput).get("minutes")
        row = actions.confirm_session(actor=me(request), session_id=session_id, minutes=minutes)
        return self.shown(row, SessionOutput)

    @extend_schema(request=None, responses=SessionOutput)
    def cancel(self, request: Request, session_id: int) -> Response:
        """Say that it will not be, or was not."""
        row = actions.cancel_session(actor=me(request), session_id=session_id)
        return self.shown(row, SessionOutput)


class RunViews(ApiViewSet):
    """Runs of the matcher, for coordinators."""

    queryset: Any = MatchRun.objects.none()
    filter_backends: list[Any] = []

    @extend_schema(responses=RunOutput(many=True))
    def list(self, request: Request) -> Response:
        """List the runs, newest first."""
        rows = MatchRun.objects.visible_to(request.user).select_related("asked_by")
        return self.listed(rows, RunOutput)

    @extend_schema(request=RunInput, responses={201: RunOutput})
    def create(self, request: Request) -> Response:
        """Run the matcher for all open requests, or for one."""
        data = self.valid(RunInput)
        row = actions.run_matcher(actor=me(request), request_id=data.get("request"))
        return self.shown(row, RunOutput, 201)

    @extend_schema(responses=RunOutput)
    def retrieve(self, request: Request, run_id: int) -> Response:
        """Return a run: how far it is, what it found."""
        rows = MatchRun.objects.visible_to(request.user).select_related("asked_by")
        return self.shown(seen(rows, pk=run_id), RunOutput)
