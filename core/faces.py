"""From which face the present work comes; kept for the journal alone, never for rights."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import structlog

_face: ContextVar[str] = ContextVar("face", default="command")
_means: ContextVar[tuple[str, ...]] = ContextVar("means", default=())

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


@contextmanager
def by_means(*names: str) -> Iterator[None]:
    """Mark what happens inside as done by these means, such as "helpdesk.macro:7".

    Named in the journal beside who did it; inside of others they are added, the last one nearest.
    """
    token = _means.set((*_means.get(), *names))
    try:
        yield
    finally:
        _means.reset(token)


def current_means() -> list[str]:
    """Return by what means the present work is done, the nearest last."""
    return list(_means.get())


def current_request_id() -> str:
    """Return the id of the present request, empty outside of one."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))[:40]
