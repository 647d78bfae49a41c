"""The account's API: what its pages do, for programs; the tasks' worker really sends."""

import json

import pytest
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.mfa.utils import is_mfa_enabled
from django.test import Client

from people.models import Person
from tests.people.test_accounts import code_in, letters  # noqa: F401  (a fixture)

AUTH = "/accounts/api/app/v1/auth"
ACCOUNT = "/accounts/api/app/v1/account"
PASSWORD = "olive-terracotta-9"
NEWCOMER = {
    "email": "zoe@mail.example",
    "handle": "Zoë",
    "display_name": "Zoë Martin",
    "language": "fr",
    "password": PASSWORD,
}


class Program:
    """A program that signs somebody in: it sends back the session token it was given last."""

    def __init__(self) -> None:
        self.client, self.token = Client(enforce_csrf_checks=True), ""

    def asks(self, method: str, path: str, body: dict | None = None):
        headers = {"X-Session-Token": self.token} if self.token else {}
        send = getattr(self.client, method)
        found = send(path, body or {}, content_type="application/json", headers=headers)
        return self._answered(found)

    def _answered(self, found):
        meta = found.json().get("meta", {}) if "json" in found["Content-Type"] else {}
        self.token = meta.get("session_token", self.token)
        return found

    def reads(self, path: str):
        return self._answered(self.client.get(path, headers={"X-Session-Token": self.token}))


def has_password(person: Person) -> None:
    person.set_password(PASSWORD)
    person.save()


def signed_up(letters) -> Program:  # noqa: F811
    program = Program()
    assert program.asks("post", f"{AUTH}/signup", NEWCOMER).status_code == 401  # unproven yet
    (letter,) = letters()
    found = program.asks("post", f"{AUTH}/email/verify", {"key": code_in(letter)})
    assert found.status_code == 200, found.content
    return program


@pytest.mark.django_db
def test_newcomer_signs_up_proves_the_address_and_uses_the_api(letters):  # noqa: F811
    program = signed_up(letters)

    person = Person.objects.get(handle_folded="zoë")
    assert (person.state, person.display_name) == ("active", "Zoë Martin")
    assert [row.language for row in person.languages.all()] == ["fr"]
    assert program.reads("/api/v1/people/me").json()["handle"] == "Zoë"
    made = program.asks("post", "/api/v1/tokens", {"name": "a program", "scopes": ["read"]})
    assert made.status_code == 201, made.content
    lasting = {"Authorization": f"Token {made.json()['token']}"}
    assert Client().get("/api/v1/people/me", headers=lasting).json()["handle"] == "Zoë"


@pytest.mark.django_db
def test_unproven_address_opens_nothing(letters):  # noqa: F811
    program = Program()
    program.asks("post", f"{AUTH}/signup", NEWCOMER)
    assert program.token
    assert program.reads("/api/v1/people/me").status_code == 401
    letters()
    wrong = program.asks("post", f"{AUTH}/email/verify", {"key": "AAAAAA"})
    assert wrong.status_code == 400
    assert Person.objects.get(handle_folded="zoë").state == "stub"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("handle", "bao", "taken"),
        ("handle", "no spaces here", "characters"),
        ("display_name", "", "required"),
        ("language", "xx", "invalid_choice"),
        ("password", "12345", "password_too_short"),
    ],
)
def test_what_the_page_refuses_is_refused_by_field(cast, field, value, code):
    refused = Program().asks("post", f"{AUTH}/signup", {**NEWCOMER, field: value})
    assert refused.status_code == 400
    assert (field, code) in {(e["param"], e["code"]) for e in refused.json()["errors"]}
    assert not Person.objects.filter(handle_folded="zoë").exists()


@pytest.mark.django_db
def test_two_at_once_with_one_handle_one_wins(cast, monkeypatch):
    monkeypatch.setattr(
        "people.signing_up.Person.objects.filter", lambda **_: Person.objects.none()
    )
    refused = Program().asks("post", f"{AUTH}/signup", {**NEWCOMER, "handle": "bao"})
    assert refused.status_code == 422
    assert refused["Content-Type"] == "application/problem+json"
    assert refused.json()["errors"][0]["field"] == "handle"


@pytest.mark.django_db
def test_member_signs_in_and_out(cast):
    has_password(cast.bao)
    program = Program()
    wrong = {"email": "bao@people.example", "password": "not this one"}
    assert program.asks("post", f"{AUTH}/login", wrong).status_code == 400
    right = {"email": "bao@people.example", "password": PASSWORD}
    assert program.asks("post", f"{AUTH}/login", right).status_code == 200
    assert program.reads("/api/v1/people/me").json()["handle"] == "bao"

    assert program.asks("delete", f"{AUTH}/session").status_code == 401
    ended = program.reads("/api/v1/people/me")
    assert ended.status_code == 401
    assert ended["Content-Type"] == "application/problem+json"


@pytest.mark.django_db
def test_member_resets_the_password_by_mail(cast, letters):  # noqa: F811
    asked = Program().asks("post", f"{AUTH}/password/request", {"email": "bao@people.example"})
    assert asked.status_code in (200, 401)
    (letter,) = letters()
    key = letter.body.partition("/accounts/password/reset/key/")[2].partition("/")[0]
    changed = Program().asks("post", f"{AUTH}/password/reset", {"key": key, "password": PASSWORD})
    assert changed.status_code in (200, 401), changed.content

    program = Program()
    said = {"email": "bao@people.example", "password": PASSWORD}
    assert program.asks("post", f"{AUTH}/login", said).status_code == 200


@pytest.mark.django_db
def test_staff_without_a_second_factor_set_it_up_first(cast, settings):
    settings.SECOND_FACTOR_FOR_STAFF = True
    has_password(cast.moira)
    program = Program()
    program.asks("post", f"{AUTH}/login", {"email": "moira@people.example", "password": PASSWORD})
    refused = program.reads("/api/v1/people/me")
    assert (refused.status_code, refused.json()["code"]) == (403, "second_factor_needed")

    shown = program.reads(f"{ACCOUNT}/authenticators/totp")
    assert shown.status_code == 404  # none yet
    secret = shown.json()["meta"]["secret"]
    counter = next(iter(yield_hotp_counters_from_time()))
    code = format_hotp_value(hotp_value(secret, counter))
    # As on the pages: what guards an account is changed by who has just shown the password.
    assert program.asks("post", f"{AUTH}/reauthenticate", {"password": PASSWORD}).status_code == 200
    made = program.asks("post", f"{ACCOUNT}/authenticators/totp", {"code": code})
    assert made.status_code == 200, made.content
    assert program.reads("/api/v1/people/me").json()["handle"] == "moira"

    kept = program.asks("delete", f"{ACCOUNT}/authenticators/totp")
    assert (kept.status_code, kept.json()["code"]) == (403, "not_allowed")
    assert is_mfa_enabled(cast.moira)


@pytest.mark.django_db
def test_who_needs_no_second_factor_takes_it_off(cast, settings):
    has_password(cast.bao)
    program = Program()
    program.asks("post", f"{AUTH}/login", {"email": "bao@people.example", "password": PASSWORD})
    secret = program.reads(f"{ACCOUNT}/authenticators/totp").json()["meta"]["secret"]
    assert program.asks("post", f"{AUTH}/reauthenticate", {"password": PASSWORD}).status_code == 200
    code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    program.asks("post", f"{ACCOUNT}/authenticators/totp", {"code": code})
    assert is_mfa_enabled(cast.bao)

    assert program.asks("delete", f"{ACCOUNT}/authenticators/totp").status_code == 200
    assert not is_mfa_enabled(cast.bao)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "body",
    [b'{"email": "a@b.example", "password": "\\ud800abcdefgh"}', b"[" * 200_000, b"\xff", b"{"],
)
@pytest.mark.parametrize("path", ["signup", "login"])
def test_what_is_no_json_for_us_is_refused(client, path, body):
    refused = client.post(f"{AUTH}/{path}", body, content_type="application/json")
    assert refused.status_code == 400


@pytest.mark.django_db
def test_pace_of_an_unknown_session_token_is_that_of_its_address(cast, settings):
    settings.WRITES_PER_MINUTE = 2
    for _ in range(20):
        assert Program().asks("post", f"{AUTH}/login", {}).status_code in (400, 429)
    refused = Program().asks("post", f"{AUTH}/login", {})
    assert refused.status_code == 429
    assert refused["Content-Type"] == "application/problem+json"


@pytest.mark.django_db
def test_description_is_served_and_names_what_signs_in(client):
    described = client.get("/accounts/api/openapi.json").json()
    assert client.get("/accounts/api/openapi.yaml").json() == described
    assert "handle" in json.dumps(described["components"])
    assert any(path.endswith("/auth/login") for path in described["paths"])
    assert "/accounts/api/openapi.json" in client.get("/api/v1/openapi.yaml").getvalue().decode()
    assert client.get("/accounts/api/openapi.html").status_code == 404
