"""Redis may be away: pages are then read without it."""

import pytest

pytest.importorskip("redis")
from redis.exceptions import ConnectionError

from core.cache import RedisCache, _Client


@pytest.fixture
def away():
    return RedisCache("redis://127.0.0.1:1/0", {})


def test_nothing_is_found_and_nothing_kept_while_redis_is_away(away):
    away.set("a", 1)

    assert away.get("a") is None
    assert away.get("a", "default") == "default"
    assert away.get_many(["a", "b"]) == {}


def test_counting_says_that_redis_is_away(away):
    with pytest.raises(ConnectionError):
        away.incr("a")


def test_page_is_answered_while_redis_is_away(settings, browse, db):
    settings.CACHES = {
        **settings.CACHES,
        "pages": {"BACKEND": "core.cache.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"},
    }

    assert browse().get("/questions").status_code == 200


def test_caches_of_one_server_share_a_client(away):
    other = RedisCache("redis://127.0.0.1:1/0", {})

    assert away._cache.get_client() is other._cache.get_client()
    assert _Client.shared
