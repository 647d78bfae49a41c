"""Between processes: one channel of the layer a process, in one group. Everything is a hint.

What is told goes out from a thread of its own: whoever commits never waits for Redis, and while
Redis is away what is told is lost. The sweep of each process heals that (chat.live).
"""

import asyncio
import contextlib
import logging
import os
import threading
from collections import deque
from collections.abc import Callable
from typing import Any

from channels.layers import InMemoryChannelLayer, get_channel_layer

GROUP = "live"
SENT_SECONDS = 1.0
AGAIN_SECONDS = 0.5
JOINED_SECONDS = 5.0  # a flushed Redis has forgotten the group
MOST_WAITING = 200
logger = logging.getLogger(__name__)

Message = dict[str, Any]


def shared_layer() -> Any:
    """Return the layer that reaches other processes, None where there is none."""
    layer = get_channel_layer()
    return None if layer is None or isinstance(layer, InMemoryChannelLayer) else layer


class Herald:
    """Tells the other processes, from any thread, without waiting."""

    def __init__(self) -> None:
        self.heads: dict[int, int] = {}
        self.lines: dict[int, int] = {}
        self.name = ""  # of the hub whose lines these are
        self.waiting: deque[Message] = deque(maxlen=MOST_WAITING)
        self.lock = threading.Lock()
        self.thread: threading.Thread | None = None
        self.process = 0
        self.woken = threading.Event()
        self.is_over = False

    def tell_head(self, room_id: int, head: int) -> None:
        """Tell how far a room has grown; of several tellings that wait the last goes out."""
        with self.lock:
            self.heads[room_id] = max(head, self.heads.get(room_id, 0))
        self._wake()

    def tell_lines(self, process: str, person_id: int, count: int) -> None:
        """Tell how many lines a person has in this process; of several tellings the last."""
        with self.lock:
            if process != self.name:
                self.name, self.lines = process, {}
            self.lines[person_id] = count
        self._wake()

    def tell(self, message: Message) -> None:
        """Tell anything else; the oldest that still waits gives way."""
        self.waiting.append(message)
        self._wake()

    def close(self) -> None:
        """End the thread; the next telling starts another."""
        thread, self.thread = self.thread, None
        if thread is not None and self.process == os.getpid():
            self.is_over = True
            self.woken.set()
            thread.join()
            self.is_over = False

    def _wake(self) -> None:
        if shared_layer() is None:
            self.heads.clear()
            self.lines.clear()
            self.waiting.clear()
            return
        with self.lock:
            if self.thread is None or self.process != os.getpid():  # a server forks
                self.process, self.woken = os.getpid(), threading.Event()
                self.thread = threading.Thread(target=self._work, name="herald", daemon=True)
                self.thread.start()
        self.woken.set()

    def _work(self) -> None:
        with asyncio.Runner() as runner:
            while True:
                self.woken.wait()
                if self.is_over:
                    return
                self.woken.clear()
                runner.run(self._send())

    async def _send(self) -> None:
        with self.lock:
            heads, self.heads = self.heads, {}
            lines, self.lines = self.lines, {}
        messages: list[Message] = []
        if heads:
            messages.append({"type": "live.heads", "heads": [list(pair) for pair in heads.items()]})
        if lines:
            told = [list(pair) for pair in lines.items()]
            messages.append({"type": "live.lines", "process": self.name, "lines": told})
        while self.waiting:
            messages.append(self.waiting.popleft())
        layer = shared_layer()
        for message in messages if layer is not None else ():
            try:
                await asyncio.wait_for(layer.group_send(GROUP, message), SENT_SECONDS)
            except Exception as error:  # Redis is away, full or slow: the sweep heals
                logger.info("A hint was lost: %s", type(error).__name__)
                return


async def listen(hear: Callable[[Message], None]) -> None:
    """Hear what other processes tell, until cancelled; through every outage of the layer."""
    layer = shared_layer()
    if layer is None:
        return
    channel = await layer.new_channel("live")
    joining = asyncio.create_task(_stay(layer, channel))
    try:
        while True:
            try:
                hear(await layer.receive(channel))
            except Exception as error:  # Redis is away; nothing it says is needed
                logger.info("The live layer is away: %s", type(error).__name__)
                await asyncio.sleep(AGAIN_SECONDS)
    finally:
        joining.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await joining


async def _stay(layer: Any, channel: str) -> None:
    """Be in the group, again and again."""
    while True:
        wait = JOINED_SECONDS
        try:
            await asyncio.wait_for(layer.group_add(GROUP, channel), SENT_SECONDS)
        except Exception:  # as above
            wait = AGAIN_SECONDS
        await asyncio.sleep(wait)


herald = Herald()
