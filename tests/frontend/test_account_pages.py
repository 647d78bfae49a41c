"""Sign-up, sign-in and the second step: in our frame, and as the content policy wants them."""

import re

import pytest

SIGNED_OUT = [
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/password/reset/key/1-nonsense/",
    "/accounts/inactive/",
]
SIGNED_IN = [
    "/accounts/logout/",
    "/accounts/email/",
    "/accounts/password/change/",
    "/accounts/reauthenticate/",
    "/accounts/2fa/",
]


def in_our_frame(response) -> str:
    html = str(response.content.decode())
    assert response.status_code == 200, html[:300]
    assert html.count("<h1>") == 1
    assert '<header class="masthead' in html
    assert not re.findall(r"<script(?![^>]*src=)", html)
    assert not re.findall(r"<style|\sstyle=|\son[a-z]+=", html)
    return html


@pytest.mark.parametrize("page", SIGNED_OUT)
def test_visitor_finds_our_frame(browse, db, page):
    in_our_frame(browse().get(page))


@pytest.mark.parametrize("page", SIGNED_IN)
def test_member_finds_our_frame(browse, cast, page):
    cast.aminata.set_password("a password to change")
    cast.aminata.save()

    in_our_frame(browse(cast.aminata).get(page))


def test_wrong_password_is_said_and_what_was_typed_is_kept(browse, cast):
    response = browse().post(
        "/accounts/login/", {"login": "nobody@example.org", "password": "not this"}
    )

    html = in_our_frame(response)
    assert 'role="alert"' in html
    assert 'value="nobody@example.org"' in html
    assert "not this" not in html


def test_a_code_is_said_to_live_as_long_as_it_does(browse, cast, settings):
    assert settings.ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT == 30 * 60
    assert settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT == 15 * 60
    signs_up = {
        "email": "new@example.org",
        "handle": "new-here",
        "display_name": "New",
        "language": "en",
        "password1": "a long new password",
    }

    new = browse().post("/accounts/signup/", signs_up, follow=True)
    known = browse().post("/accounts/login/code/", {"email": "bao@people.example"}, follow=True)

    assert "It is valid for half an hour." in in_our_frame(new)
    assert "It is valid for a quarter of an hour." in in_our_frame(known)
