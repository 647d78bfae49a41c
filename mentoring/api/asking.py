"""Offers and requests for programs."""

from typing import Any

import django_filters
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import ApiViewSet
from core.errors import seen
from mentoring import actions, queries
from mentoring.api.serializers import (
    OfferInput,
    OfferOutput,
    RequestInput,
    RequestOutput,
    TermsInput,
)
from mentoring.matcher import Slot
from mentoring.models import (
    MentoringRequest,
    MentorOffer,
)
from mentoring.terms import Terms
from people.models import Person
from people.present import me


def terms_in(data: dict[str, Any], person: Person) -> Terms:
    """Return what was sent as the actions take it."""
    return Terms(
        skills=data["skills"],
        languages=data["languages"],
        slots=[Slot(**slot) for slot in data["slots"]],
        time_zone=data.get("time_zone", person.time_zone),
        source=data["source"],
    )


class OfferViews(ApiViewSet):
    """What people can teach: one's own, those proposed to one; coordinators see all."""

    queryset: Any = MentorOffer.objects.none()
    filter_backends: list[Any] = []

    def _mine(self, request: Request) -> Response:
        rows = queries.offers_of(request.user)
        return self.shown(seen(rows, mentor=me(request)), OfferOutput)

    @extend_schema(responses=OfferOutput(many=True))
    def list(self, request: Request) -> Response:
        """List the offers I may see, newest first."""
        return self.listed(queries.offers_of(request.user), OfferOutput)

    @extend_schema(responses=OfferOutput)
    def retrieve(self, request: Request, offer_id: int) -> Response:
        """Return an offer."""
        return self.shown(seen(queries.offers_of(request.user), pk=offer_id), OfferOutput)

    @extend_schema(responses=OfferOutput)
    def mine(self, request: Request) -> Response:
        """Return my offer."""
        return self._mine(request)

    @extend_schema(request=OfferInput, responses=OfferOutput)
    def offer(self, request: Request) -> Response:
        """Say what I can teach, or change it."""
        data, person = self.valid(OfferInput), me(request)
        actions.offer_mentoring(
            actor=person,
            terms=terms_in(data, person),
            capacity=data["capacity"],
            send_secrets=data["send_secrets"],
        )
        return self._mine(request)

    @extend_schema(request=None, responses=OfferOutput)
    def pause(self, request: Request) -> Response:
        """Take no new learners for a while."""
        actions.pause_offer(actor=me(request))
        return self._mine(request)

    @extend_schema(request=None, responses=OfferOutput)
    def resume(self, request: Request) -> Response:
        """Take learners again."""
        actions.resume_offer(actor=me(request))
        return self._mine(request)


class RequestFilter(django_filters.FilterSet):  # type: ignore[misc]
    state = django_filters.ChoiceFilter(choices=MentoringRequest.State.choices)

    class Meta:
        model = MentoringRequest
        fields: list[str] = []


class RequestViews(ApiViewSet):
    """What people want to learn: one's own, those proposed to one; coordinators see all."""

    queryset: Any = MentoringRequest.objects.none()
    filterset_class = RequestFilter

    def _shown(self, request: Request, request_id: int, status: int = 200) -> Response:
        row = seen(queries.requests_of(request.user), pk=request_id)
        return self.shown(row, RequestOutput, status)

    @extend_schema(responses=RequestOutput(many=True))
    def list(self, request: Request) -> Response:
        """List the requests I may see, newest first."""
        return self.listed(queries.requests_of(request.user), RequestOutput)

    @extend_schema(request=RequestInput, responses={201: RequestOutput})
    def create(self, request: Request) -> Response:
        """Say what I want to learn; one open request at a time."""
        data, person = self.valid(RequestInput), me(request)
        origin = data["origin"] and (data["origin"]["kind"], data["origin"]["id"])
        terms = terms_in(data, person)
        row = actions.request_mentoring(
            actor=person, terms=terms, origin=origin, send_secrets=data["send_secrets"]
        )
        return self._shown(request, row.pk, 201)

    @extend_schema(responses=RequestOutput)
    def retrieve(self, request: Request, request_id: int) -> Response:
        """Return a request."""
        return self._shown(request, request_id)

    @extend_schema(request=TermsInput, responses=RequestOutput)
    def update(self, request: Request, request_id: int) -> Response:
        """Change my open request."""
        person = me(request)
        data = self.valid(TermsInput)
        actions.change_request(
            actor=person,
            request_id=request_id,
            terms=terms_in(data, person),
            send_secrets=data["send_secrets"],
        )
        return self._shown(request, request_id)

    @extend_schema(request=None, responses=RequestOutput)
    def withdraw(self, request: Request, request_id: int) -> Response:
        """Seek nobody any more."""
        actions.withdraw_request(actor=me(request), request_id=request_id)
        return self._shown(request, request_id)
