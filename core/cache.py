"""The cache of a larger site: Django's Redis backend, that is fast and may be away.

Django 5.2 makes a client for each command, which takes longer than the command, and a pool of
connections for each thread and each socket.
"""

import logging
import time
from collections.abc import Callable
from typing import Any, ClassVar

from django.core.cache.backends import redis
from redis.exceptions import ConnectionError, OutOfMemoryError, TimeoutError

logger = logging.getLogger(__name__)
AWAY = (ConnectionError, TimeoutError, OutOfMemoryError)
# The same as core.limits._drawn, in one step for all processes.
DRAW = """
local now, gap, burst = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local full_at = tonumber(redis.call('GET', KEYS[1]) or '0')
full_at = math.max(now, full_at)
if full_at > now + 2 * gap * burst then full_at = now end
local wait = full_at - now - gap * (burst - 1)
if wait > 0 then return wait end
redis.call('SET', KEYS[1], full_at + gap, 'PX', gap * burst)
return 0
"""
AGAIN_SECONDS = 1.0  # one that hangs is not waited for by every request


class _Client(redis.RedisCacheClient):
    _servers: list[str]
    shared: ClassVar[dict[str, Any]] = {}  # by address: a client and its pool serve all threads

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        address = self._servers[0]
        if address not in self.shared:
            self.shared[address] = super().get_client(key, write=True)
        return self.shared[address]

    def count(self, keys: dict[str, int]) -> list[int]:
        """Add one to each key, which lasts for so many seconds; return the counts. One round."""
        with self.get_client(write=True).pipeline(transaction=False) as line:
            for key, seconds in keys.items():
                line.incr(key)
                line.expire(key, seconds)
            return [int(answer) for answer in line.execute()[::2]]

    def draw(self, key: str, now: int, gap: int, burst: int) -> int:
        """Take a token of a bucket (core.limits.draw); return the milliseconds to wait for one."""
        return int(self.get_client(write=True).eval(DRAW, 1, key, now, gap, burst))


class RedisCache(redis.RedisCache):
    """One server. While it is away nothing is found and nothing is kept; `incr` still raises."""

    _servers: list[str]
    away_until: ClassVar[dict[str, float]] = {}  # by address

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = _Client

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return self._asked(lambda: super(RedisCache, self).get(key, default, version), default)

    def get_many(self, keys: Any, version: int | None = None) -> Any:
        return self._asked(lambda: super(RedisCache, self).get_many(keys, version), {})

    def set(self, *args: Any, **kwargs: Any) -> None:
        self._asked(lambda: super(RedisCache, self).set(*args, **kwargs), None)

    def count(self, keys: dict[str, int]) -> list[int] | None:
        """Add one to each key, which lasts for so many seconds; return the counts. One round.

        None while Redis is away.
        """
        client: Any = self._cache
        kept = {self.make_and_validate_key(key): seconds for key, seconds in keys.items()}
        counts: list[int] | None = self._asked(lambda: client.count(kept), None)
        return counts

    def draw(self, key: str, now: int, gap: int, burst: int) -> int | None:
        """Take a token of a bucket (core.limits.draw); None while Redis is away."""
        client: Any = self._cache
        kept = self.make_and_validate_key(key)
        wait: int | None = self._asked(lambda: client.draw(kept, now, gap, burst), None)
        return wait

    def _asked(self, work: Callable[[], Any], without: Any) -> Any:
        """Return what the work returns, or while Redis is away what goes without it."""
        address = self._servers[0]
        if time.monotonic() < self.away_until.get(address, 0.0):
            return without
        try:
            return work()
        except AWAY:
            self.away_until[address] = time.monotonic() + AGAIN_SECONDS
            logger.warning("Redis does not answer.")
            return without
