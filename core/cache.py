"""The cache of a larger site: Django's Redis backend, that is fast and may be away.

Django 5.2 makes a client for each command, which takes longer than the command, and a pool of
connections for each thread and each socket.
"""

import logging
from typing import Any, ClassVar

from django.core.cache.backends import redis
from redis.exceptions import ConnectionError, TimeoutError

logger = logging.getLogger(__name__)
AWAY = (ConnectionError, TimeoutError)


class _Client(redis.RedisCacheClient):
    _servers: list[str]
    shared: ClassVar[dict[str, Any]] = {}  # by address: a client and its pool serve all threads

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        address = self._servers[0]
        if address not in self.shared:
            self.shared[address] = super().get_client(key, write=True)
        return self.shared[address]


class RedisCache(redis.RedisCache):
    """One server. While it is away nothing is found and nothing is kept; counting still raises."""

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = _Client

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        try:
            return super().get(key, default, version)
        except AWAY:
            return _missed(default)

    def get_many(self, keys: Any, version: int | None = None) -> Any:
        try:
            return super().get_many(keys, version)
        except AWAY:
            return _missed({})

    def set(self, *args: Any, **kwargs: Any) -> None:
        try:
            super().set(*args, **kwargs)
        except AWAY:
            _missed(None)


def _missed(value: Any) -> Any:
    logger.warning("Redis does not answer.")
    return value
