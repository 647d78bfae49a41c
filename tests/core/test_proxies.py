"""Who is believed when they say that a request came by https."""

import pytest
from django.core import checks
from django.test import RequestFactory

from core import proxies


@pytest.fixture
def behind_tls(settings):
    """A site in production, behind a server on the same machine."""
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.TRUSTED_PROXIES = ["127.0.0.1"]


@pytest.mark.parametrize(
    ("remote", "proto", "status"),
    [
        ("127.0.0.1", "https", 200),
        ("127.0.0.1", "http", 301),
        ("127.0.0.1", None, 301),
        ("192.0.2.7", "https", 301),
        ("", "https", 200),  # a unix socket
    ],
)
@pytest.mark.django_db
def test_https_is_believed_from_a_proxy_we_trust(behind_tls, browse, remote, proto, status):
    headers = {} if proto is None else {"X-Forwarded-Proto": proto}

    answer = browse().get("/about/privacy", headers=headers, REMOTE_ADDR=remote)

    assert answer.status_code == status
    if status == 301:
        assert answer["Location"].startswith("https://")


def test_without_proxies_nobody_is_one(settings):
    settings.TRUSTED_PROXIES = []

    for remote in ("127.0.0.1", ""):
        assert not proxies.is_from_proxy(RequestFactory().get("/", REMOTE_ADDR=remote))


@pytest.mark.parametrize(
    ("production", "secure", "trusted", "warned"),
    [
        (True, True, [], ["core.W001"]),
        (True, True, ["127.0.0.1"], []),
        (True, False, [], []),
        (False, True, [], []),
    ],
)
def test_https_address_without_a_proxy_is_warned_of(settings, production, secure, trusted, warned):
    settings.PRODUCTION, settings.SECURE_PUBLIC = production, secure
    settings.TRUSTED_PROXIES = trusted

    assert [message.id for message in checks.run_checks(tags=[proxies.TAG])] == warned
