"""The panel sends its list in batches."""

import pytest

from core.models import JournalLine
from people import actions
from people.models import HostedSite, Organisation, Person
from tests.cast import SECRET
from tests.people.test_import_sites import row


def batch(*rows) -> dict:
    return {"sites": list(rows)}


def test_integrator_sends_batches(call, cast, levels):
    facts = {"php": "8.4"}
    answer = call(cast.panel).post(
        "/api/v1/sites/import",
        batch(row(1, platform=facts), row(2, level="gold"), {"external_id": 7}),
        format="json",
    )

    assert answer.status_code == 200
    assert answer.json() == {
        "created": 1,
        "updated": 0,
        "unchanged": 0,
        "skipped": 2,
        "errors": [
            {"line": 2, "field": "level", "code": "unknown"},
            {"line": 3, "field": "external_id", "code": "invalid"},
            {"line": 3, "field": "domain", "code": "missing"},
            {"line": 3, "field": "owner_external_id", "code": "missing"},
            {"line": 3, "field": "owner_email", "code": "missing"},
        ],
    }
    assert HostedSite.objects.get().platform == facts
    line = JournalLine.objects.get(verb="people.site_imported")
    assert (line.actor, line.face) == (cast.panel, "api")


def test_integrator_fills_a_bare_site(call, cast):
    answer = call(cast.panel).post("/api/v1/sites/import", batch(row(1)), format="json")

    assert (answer.status_code, answer.json()["created"]) == (200, 1)
    assert HostedSite.objects.get().level.is_default


@pytest.mark.parametrize("who", ["aminata", "bao", "nadia", "tomas", "clara", "moira", "omar"])
def test_only_integrators_import(call, cast, levels, who):
    answer = call(getattr(cast, who)).post("/api/v1/sites/import", batch(row(1)), format="json")

    assert answer.status_code == 403
    assert not HostedSite.objects.exists()


def test_token_needs_the_scope(call, cast, levels):
    client = call(cast.panel, scopes=["read", "write"])

    answer = client.post("/api/v1/sites/import", batch(row(1)), format="json")

    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")


@pytest.mark.parametrize("body", [{}, {"sites": []}, {"sites": "x"}, {"sites": ["x"]}, []])
def test_batch_that_is_none_is_told(call, cast, levels, body):
    answer = call(cast.panel).post("/api/v1/sites/import", body, format="json")

    assert answer.status_code == 422


def test_too_big_a_batch_is_told(call, cast, levels):
    rows = [{"external_id": str(number)} for number in range(1001)]

    answer = call(cast.panel).post("/api/v1/sites/import", batch(*rows), format="json")

    assert answer.status_code == 422


def test_outsider_sees_nothing_of_the_import(browse, call, cast, levels):
    secret = row(
        1,
        domain=f"{SECRET.lower()}.example",
        owner_name=SECRET,
        owner_email=f"{SECRET.lower()}@mail.example",
        organisation_external_id="o1",
        organisation_name=SECRET,
    )
    actions.import_sites(actor=None, records=[(1, secret)])
    site, owner, organisation = (
        HostedSite.objects.get(),
        Person.objects.get(external_id="u1"),
        Organisation.objects.get(),
    )
    paths = [
        "/sites",
        f"/sites/{site.pk}",
        "/organisations",
        f"/organisations/{organisation.pk}",
        f"/people/{owner.handle}",
    ]
    pages = ["/me/sites", "/me/organisations", *paths]

    for client in (browse(cast.omar), browse()):
        for path in pages:
            assert SECRET.lower() not in client.get(path).content.decode().lower(), path
    for path in paths:
        answer = call(cast.omar).get(f"/api/v1{path}")
        assert SECRET.lower() not in answer.content.decode().lower(), path
    seen = call(cast.panel).get("/api/v1/sites").json()["results"]
    assert [found["domain"] for found in seen] == [f"{SECRET.lower()}.example"]
    assert SECRET.lower() not in browse(cast.panel).get("/me/sites").content.decode().lower()
