"""Organisations, hosted sites, levels and the panel's import for programs."""

from typing import Any

import django_filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import ApiView, ApiViewSet
from core.errors import seen
from people import actions
from people.imports import COLUMNS
from people.models import (
    HostedSite,
    Membership,
    Organisation,
)
from people.present import me

BATCH = 1000


class MemberOutput(serializers.Serializer[Any]):
    person_id = serializers.IntegerField()
    handle = serializers.CharField(source="person.handle")
    display_name = serializers.CharField(source="person.display_name")
    role = serializers.ChoiceField(choices=Membership.Role.choices)


class OrganisationOutput(serializers.ModelSerializer[Organisation]):
    class Meta:
        model = Organisation
        fields = ["id", "slug", "name", "created_at"]


class OrganisationDetailOutput(OrganisationOutput):
    members = MemberOutput(many=True, source="memberships.all")

    class Meta(OrganisationOutput.Meta):
        fields = [*OrganisationOutput.Meta.fields, "members"]


class OrganisationInput(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=120)


class MemberInput(serializers.Serializer[Any]):
    handle = serializers.CharField(max_length=41)
    role = serializers.ChoiceField(
        choices=Membership.Role.choices, required=False, default=Membership.Role.MEMBER
    )


class SiteOutput(serializers.ModelSerializer[HostedSite]):
    level = serializers.CharField(source="level.slug")
    owner = serializers.SerializerMethodField()
    platform = serializers.DictField(child=serializers.CharField())

    class Meta:
        model = HostedSite
        fields = [
            "id",
            "external_id",
            "domain",
            "owner",
            "organisation_id",
            "level",
            "platform",
            "created_at",
        ]

    def get_owner(self, site: HostedSite) -> str | None:
        """Return the owner's handle."""
        return site.owner.handle if site.owner else None


class SiteRowInput(serializers.Serializer[Any]):
    """A row of the panel's list; each is checked by itself, and told in the report when wrong."""

    external_id = serializers.CharField()
    domain = serializers.CharField()
    owner_external_id = serializers.CharField()
    owner_email = serializers.CharField()
    owner_name = serializers.CharField(required=False, allow_blank=True)
    owner_language = serializers.CharField(required=False, allow_blank=True)
    organisation_external_id = serializers.CharField(required=False, allow_blank=True)
    organisation_name = serializers.CharField(required=False, allow_blank=True)
    level = serializers.CharField(required=False, allow_blank=True)
    platform = serializers.DictField(child=serializers.CharField(), required=False)


class ImportDescription(serializers.Serializer[Any]):
    sites = SiteRowInput(many=True)


class ImportInput(serializers.Serializer[Any]):
    """At most 1,000 rows a call; what is wrong inside a row stands in the report."""

    sites = serializers.ListField(child=serializers.DictField(), min_length=1, max_length=BATCH)


class RowErrorOutput(serializers.Serializer[Any]):
    line = serializers.IntegerField(help_text="The row's place in the batch, from 1.")
    field = serializers.CharField()
    code = serializers.CharField()


class ImportOutput(serializers.Serializer[Any]):
    created = serializers.IntegerField()
    updated = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    skipped = serializers.IntegerField()
    errors = RowErrorOutput(many=True)  # type: ignore[assignment]  # a field of the report


class OrganisationViewSet(ApiViewSet):
    queryset = Organisation.objects.none()

    def rows(self) -> Any:
        return Organisation.objects.visible_to(self.request.user)

    @extend_schema(responses=OrganisationOutput(many=True))
    def list(self, request: Request) -> Response:
        """Return the organisations one is in; integrators see all."""
        return self.listed(self.rows(), OrganisationOutput)

    @extend_schema(responses=OrganisationDetailOutput)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Return an organisation and who is in it."""
        rows = self.rows().prefetch_related("memberships__person")
        return self.shown(seen(rows, pk=pk), OrganisationDetailOutput)

    @extend_schema(request=OrganisationInput, responses={201: OrganisationOutput})
    def create(self, request: Request) -> Response:
        """Found an organisation; who does owns it."""
        founded = actions.create_organisation(actor=me(request), **self.valid(OrganisationInput))
        return self.shown(founded, OrganisationOutput, 201)

    @extend_schema(request=MemberInput, responses=MemberOutput)
    def add_member(self, request: Request, pk: int) -> Response:
        """Take someone in, or change what they are in it; its owners."""
        membership = actions.add_member(
            actor=me(request), organisation_id=pk, **self.valid(MemberInput)
        )
        return self.shown(membership, MemberOutput)

    @extend_schema(responses={204: None})
    def remove_member(self, request: Request, pk: int, person_id: int) -> Response:
        """Take someone out, or leave."""
        actions.remove_member(actor=me(request), organisation_id=pk, person_id=person_id)
        return Response(status=204)


class SiteFilter(django_filters.FilterSet):  # type: ignore[misc]  # not typed
    level = django_filters.CharFilter(field_name="level__slug")
    organisation = django_filters.NumberFilter(
        field_name="organisation_id", min_value=1, max_value=2**63 - 1
    )

    class Meta:
        model = HostedSite
        fields = ["external_id", "domain", "level", "organisation"]


class SiteViewSet(ApiViewSet):
    filterset_class = SiteFilter
    queryset = HostedSite.objects.none()
    keyset = ("id",)

    def rows(self) -> Any:
        return HostedSite.objects.visible_to(self.request.user).select_related("owner", "level")

    @extend_schema(responses=SiteOutput(many=True))
    def list(self, request: Request) -> Response:
        """Return the sites of one's own and of one's organisations; integrators see all."""
        return self.listed(self.rows(), SiteOutput)

    @extend_schema(responses=SiteOutput)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Return a hosted site."""
        return self.shown(seen(self.rows(), pk=pk), SiteOutput)


class SiteImportView(ApiView):
    scope = "import"

    @extend_schema(request=ImportDescription, responses=ImportOutput)
    def post(self, request: Request) -> Response:
        """Create or update sites and whom they belong to, by external id; integrators."""
        rows = self.valid(ImportInput)["sites"]
        records = [
            (place, {name: row[name] for name in COLUMNS if name in row})
            for place, row in enumerate(rows, start=1)
        ]
        report = actions.import_sites(actor=me(request), records=records)
        return Response(ImportOutput(report).data)
