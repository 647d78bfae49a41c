"""A tiny room for the kernel's own tests: towns, on a page and in the API. Loaded as URLconf."""

import time
from typing import Any
from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core import errors
from core.api import ApiView
from core.journal import record
from core.pages import done, once, signed_in
from core.urls import handler404, handler500  # noqa: F401  (Django reads them from here)
from core.urls import urlpatterns as real
from people.models import Place

REFUSALS: dict[str, Any] = {
    "refused": lambda: errors.Refusal("It is closed."),
    "not_found": errors.NotSeen,
    "not_signed_in": errors.NotSignedIn,
    "not_allowed": errors.NotAllowed,
    "wrong_moment": lambda: errors.WrongMoment(allowed=["reopen"]),
    "stale_revision": lambda: errors.StaleRevision(revision=3, source="The newer text"),
    "invalid_input": lambda: errors.InvalidInput.of("name", "too_short", "Two letters at least."),
    "too_large": errors.TooLarge,
    "too_many": lambda: errors.TooMany(retry_after=7),
    "django_404": lambda: Http404("SECRETPLUM"),
    "django_403": lambda: PermissionDenied("SECRETPLUM"),
    "fault": lambda: RuntimeError("SECRETPLUM"),
}


def found(actor: Any, name: str) -> Place:
    """Found a town: slowly if its name says so, or refuse."""
    if name in REFUSALS:
        Place.objects.create(name=uuid4().hex, country="FR")  # to be rolled back by who calls
        raise REFUSALS[name]()
    if name.startswith("Slow"):
        time.sleep(0.7)
    with transaction.atomic():
        town = Place.objects.create(name=name, country="FR")
        if name.startswith("Told"):
            record("test.founded", actor=actor, thing=town)
        return town


@signed_in
@once
def towns_page(request: HttpRequest) -> HttpResponse:
    if request.method == "GET":
        raise REFUSALS[request.GET["name"]]()
    town = found(request.user, request.POST["name"])
    return done(request, f"/towns/{town.pk}")


class TownInput(serializers.Serializer[Any]):
    name = serializers.CharField(min_length=2)
    population = serializers.IntegerField(required=False)


class TownsApi(ApiView):
    sign_in_to_read = False

    def get(self, request: Request) -> Response:
        raise REFUSALS[request.query_params["name"]]()

    def post(self, request: Request) -> Response:
        town = found(request.user, self.valid(TownInput)["name"])
        return Response({"id": town.pk}, status=201, headers={"Location": f"/towns/{town.pk}"})


urlpatterns = [
    *real,
    path("towns", towns_page),
    path("api/v1/towns", TownsApi.as_view()),
]
