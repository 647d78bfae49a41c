"""Redis may be away: pages are then read without it."""

import socket
import uuid

import pytest

pytest.importorskip("redis")
from redis.exceptions import ConnectionError

from core.cache import RedisCache, _Client
from core.errors import TooMany
from core.limits import draw, spend


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


def test_each_process_counts_for_itself_while_redis_is_away(settings):
    settings.CACHES = {
        "default": {"BACKEND": "core.cache.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"},
    }
    who = uuid.uuid4().hex

    for _time in range(3):
        spend(who, "test", 3, 3600)

    with pytest.raises(TooMany):
        spend(who, "test", 3, 3600)

    for _time in range(3):
        draw(who, "test", a_second=0.001, burst=3)
    with pytest.raises(TooMany):
        draw(who, "test", a_second=0.001, burst=3)


def test_redis_that_hangs_is_asked_once_a_second(away):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        hung = RedisCache(address, {"OPTIONS": {"socket_timeout": 0.1}})
        hung.get("a")

        assert address in hung.away_until
        hung._class = None  # who asks it now fails
        assert hung.get("b", "default") == "default"
