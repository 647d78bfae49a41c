"""SQLite, whose writers take turns.

SQLite gives its one write lock to whoever asks at the right moment, and who waits asks every
100 ms. A writer that begins its next transaction at once after its last leaves others no such
moment: one waited 20 s in vain ("database is locked"). So whoever wants to write first waits for
a turn, an advisory lock beside the database, and keeps it until the write lock is theirs: who has
just written stands behind them. The kernel gives back the turn of a process that died.
"""

import fcntl
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.backends.sqlite3 import base

from core import accents

ASKED_AGAIN_SECONDS = 0.001
WRITES = ("BEGIN", "INSERT", "UPDATE", "DELETE", "REPLACE")


class Turn:
    """The turn to write into one database, of one connection."""

    def __init__(self, database: str, timeout_seconds: float) -> None:
        self.path = f"{database}-turn"
        self.timeout_seconds = timeout_seconds
        self.file = -1

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Wait for the turn and hold it. Raises OperationalError when it does not come in time."""
        if self.file < 0:
            self.file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        end = time.monotonic() + self.timeout_seconds
        while not self._take():
            if time.monotonic() > end:
                raise sqlite3.OperationalError("database is locked")
            time.sleep(ASKED_AGAIN_SECONDS)
        try:
            yield
        finally:
            fcntl.flock(self.file, fcntl.LOCK_UN)

    def _take(self) -> bool:
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def close(self) -> None:
        if self.file >= 0:
            os.close(self.file)
            self.file = -1


class Cursor(base.SQLiteCursorWrapper):
    """A cursor whose writes take the turn, but for those in a transaction that has it."""

    turn: Turn | None = None

    def execute(self, query: str, params: Any = None) -> Any:
        if self.turn is None or self.connection.in_transaction or not query.startswith(WRITES):
            return super().execute(query, params)
        with self.turn.taken():
            return super().execute(query, params)

    def executemany(self, query: str, param_list: Any) -> Any:
        if self.turn is None or self.connection.in_transaction:
            return super().executemany(query, param_list)
        with self.turn.taken():
            return super().executemany(query, param_list)


def _folded(text: str | None) -> str | None:
    return None if text is None else accents.folded(text)


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that takes turns with all others to the same file."""

    turn: Turn | None = None

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        if not self.is_in_memory_db():
            timeout = float(conn_params.get("timeout", 5.0))
            self.turn = Turn(str(conn_params["database"]), timeout)
        connection = super().get_new_connection(conn_params)
        connection.create_function("FOLDED", 1, _folded, deterministic=True)
        return connection

    def create_cursor(self, name: str | None = None) -> Any:
        cursor = self.connection.cursor(factory=Cursor)
        cursor.turn = self.turn
        return cursor

    def is_usable(self) -> bool:
        """Return whether the connection still works, which Django believes of every one."""
        try:
            self.connection.execute("SELECT 1")
        except sqlite3.Error:
            return False
        return True

    def _close(self) -> None:
        super()._close()  # type: ignore[misc]  # the stubs lack it
        if self.turn is not None:
            self.turn.close()
