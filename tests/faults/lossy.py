"""Our own application with a layer that drops half of the messages, and says nothing of it."""

import random
from typing import Any

from channels_redis.core import RedisChannelLayer

from core.asgi import application

__all__ = ["application"]
chance = random.Random(1)
send = RedisChannelLayer.group_send


async def dropping(self: Any, group: str, message: Any) -> None:
    if chance.random() < 0.5:
        await send(self, group, message)


RedisChannelLayer.group_send = dropping
