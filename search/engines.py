"""Which engine this installation has (SEARCH_ENGINE)."""

from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from django.conf import settings

from search.documents import Document
from search.found import Found, Query


class Engine(Protocol):
    """What search asks of an engine."""

    def update(self, changes: Iterable[Document | str]) -> int: ...

    def rebuild(self, documents: Iterable[Document]) -> int: ...

    def find(self, asked: Query) -> tuple[list[Found], int]: ...

    def digests(self) -> dict[str, str]: ...


def engine() -> Engine:
    """Return the engine of this installation; the settings take no name but that of the one."""
    from search.whoosh_engine import WhooshEngine

    return WhooshEngine(Path(settings.SEARCH_INDEX))
