"""Staff roles need a second factor, on the pages, in the API and in the back office."""

import re

import pytest
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core import mail
from django.test import Client

from people import accounts
from people.models import Person, RoleGrant

PASSWORD = "olive-terracotta-9"


def sign_in(client, person):
    return client.post(
        "/accounts/login/", {"login": f"{person.handle}@people.example", "password": PASSWORD}
    )


def is_signed_in(client) -> bool:
    return client.get("/me/notices").status_code == 200


def with_totp(person: Person) -> str:
    secret = generate_totp_secret()
    TOTP.activate(person, secret)
    return secret


def totp_now(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


@pytest.fixture
def strict(settings):
    settings.SECOND_FACTOR_FOR_STAFF = True


def test_agent_without_second_factor_is_sent_to_set_one_up(strict, browse, call, cast):
    client = browse(cast.nadia)

    assert client.get("/me/notices")["Location"] == "/accounts/2fa/totp/activate/"
    assert client.get("/api/v1/notices").json()["code"] == "second_factor_needed"
    assert call(cast.nadia).get("/api/v1/notices").json()["code"] == "second_factor_needed"
    assert client.post("/language", {"language": "fr"}).status_code == 302


def test_members_and_helpers_need_no_second_factor(strict, browse, call, cast):
    assert is_signed_in(browse(cast.aminata))
    assert is_signed_in(browse(cast.bao))
    assert call(cast.bao).get("/api/v1/notices").status_code == 200


def test_role_for_one_queue_needs_it_too(strict, browse, cast):
    RoleGrant.objects.create(person=cast.omar, role="agent", queue_id=5)

    assert browse(cast.omar).get("/me/notices").status_code == 302


def test_agent_signs_in_with_both_factors(strict, browse, cast):
    cast.nadia.set_password(PASSWORD)
    cast.nadia.save()
    secret = with_totp(cast.nadia)
    client = browse()

    response = sign_in(client, cast.nadia)
    assert response["Location"].startswith("/accounts/2fa/authenticate/")
    assert not is_signed_in(client)
    client.post("/accounts/2fa/authenticate/", {"code": totp_now(secret)})

    assert is_signed_in(client)


def test_staff_cannot_take_the_second_factor_off(strict, cast):
    with_totp(cast.nadia)
    with_totp(cast.aminata)
    adapter = accounts.SecondFactorAdapter()

    assert not adapter.can_delete_authenticator(cast.nadia.authenticator_set.get())
    assert adapter.can_delete_authenticator(cast.aminata.authenticator_set.get())


def test_back_office_asks_for_our_sign_in(strict, browse, db):
    admin = Person.objects.create_superuser("root-admin", PASSWORD)

    assert browse().get("/back-office/")["Location"].startswith("/back-office/login/")
    assert browse().get("/back-office/login/")["Location"].startswith("/accounts/login/")
    assert browse(admin).get("/back-office/")["Location"] == "/accounts/2fa/totp/activate/"


def test_second_factor_pages_open(browse, cast):
    """The page that sets it up asks for the password first."""
    cast.nadia.set_password(PASSWORD)
    cast.nadia.save()
    client = browse()
    sign_in(client, cast.nadia)

    asks = client.get("/accounts/2fa/totp/activate/")
    assert asks["Location"].startswith("/accounts/reauthenticate/")
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert client.get("/accounts/2fa/totp/activate/").status_code == 200


@pytest.mark.django_db(transaction=True)  # what is said and sent waits for the commit
def test_code_app_has_one_name_on_pages_and_in_mails(cast, run_tasks):
    cast.nadia.set_password(PASSWORD)
    cast.nadia.interface_language = "fr"
    cast.nadia.save()
    client = Client(headers={"accept-language": "fr"})
    sign_in(client, cast.nadia)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})

    page = client.get("/accounts/2fa/totp/activate/").content.decode()
    secret = re.search(r"<code>([A-Z2-7]+)</code>", page).group(1)
    done = client.post("/accounts/2fa/totp/activate/", {"code": totp_now(secret)}, follow=True)
    run_tasks()
    told = mail.outbox[-1]

    assert "Le code de votre application" in page
    assert "L’application de codes est activée." in done.content.decode()
    assert told.subject == "L’application de codes est activée."
    assert "L’application de codes est activée." in told.body
    for text in (page, done.content.decode(), told.body):
        assert "uthentifica" not in text


@pytest.mark.parametrize("path", ["signup/", "login/", "password/reset/", "login/code/"])
def test_a_mail_address_is_called_alike_on_every_form(db, path):
    page = Client(headers={"accept-language": "fr"}).get(f"/accounts/{path}").content.decode()

    assert ">E-mail<" in page
    assert "ourriel" not in page
