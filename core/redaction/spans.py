"""A found piece of text, and how findings that touch each other become one list."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

MAIL, PHONE, IP, DOMAIN, PATH = "mail", "phone", "ip", "domain", "path"
KEY, PASSWORD, IBAN, CARD, NAME = "key", "password", "iban", "card", "name"
KINDS: Final = (KEY, PASSWORD, MAIL, IBAN, CARD, PATH, IP, DOMAIN, PHONE, NAME)
_RANK: Final = {kind: rank for rank, kind in enumerate(KINDS)}


@dataclass(frozen=True, order=True)
class Span:
    """A private fact: text[start:end] is of this kind, one of KINDS."""

    start: int
    end: int
    kind: str


def united(spans: Iterable[Span]) -> list[Span]:
    """Return spans sorted and apart: those that overlap become one, of the kind first in KINDS."""
    found: list[Span] = []
    for span in sorted(spans):
        if found and span.start < found[-1].end:
            last = found[-1]
            kind = min(last.kind, span.kind, key=_RANK.__getitem__)
            found[-1] = Span(last.start, max(last.end, span.end), kind)
        else:
            found.append(span)
    return found
