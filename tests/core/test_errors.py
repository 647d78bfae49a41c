"""One table of refusals, the same on page, fragment and API."""

import pytest

from core.errors import StaleRevision, check_revision
from tests.core.rooms import REFUSALS

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.core.rooms")]
STATUSES = {
    "refused": 400,
    "not_found": 404,
    "not_allowed": 403,
    "wrong_moment": 409,
    "stale_revision": 409,
    "invalid_input": 422,
    "too_large": 413,
    "too_many": 429,
    "django_404": 404,
    "django_403": 403,
}
CODES = {"django_404": "not_found", "django_403": "not_allowed"}


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(("name", "status"), STATUSES.items())
def test_refusal_has_the_same_status_on_every_face(name, status, method, cast, browse, call):
    browser, program, form = browse(cast.aminata), call(cast.aminata), {"name": name}

    page = getattr(browser, method)("/towns", form)
    fragment = getattr(browser, method)("/towns", form, headers={"HX-Request": "true"})
    api = getattr(program, method)("/api/v1/towns", form)

    assert [page.status_code, fragment.status_code, api.status_code] == [status] * 3
    assert page.content.decode().count("<h1>") == 1
    assert "<html" not in fragment.content.decode()
    assert 'role="alert"' in fragment.content.decode()
    assert api["Content-Type"] == "application/problem+json"
    problem = api.json()
    assert problem["status"] == status
    assert problem["code"] == CODES.get(name, name)
    assert {"type", "title", "status", "detail", "code", "errors", "allowed"} <= set(problem)
    for response in (page, fragment, api):
        assert b"SECRETPLUM" not in response.content


def test_problem_says_what_would_be_possible_and_which_field_is_wrong(cast, call):
    program = call(cast.aminata)

    moment = program.post("/api/v1/towns", {"name": "wrong_moment"}).json()
    stale = program.post("/api/v1/towns", {"name": "stale_revision"}).json()
    invalid = program.post("/api/v1/towns", {"name": "invalid_input"}).json()
    short = program.post("/api/v1/towns", {"name": "D", "population": "many"}).json()

    assert moment["allowed"] == ["reopen"]
    assert (stale["revision"], stale["source"]) == (3, "The newer text")
    assert invalid["errors"] == [
        {"field": "name", "code": "too_short", "detail": "Two letters at least."}
    ]
    assert [(e["field"], e["code"]) for e in short["errors"]] == [
        ("name", "min_length"),
        ("population", "invalid"),
    ]


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_slow_down_says_when_on_every_face(headers, cast, browse, call):
    page = browse(cast.aminata).post("/towns", {"name": "too_many"}, headers=headers)
    api = call(cast.aminata).post("/api/v1/towns", {"name": "too_many"})

    assert page["Retry-After"] == api["Retry-After"] == "7"


def test_page_shows_the_newer_text_of_a_stale_edit(cast, browse):
    page = browse(cast.aminata).post("/towns", {"name": "stale_revision"})

    assert "The newer text" in page.content.decode()


def test_visitor_is_sent_to_sign_in_and_back(browse):
    browser = browse()
    page = browser.get("/towns?name=refused")
    write = browser.post("/towns", {"name": "x"}, headers={"Referer": "http://testserver/nearby"})
    elsewhere = browser.post("/towns", {"name": "x"}, headers={"Referer": "https://evil.example/"})
    fragment = browser.post("/towns", {"name": "x"}, headers={"HX-Request": "true"})

    assert page["Location"] == "/accounts/login/?next=/towns%3Fname%3Drefused"
    assert write["Location"] == "/accounts/login/?next=http%3A//testserver/nearby"
    assert elsewhere["Location"] == "/accounts/login/?next=/"
    assert (fragment.status_code, fragment["HX-Redirect"]) == (401, "/accounts/login/?next=/")


def test_program_without_a_token_is_told_how_to_sign_in(call):
    program = call()
    written = program.post("/api/v1/towns", {"name": "Dakar"})
    false = program.get("/api/v1/towns", {"name": "refused"}, headers={"Authorization": "Token x"})

    for response in (written, false):
        assert (response.status_code, response["WWW-Authenticate"]) == (401, "Token")
        assert response.json()["code"] == "not_signed_in"


@pytest.mark.parametrize("scopes", [["write"], ["read"]])
def test_token_does_only_what_it_was_made_for(scopes, cast, call):
    program = call(cast.aminata, scopes=scopes)

    read = program.get("/api/v1/towns", {"name": "refused"})
    write = program.post("/api/v1/towns", {"name": "Dakar"})

    assert [read.status_code, write.status_code] == (
        [403, 201] if "write" in scopes else [400, 403]
    )
    assert "scope_missing" in {read.json().get("code"), write.json().get("code")}


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"{", "application/json", 400),
        (b'{"name": "\xff"}', "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (rb'{"name": "\ud800"}', "application/json", 400),  # half a character
        (rb'{"\udfff": [{"a": "\ud800"}]}', "application/json", 400),
        (b'{"a":' * 200 + b"1" + b"}" * 200, "application/json", 422),
        (b"[1]", "application/json", 422),
        (b"null", "application/json", 422),
        (b"name=Dakar", "application/x-www-form-urlencoded", 415),
        (b"<a/>", "application/xml", 415),
        (b"--x--", "multipart/form-data; boundary=x", 415),  # for files alone
        (b"", "application/json", 422),
    ],
)
@pytest.mark.parametrize("key", ["", "k1"])
def test_program_that_sends_nonsense_reads_a_problem(body, content_type, status, key, cast, call):
    headers = {"Idempotency-Key": key} if key else {}
    response = call(cast.aminata).post(
        "/api/v1/towns", body, content_type=content_type, headers=headers
    )

    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"


def test_method_that_is_not_there_is_a_problem(cast, call):
    response = call(cast.aminata).delete("/api/v1/towns")

    assert (response.status_code, response.json()["code"]) == (405, "method_not_allowed")


@pytest.mark.urls("core.urls")
def test_thing_can_be_asked_for_by_no_method_but_its_own(cast, call):
    program = call(cast.aminata)

    for answer in (program.options("/api/v1/questions/1"), program.put("/api/v1/mentoring/offers")):
        assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
        assert answer["Allow"]


@pytest.mark.urls("core.urls")
@pytest.mark.parametrize(
    "path", [f"questions/{2**63}", f"tickets/{'9' * 30}", "people/a%00b", "people/%00"]
)
def test_address_that_nothing_can_have_is_not_found(path, cast, browse, call):
    assert browse(cast.aminata).get(f"/{path}").status_code == 404
    assert call(cast.aminata).get(f"/api/v1/{path}").json()["code"] == "not_found"


def test_path_that_leads_nowhere_is_told_in_the_face_s_own_form(browse, call):
    assert "<h1>" in browse().get("/nowhere").content.decode()
    assert call().get("/api/v1/nowhere").json()["code"] == "not_found"


def test_fault_of_ours_tells_nothing_but_that(cast, browse, call):
    browser, program = browse(cast.aminata, raise_request_exception=False), call(cast.aminata)
    program.raise_request_exception = False

    page = browser.get("/towns?name=fault")
    api = program.get("/api/v1/towns", {"name": "fault"})

    assert [page.status_code, api.status_code] == [500, 500]
    assert "<h1>Something broke on our side</h1>" in page.content.decode()
    assert (api["Content-Type"], api.json()["code"]) == ("application/problem+json", "fault")
    assert b"SECRETPLUM" not in page.content + api.content
    assert page["X-Request-ID"]


def test_form_from_another_site_is_refused_in_plain_words(cast, browse):
    page = browse(cast.aminata, enforce_csrf_checks=True).post("/towns", {"name": "Dakar"})

    assert page.status_code == 403
    assert "open for too long" in page.content.decode()


def test_every_refusal_is_told_in_the_readers_language(cast, call):
    told = call(cast.aminata).post(
        "/api/v1/towns", {"name": "not_allowed"}, headers={"Accept-Language": "fr"}
    )

    assert told["Content-Language"] in ("fr", "en")  # the person's own language comes first
    assert set(REFUSALS) == {*STATUSES, "not_signed_in", "fault"}


class Text:
    revision, source = 3, "The newer text"


def test_text_written_on_an_older_revision_is_stale():
    check_revision(Text, 3)
    for revision in (2, 4):
        with pytest.raises(StaleRevision) as stale:
            check_revision(Text, revision)
        assert stale.value.extra == {"revision": 3, "source": "The newer text"}
