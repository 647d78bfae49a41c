"""Threads with database connections of their own, for what runs on an event loop.

Channels' own way shares one thread between all that is asked in one context, and takes a thread
hop for each message to close connections. Here a job is one hop, and connections stay.
"""

import asyncio
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, ParamSpec, TypeVar

from django.db import Error, close_old_connections, connections

from core.databases import LANE_THREADS

P = ParamSpec("P")
R = TypeVar("R")
RENEWED_SECONDS = 60.0
TRIES = 3  # a restarted database leaves a pool with dead connections
_lanes: "list[Lane]" = []


class Lane:
    """A few threads that do one job after another; started by the first job.

    Jobs only read, for one that stumbles over its connection is done again with a new one.
    """

    def __init__(self, name: str, *, threads: int) -> None:
        self.name = name
        self.most = threads
        self.threads: list[threading.Thread] = []
        self.jobs: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.lock = threading.Lock()
        _lanes.append(self)

    async def run(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Do the work in one of the threads. Raises what it raises."""
        future: Future[R] = Future()
        self._start()
        self.jobs.put((future, work, args, kwargs))
        return await asyncio.wrap_future(future)

    def close(self) -> None:
        """End the threads and their connections; the next job starts others."""
        with self.lock:
            threads, self.threads = self.threads, []
            for _thread in threads:
                self.jobs.put(None)
        for thread in threads:
            thread.join()

    def _start(self) -> None:
        with self.lock:
            while len(self.threads) < self.most:
                name = f"{self.name}-{len(self.threads)}"
                thread = threading.Thread(target=self._work, name=name, daemon=True)
                self.threads.append(thread)
                thread.start()

    def _work(self) -> None:
        renewed = time.monotonic()
        try:
            while (job := self.jobs.get()) is not None:
                if time.monotonic() - renewed > RENEWED_SECONDS:
                    connections.close_all()
                    renewed = time.monotonic()
                self._do(*job)
                del job  # else the last one lives until the next comes
        finally:
            connections.close_all()

    def _do(self, future: "Future[Any]", work: Callable[..., Any], args: Any, kwargs: Any) -> None:
        if not future.set_running_or_notify_cancel():
            return
        try:
            future.set_result(_tried(work, args, kwargs))
        except BaseException as error:  # it is whoever waits that must hear of it
            future.set_exception(error)


def _tried(work: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    for _time in range(TRIES - 1):
        try:
            return work(*args, **kwargs)
        except Error:
            close_old_connections()
            if all(one.connection is not None for one in connections.all(initialized_only=True)):
                raise  # the connection is well: the statement was not
    return work(*args, **kwargs)


def close_all() -> None:
    """End the threads of every lane."""
    for lane in _lanes:
        lane.close()


reader = Lane("reader", threads=LANE_THREADS["reader"])
# What is looked after by the clock, and nobody waits for.
keeper = Lane("keeper", threads=LANE_THREADS["keeper"])
# What was slow the last time: it waits for its like.
apart = Lane("apart", threads=LANE_THREADS["apart"])
