"""The operations."""

from typing import Any

import django_filters
from django.conf import settings
from django.db.models import Exists, OuterRef
from django.urls import path
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import ApiView, ApiViewSet
from core.errors import InvalidInput, NotAllowed, seen
from core.filters import TrueOrFalse
from people.present import me
from workshops import actions, queries, rules
from workshops.api.shapes import (
    CancellationInput,
    ConflictInput,
    ConflictOutput,
    MyRegistrationOutput,
    PlanChangeInput,
    PlanInput,
    RegistrationInput,
    RegistrationOutput,
    SeatsInput,
    VenueInput,
    VenueOutput,
    WorkshopOutput,
    WorkshopPageOutput,
    plan_of,
    slot_of,
)
from workshops.models import Registration, Venue, Workshop

WHEN = ("coming", "past", "drafts")


class WorkshopFilter(django_filters.FilterSet):  # type: ignore[misc]
    language = django_filters.ChoiceFilter(choices=settings.SPOKEN_LANGUAGES)
    skill = django_filters.CharFilter(method="by_skill", max_length=50)
    mine = TrueOrFalse(method="by_me")

    class Meta:
        model = Workshop
        fields: list[str] = []

    def by_skill(self, rows: Any, name: str, value: str) -> Any:
        having = Workshop.skills.through.objects.filter(
            workshop=OuterRef("pk"), skill__slug=value.lower()
        )
        return rows.filter(Exists(having))

    def by_me(self, rows: Any, name: str, value: bool) -> Any:
        person = self.request.user
        mine = Registration.objects.filter(
            workshop=OuterRef("pk"), person=person.pk, state__in=Registration.ACTIVE
        )
        return rows.filter(Exists(mine) if value else ~Exists(mine))


class WorkshopViews(ApiViewSet):
    """Workshops, and what is done with them."""

    queryset: Any = Workshop.objects.none()
    filterset_class = WorkshopFilter
    sign_in_to_read = False

    def _page(self, request: Request, workshop_id: int, status: int = 200) -> Response:
        page = queries.workshop_page(request.user, workshop_id)
        return self.shown(page, WorkshopPageOutput, status)

    @extend_schema(
        parameters=[OpenApiParameter("when", str, enum=WHEN, description="default: coming")],
        responses=WorkshopOutput(many=True),
    )
    def list(self, request: Request) -> Response:
        """List workshops to come, of the past, or the drafts I see."""
        when = request.query_params.get("when", "coming")
        if when not in WHEN:
            raise InvalidInput.of("when", "invalid", ", ".join(WHEN))
        rows, self.keyset = queries.listed_workshops(request.user, when)
        return self.listed(queries.with_details(rows), WorkshopOutput)

    @extend_schema(request=PlanInput, responses={201: WorkshopPageOutput})
    def create(self, request: Request) -> Response:
        """Propose a workshop as a draft; it holds its venue and its trainers' time."""
        data = self.valid(PlanInput)
        row = actions.propose_workshop(
            actor=me(request), plan=plan_of(data), send_secrets=data["send_secrets"]
        )
        response = self._page(request, row.pk, 201)
        response["Location"] = f"/api/v1/workshops/{row.pk}"
        return response

    @extend_schema(responses=WorkshopPageOutput)
    def retrieve(self, request: Request, workshop_id: int) -> Response:
        """Return a workshop, with my registration."""
        return self._page(request, workshop_id)

    @extend_schema(request=PlanChangeInput, responses=WorkshopPageOutput)
    def update(self, request: Request, workshop_id: int) -> Response:
        """Change all that was planned (its trainers, coordinators)."""
        data = self.valid(PlanChangeInput)
        actions.change_workshop(
            actor=me(request),
            workshop_id=workshop_id,
            revision=data["revision"],
            plan=plan_of(data),
            send_secrets=data["send_secrets"],
        )
        return self._page(request, workshop_id)

    @extend_schema(request=None, responses=WorkshopPageOutput)
    def publish(self, request: Request, workshop_id: int) -> Response:
        """Publish a draft (its trainers, coordinators)."""
        actions.publish_workshop(actor=me(request), workshop_id=workshop_id)
        return self._page(request, workshop_id)

    @extend_schema(request=CancellationInput, responses=WorkshopPageOutput)
    def cancel(self, request: Request, workshop_id: int) -> Response:
        """Call a workshop off (its trainers, coordinators)."""
        data = self.valid(CancellationInput)
        actions.cancel_workshop(actor=me(request), workshop_id=workshop_id, **data)
        return self._page(request, workshop_id)

    @extend_schema(request=None, responses=WorkshopPageOutput)
    def close(self, request: Request, workshop_id: int) -> Response:
        """Say that it was held as attended; who came is asked to confirm the hours."""
        actions.close_workshop(actor=me(request), workshop_id=workshop_id)
        return self._page(request, workshop_id)

    @extend_schema(request=SeatsInput, responses=WorkshopPageOutput)
    def seats(self, request: Request, workshop_id: int) -> Response:
        """Change the number of seats; who waits moves up."""
        data = self.valid(SeatsInput)
        actions.set_seats(actor=me(request), workshop_id=workshop_id, **data)
        return self._page(request, workshop_id)

    @extend_schema(request=RegistrationInput, responses=MyRegistrationOutput)
    def register(self, request: Request, workshop_id: int) -> Response:
        """Take a seat or, when none is free, a place on the waiting list."""
        data = self.valid(RegistrationInput)
        row = actions.register(actor=me(request), workshop_id=workshop_id, **data)
        return self.shown(row, MyRegistrationOutput)

    @extend_schema(request=None, responses=MyRegistrationOutput)
    def cancel_registration(self, request: Request, workshop_id: int) -> Response:
        """Give my seat or place back; the first who waits moves up."""
        row = actions.cancel_registration(actor=me(request), workshop_id=workshop_id)
        return self.shown(row, MyRegistrationOutput)


class RegistrationViews(ApiViewSet):
    """Who registered, and who was there: for who leads the workshop."""

    queryset: Any = Registration.objects.none()
    keyset = ("registered_at", "id")

    @extend_schema(responses=RegistrationOutput(many=True), filters=False)
    def list(self, request: Request, workshop_id: int) -> Response:
        """List who registered and who waits, first come first."""
        workshop = seen(Workshop.objects.visible_to(request.user), pk=workshop_id)
        if not rules.can_manage(request.user, workshop):
            raise NotAllowed
        rows = workshop.registrations.filter(state__in=Registration.ACTIVE)
        rows = rows.select_related("person").prefetch_related("attendances")
        return self.listed(rows, RegistrationOutput)

    @extend_schema(request=None, responses=RegistrationOutput)
    def attend(self, request: Request, **ids: int) -> Response:
        """Say that someone is there."""
        return self._mark(request, True, **ids)

    @extend_schema(request=None, responses=RegistrationOutput)
    def unattend(self, request: Request, **ids: int) -> Response:
        """Take it back."""
        return self._mark(request, False, **ids)

    def _mark(self, request: Request, present: bool, **ids: int) -> Response:
        row = actions.take_attendance(actor=me(request), present=present, **ids)
        return self.shown(row, RegistrationOutput)


class VenueViews(ApiViewSet):
    """Places where workshops are held."""

    queryset: Any = Venue.objects.none()
    sign_in_to_read = False
    keyset = ("id",)

    @extend_schema(responses=VenueOutput(many=True), filters=False)
    def list(self, request: Request) -> Response:
        """List the places."""
        return self.listed(queries.venues(), VenueOutput)

    @extend_schema(request=VenueInput, responses={201: VenueOutput})
    def create(self, request: Request) -> Response:
        """Add a place; one with the same name and address is returned as it is."""
        venue = actions.add_venue(actor=me(request), **self.valid(VenueInput))
        return self.shown(venue, VenueOutput, 201)


class ConflictView(ApiView):
    """What else takes place at a time."""

    @extend_schema(parameters=[ConflictInput], responses=ConflictOutput(many=True), filters=False)
    def get(self, request: Request) -> Response:
        """Return what holds the venue, the trainers or the audience then; at most a day's."""
        person = me(request)
        if not rules.can_propose(person):
            raise NotAllowed
        data = self.valid(ConflictInput, request.query_params)
        found = queries.conflicts_of(
            person,
            venue=Venue.objects.filter(pk=data.get("venue", 0)).first(),
            zone=data.get("zone") or person.time_zone,
            handles=data["trainers"].split(","),
            slots=[slot_of(data)],
            language=data.get("language", ""),
            but=data["but"],
        )
        return Response(ConflictOutput(found, many=True).data)


_one = "workshops/<int:workshop_id>"
_attendance = f"{_one}/sessions/<int:session_id>/attendance/<int:registration_id>"
urlpatterns = [
    path("workshops", WorkshopViews.as_view({"get": "list", "post": "create"})),
    path("workshops/conflicts", ConflictView.as_view()),
    path("workshops/venues", VenueViews.as_view({"get": "list", "post": "create"})),
    path(_one, WorkshopViews.as_view({"get": "retrieve", "put": "update"})),
    path(f"{_one}/publication", WorkshopViews.as_view({"put": "publish"})),
    path(f"{_one}/cancellation", WorkshopViews.as_view({"put": "cancel"})),
    path(f"{_one}/closure", WorkshopViews.as_view({"put": "close"})),
    path(f"{_one}/seats", WorkshopViews.as_view({"put": "seats"})),
    path(
        f"{_one}/registration",
        WorkshopViews.as_view({"put": "register", "delete": "cancel_registration"}),
    ),
    path(f"{_one}/registrations", RegistrationViews.as_view({"get": "list"})),
    path(_attendance, RegistrationViews.as_view({"put": "attend", "delete": "unattend"})),
]
