"""Which engine this installation has (SEARCH_ENGINE)."""

from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from search.documents import Document
from search.found import Found, Query


class Engine(Protocol):
    """What search asks of an engine."""

    def update(self, changes: Iterable[Document | str]) -> int: ...

    def rebuild(self, documents: Iterable[Document]) -> int: ...

    def find(self, asked: Query) -> tuple[list[Found], int]: ...

    def digests(self) -> dict[str, str]: ...


def engine() -> Engine:
    """Return the engine named in the settings. Raises ImproperlyConfigured for one unknown."""
    if settings.SEARCH_ENGINE == "whoosh":
        from search.whoosh_engine import WhooshEngine

        return WhooshEngine(Path(settings.SEARCH_INDEX))
    raise ImproperlyConfigured(f"SEARCH_ENGINE is whoosh, not {settings.SEARCH_ENGINE}.")
