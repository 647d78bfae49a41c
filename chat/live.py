"""Who listens in this process, and how they learn that a room has grown.

A hint is sent after commit by the process that wrote; once a second every process compares heads
with the database in one query, so that a lost hint heals. Each listener keeps a cursor and is
given what comes after it, in order, read from the database.
"""

import asyncio
import contextlib
from collections.abc import Coroutine, Iterable
from contextvars import Context
from typing import Any, Protocol

from channels.db import database_sync_to_async

from chat.queries import heads

SWEEP_SECONDS = 1.0


class Listener(Protocol):
    """A connection that follows rooms."""

    async def catch_up(self, room_id: int, head: int) -> None:
        """Send everything up to head that was not sent yet."""

    async def check_rights(self) -> None:
        """Leave every room that may not be entered any more."""


class Hub:
    """The listeners of one process; used from its event loop alone, but for `hint`."""

    def __init__(self) -> None:
        self.listeners: dict[int, set[Listener]] = {}
        self.heads: dict[int, int] = {}
        self.loop: asyncio.AbstractEventLoop | None = None
        self.sweeper: asyncio.Task[None] | None = None
        self.deliveries: set[asyncio.Task[None]] = set()

    def join(self, room_id: int, listener: Listener) -> None:
        """Add a listener; the sweep runs while there are any."""
        self.loop = asyncio.get_running_loop()
        self.listeners.setdefault(room_id, set()).add(listener)
        if self.sweeper is None or self.sweeper.done():
            self.sweeper = self.loop.create_task(self._sweep())

    def leave(self, room_id: int, listener: Listener) -> None:
        """Take a listener out."""
        found = self.listeners.get(room_id, set())
        found.discard(listener)
        if not found:
            self.listeners.pop(room_id, None)
            self.heads.pop(room_id, None)
        if not self.listeners and self.sweeper is not None:
            self.sweeper.cancel()
            self.sweeper = None

    def grown(self, room_id: int, head: int) -> None:
        """Let the listeners of a room catch up, each in a task of its own: no one waits for one."""
        if head <= self.heads.get(room_id, 0):
            return
        self.heads[room_id] = head
        for listener in tuple(self.listeners.get(room_id, ())):
            self._start(listener.catch_up(room_id, head))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work, context=Context())
        self.deliveries.add(task)
        task.add_done_callback(self.deliveries.discard)

    async def _sweep(self) -> None:
        """Compare heads, and rights, once a second."""
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            found = await database_sync_to_async(heads)(list(self.listeners))
            for room_id, head in found.items():
                self.grown(room_id, head)
            for listener in self._everyone():
                self._start(listener.check_rights())

    def _everyone(self) -> Iterable[Listener]:
        return set().union(*self.listeners.values()) if self.listeners else set()


hub = Hub()


def hint(room_id: int, head: int) -> None:
    """Tell this process's listeners, from any thread, that a room has grown."""
    loop = hub.loop
    if loop is not None and room_id in hub.listeners:
        with contextlib.suppress(RuntimeError):  # the loop is closing: the next one will sweep
            # A fresh context: the writer's would tie deliveries to its own database thread.
            loop.call_soon_threadsafe(hub.grown, room_id, head, context=Context())
