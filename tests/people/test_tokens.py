"""Tokens: shown once, hashed, scoped, ending, one's own."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from core.models import JournalLine, KeptAnswer
from people import actions
from people.models import ApiToken, Person
from tests.faces import DONE, FACES, SIGN_IN, UNSEEN, Act

REVOKE = Act(
    page=lambda token: (f"/me/tokens/{token.pk}/revocation", {}),
    api=lambda token: ("DELETE", f"/api/v1/tokens/{token.pk}", None),
)


@pytest.fixture
def token(cast):
    """Return a token of aminata's."""
    return actions.create_token(actor=cast.aminata, name="nightly", scopes=["read"], days=7)[0]


def session_api(person) -> APIClient:
    client = APIClient()
    client.force_login(person, backend="people.backends.HandleBackend")
    return client


def make(client: Client, **facts):
    return client.post("/me/tokens", {"name": "nightly", "scopes": ["read"], "days": 7, **facts})


def text_in(page: str) -> str:
    return page.split('<code dir="ltr">')[1].split("<", maxsplit=1)[0]


def api_with(text: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {text}")
    return client


def test_token_is_shown_once_and_works(browse, cast):
    client = browse(cast.aminata)

    response = make(client)
    text = text_in(response.content.decode())

    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    assert api_with(text).get("/api/v1/people/me").json()["handle"] == "aminata"
    assert text not in client.get("/me/tokens").content.decode()
    row = ApiToken.objects.get()
    assert text not in (row.digest, row.name, row.token_key)
    assert (row.name, row.scopes, row.user) == ("nightly", ["read"], cast.aminata)
    assert JournalLine.objects.get(verb="people.token_created").changes["token"] == row.pk


def test_token_is_made_in_the_api_by_a_session_alone(cast, call):
    facts = {"name": "nightly", "scopes": ["read", "write"], "days": 3}

    made = session_api(cast.aminata).post("/api/v1/tokens", facts, format="json")
    refused = call(cast.aminata).post("/api/v1/tokens", facts, format="json")

    assert made.status_code == 201
    assert api_with(made.json()["token"]).get("/api/v1/people/me").status_code == 200
    assert (refused.status_code, refused.json()["code"]) == (403, "session_needed")


def test_text_of_a_token_is_never_kept_for_a_repeated_request(cast):
    client = session_api(cast.aminata)

    made = client.post(
        "/api/v1/tokens",
        {"name": "n", "scopes": ["read"]},
        format="json",
        headers={"Idempotency-Key": "one"},
    )

    assert made.status_code == 201
    assert not KeptAnswer.objects.exists()


def test_token_list_never_shows_texts_nor_digests(cast, call, token):
    (row,) = [
        row
        for row in call(cast.aminata).get("/api/v1/tokens").json()["results"]
        if row["name"] == "nightly"
    ]

    assert set(row) == {"id", "name", "scopes", "created", "expiry"}


@pytest.mark.parametrize(
    ("scopes", "status"),
    [(["read"], (200, 403)), (["write"], (403, 200)), (["import"], (403, 403))],
)
def test_scopes_hold(call, cast, scopes, status):
    client = call(cast.aminata, scopes=scopes)

    read = client.get("/api/v1/people/me")
    written = client.patch("/api/v1/people/me", {"display_name": "Ami"}, format="json")

    assert (read.status_code, written.status_code) == status


def test_token_ends(cast):
    _row, text = actions.create_token(actor=cast.aminata, name="n", scopes=["read"], days=2)

    with time_machine.travel(timezone.now() + timedelta(days=3), tick=False):
        assert api_with(text).get("/api/v1/people/me").status_code == 401


@pytest.mark.parametrize("text", ["", "nonsense", "é" * 20, "a" * 5000, "a b"])
def test_nonsense_is_no_token(db, text):
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {text}".encode().decode("latin-1"))

    assert client.get("/api/v1/people/me").status_code == 401


def test_public_reading_works_without_a_token(cast):
    assert APIClient().get("/api/v1/people/aminata").status_code == 200


@pytest.mark.parametrize(
    ("state", "status"), [("suspended", 200), ("erased", 401), ("imported", 401)]
)
def test_token_follows_the_state_of_its_person(cast, call, state, status):
    client = call(cast.aminata)
    Person.objects.filter(pk=cast.aminata.pk).update(state=state)

    assert client.get("/api/v1/people/me").status_code == status
    assert client.patch("/api/v1/people/me", {}, format="json").status_code in (401, 403)


@pytest.mark.parametrize("face", FACES)
def test_owner_revokes(face, perform, cast, token):
    assert perform(face, cast.aminata, REVOKE, token) == DONE
    assert perform(face, cast.aminata, REVOKE, token) == UNSEEN
    assert not ApiToken.objects.filter(pk=token.pk).exists()


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize(("who", "outcome"), [("omar", UNSEEN), ("panel", UNSEEN)])
def test_others_do_not_see_it(face, perform, cast, token, who, outcome):
    assert perform(face, getattr(cast, who), REVOKE, token) == outcome
    assert ApiToken.objects.filter(pk=token.pk).exists()


@pytest.mark.parametrize("face", FACES)
def test_visitor_signs_in_first(face, perform, token):
    assert perform(face, None, REVOKE, token) == SIGN_IN


@pytest.mark.parametrize(
    "facts", [{"name": " "}, {"scopes": []}, {"scopes": ["all"]}, {"days": 0}, {"days": 400}]
)
def test_nonsense_is_told(browse, cast, facts):
    facts = {"name": "n", "scopes": ["read"], "days": 7, **facts}
    page = browse(cast.aminata).post("/me/tokens", facts)
    answer = session_api(cast.aminata).post("/api/v1/tokens", facts, format="json")

    assert (page.status_code, answer.status_code) == (422, 422)
    assert not ApiToken.objects.exists()


def test_importing_is_for_integrators(browse, cast):
    assert make(browse(cast.aminata), scopes=["import"]).status_code == 422
    assert make(browse(cast.panel), scopes=["import"]).status_code == 200
    assert 'value="import"' not in browse(cast.aminata).get("/me/tokens").content.decode()
    assert 'value="import"' in browse(cast.panel).get("/me/tokens").content.decode()


def test_tokens_are_not_without_number(browse, cast, monkeypatch):
    monkeypatch.setattr("people.actions.tokens.MAX_TOKENS", 2)
    client = browse(cast.aminata)

    assert [make(client).status_code for _one in range(3)] == [200, 200, 409]


def test_token_costs_one_query(call, cast, django_assert_num_queries):
    client = call(cast.omar)

    with django_assert_num_queries(2):
        assert client.get("/api/v1/blocks").status_code == 200


def test_token_says_in_words_what_it_may_do(browse, cast):
    facts = {"name": "panel", "scopes": ["read", "import"], "expiry": timezone.now() + timedelta(1)}
    ApiToken.issue(cast.bao, **facts)
    cast.bao.interface_language = "fr"
    cast.bao.save()

    page = browse(cast.bao).get("/me/tokens").content.decode()

    assert "<span>lire ce que vous pouvez voir, " in page
    assert "read" not in page.split('<ul class="list"')[1].split("</ul>")[0]
