"""The tutorial's way, for negative controls: a group a room, each message sent to it once.

No number is asked for, nothing is resumed. Served by Daphne as our own application is.
"""

from typing import Any

from asgiref.sync import async_to_sync
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from channels.layers import get_channel_layer
from channels.routing import ProtocolTypeRouter

from core.asgi import pages
from core.sockets import checked

from chat import live  # isort: skip  # after Django is set up
from chat.models import ChatMessage  # isort: skip


class NaiveConsumer(AsyncJsonWebsocketConsumer):  # type: ignore[misc]
    async def receive_json(self, content: Any, **kwargs: Any) -> None:
        if content["type"] == "subscribe":
            await self.channel_layer.group_add(f"room-{content['room']}", self.channel_name)
            await self.send_json({"type": "sync"})

    async def said(self, message: Any) -> None:
        await self.send_json({**message, "type": "event"})


def say(room_id: int, head: int) -> None:
    message = ChatMessage.objects.get(room=room_id, number=head)
    facts = {"type": "said", "number": head, "client_id": message.client_id}
    async_to_sync(get_channel_layer().group_send)(f"room-{room_id}", facts)


live.hint = say
application = ProtocolTypeRouter({"http": pages, "websocket": checked(NaiveConsumer.as_asgi())})
