import io
import re
from typing import Any

import pytest
import yaml
from django.core.management import CommandError, call_command
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from core.api import ApiView
from core.management.commands import openapi


class PlantedOutput(serializers.Serializer[Any]):
    name = serializers.CharField()


class PlantedView(ApiView):
    @extend_schema(responses=PlantedOutput)
    def get(self, request):
        raise NotImplementedError


class PlantedHoursOutput(serializers.Serializer[Any]):
    starts = serializers.TimeField()


class PlantedHoursView(ApiView):
    @extend_schema(responses=PlantedHoursOutput)
    def delete(self, request):
        raise NotImplementedError


class Undescribed(ApiView):
    def get(self, request):
        raise NotImplementedError


class Api:
    urlpatterns = [path("api/v1/planted", PlantedView.as_view())]


class OtherApi:
    urlpatterns = [path("api/v1/replanted", PlantedView.as_view())]


class HoursApi:
    urlpatterns = [path("api/v1/hours", PlantedHoursView.as_view())]


class NoApi:
    urlpatterns: list[Any] = []


class ApiWithAHole:
    urlpatterns = [path("api/v1/hole", Undescribed.as_view())]


@pytest.fixture
def snapshot(tmp_path):
    return tmp_path / "openapi.yaml"


def run(snapshot, *options):
    said, complained = io.StringIO(), io.StringIO()
    try:
        call_command("openapi", *options, file=snapshot, stdout=said, stderr=complained)
    except CommandError as error:
        return f"{complained.getvalue()}{error}"
    return said.getvalue()


def test_description_written_is_the_api(snapshot, settings):
    settings.ROOT_URLCONF = Api

    run(snapshot)

    assert list(yaml.safe_load(snapshot.read_text())["paths"]) == ["/api/v1/planted"]
    assert "is the API as it is" in run(snapshot, "--check")


def test_answer_to_delete_and_hours_on_a_wall_are_described_as_they_are(snapshot, settings):
    settings.ROOT_URLCONF = HoursApi

    run(snapshot)

    described = yaml.safe_load(snapshot.read_text())
    answers = described["paths"]["/api/v1/hours"]["delete"]["responses"]
    assert ("200" in answers, "204" in answers) == (True, False)
    starts = described["components"]["schemas"]["PlantedHoursOutput"]["properties"]["starts"]
    assert "format" not in starts
    assert re.fullmatch(starts["pattern"], "18:00")


def test_changed_api_is_shown_with_how_to_renew_its_description(snapshot, settings):
    settings.ROOT_URLCONF = Api
    run(snapshot)
    before = snapshot.read_text()
    settings.ROOT_URLCONF = OtherApi

    told = run(snapshot, "--check")

    assert "+  /api/v1/replanted:" in told
    assert "make openapi" in told
    assert snapshot.read_text() == before


def test_api_without_description_fails_the_check(snapshot, settings):
    settings.ROOT_URLCONF = Api

    assert "make openapi" in run(snapshot, "--check")
    assert not snapshot.exists()


def test_no_api_and_no_description_pass_the_check(snapshot, settings):
    settings.ROOT_URLCONF = NoApi

    assert "no API yet" in run(snapshot, "--check")


def test_address_that_cannot_be_described_fails(snapshot, settings):
    settings.ROOT_URLCONF = ApiWithAHole

    assert "cannot be described" in run(snapshot)
    assert not snapshot.exists()


def test_description_and_its_page_are_served_without_anything_from_elsewhere(browse):
    described = browse().get("/api/v1/openapi.yaml")
    page = browse().get("/api/v1/docs").content.decode()

    assert b"".join(described.streaming_content).startswith(b"openapi: 3")
    sources = re.findall(r'(?:src|href)="([^"]*)"', page)
    assert len(sources) >= 5
    assert all(source.startswith("/") for source in sources), sources
    assert "<style" not in page
    script = browse().get("/api/v1/docs?script=").content.decode()
    assert "/api/v1/openapi.yaml" in script


def test_every_operation_says_in_a_few_words_what_it_does():
    described = yaml.safe_load(openapi.SNAPSHOT.read_text(encoding="utf-8"))
    operations = [
        facts
        for path in described["paths"].values()
        for method, facts in path.items()
        if method != "parameters"
    ]

    assert len(operations) > 300
    for facts in operations:
        assert 3 <= len(facts["summary"]) <= 90, facts["operationId"]
        assert not facts["summary"].endswith("."), facts["operationId"]
        assert facts.get("description") != facts["summary"]


def test_what_looks_like_a_secret_is_described_where_it_is_refused_and_where_it_is_sent():
    described = yaml.safe_load(openapi.SNAPSHOT.read_text(encoding="utf-8"))
    schemas = described["components"]["schemas"]

    problem = schemas["Problem"]["properties"]
    assert "secrets_found" in problem["spans"]["description"]
    assert set(schemas["SecretSpan"]["properties"]) == {"field", "start", "end", "kind"}
    assert "spans" not in schemas["Problem"]["required"]
    asked = [
        one["properties"]["send_secrets"]
        for one in schemas.values()
        if "send_secrets" in one.get("properties", {})
    ]
    assert len(asked) > 20
    assert all("`secrets_found`" in one["description"] for one in asked)
