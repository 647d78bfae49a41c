"""From which face the present work comes; kept for the journal alone, never for rights."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import structlog

_face: ContextVar[str] = ContextVar("face", default="command")

PAGE, API, MAIL, TASK, COMMAND = "page", "api", "mail", "task", "command"


@contextmanager
def coming_from(face: str) -> Iterator[None]:
    """Mark what happens inside as coming from this face."""
    token = _face.set(face)
    try:
        yield
    finally:
        _face.reset(token)


def current_face() -> str:
    """Return the face the present work comes from."""
    return _face.get()


def current_request_id() -> str:
    """Return the id of the present request, empty outside of one."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))[:40]
