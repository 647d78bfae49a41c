"""What core does in fewer steps than Django: the same is done."""

import re
from collections import Counter
from threading import Thread

import pytest
from django.middleware import csrf
from django.test import Client
from django.utils import timezone, translation

from core.csrf import SIGNS, chance, masked


def test_masked_token_is_one_that_django_takes_apart():
    secret = chance()

    first, second = masked(secret), masked(secret)

    assert first != second
    assert csrf._unmask_cipher_token(first) == csrf._unmask_cipher_token(second) == secret
    assert csrf._does_token_match(first, secret)
    assert not csrf._does_token_match(masked(chance()), secret)


def test_each_sign_of_a_mask_is_as_likely_as_any_other():
    drawn = Counter(chance(62 * 2_000))

    assert set(drawn) == set(SIGNS)
    # Five deviations of 2,000 each: once in ten thousand runs.
    assert all(abs(count - 2_000) < 5 * 2_000**0.5 for count in drawn.values())


@pytest.mark.django_db
def test_django_masks_so_and_holds_what_is_sent_against_it():
    client = Client(enforce_csrf_checks=True)
    page = client.get("/accounts/login/").content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w{64})"', page)[1]

    refused = client.post("/accounts/login/", {"login": "x"})
    taken = client.post("/accounts/login/", {"login": "x", "csrfmiddlewaretoken": token})

    assert refused.status_code == 403
    assert taken.status_code != 403
    assert csrf._mask_cipher_secret is masked


def test_what_is_active_in_one_thread_is_not_in_another():
    seen = []

    def look():
        seen.append((translation.get_language(), timezone.get_current_timezone_name()))

    before = (translation.get_language(), timezone.get_current_timezone_name())
    with translation.override("fr"), timezone.override("Asia/Tokyo"):
        look()
        other = Thread(target=look)
        other.start()
        other.join()
        with translation.override(None):
            assert translation.get_language() is None
        assert translation.get_language() == "fr"
    look()

    assert seen[0] == ("fr", "Asia/Tokyo")
    assert seen[1][0] == "en"
    assert seen[1][1] == timezone.get_default_timezone_name()
    assert seen[2] == before


def test_nothing_active_is_as_django_says_it():
    translation.deactivate()

    assert translation.get_language() == "en"
    with pytest.raises(AttributeError):
        translation.trans_real._active.value  # noqa: B018
