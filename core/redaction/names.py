"""The names of those who take part in a thread."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from core.redaction.known import WORDS_TOO
from core.redaction.spans import NAME, Span

MARK: Final = "\u0300"  # stands for any combining mark
SHORTEST_PART: Final = 3


def find_names(text: str, names: Iterable[str], whole: Iterable[str] = ()) -> list[Span]:
    """Return where these people are named: whole, by a part of the name, in any case and accents.

    names: display names and handles. A part counts from three letters; one that is a word too
    (Pierre, Mark), and the first letter of which is small, is taken for the word. whole: names
    that count as they stand alone: organisations, domains.
    """
    pattern = _pattern(_stripped(names), _stripped(whole))
    if pattern is None:
        return []
    folded = _folded(text)
    found = []
    for match in pattern.finditer(folded):
        word = text[match.start() : match.end()]
        if match.group().replace(MARK, "") not in _folded_words() or word[:1].isupper():
            found.append(Span(match.start(), match.end(), NAME))
    return found


@lru_cache(maxsize=1)
def _folded_words() -> frozenset[str]:
    return frozenset(_folded(word) for word in WORDS_TOO)


def _stripped(names: Iterable[str]) -> frozenset[str]:
    return frozenset(name.strip() for name in names if name.strip())


@lru_cache(maxsize=256)
def _pattern(names: frozenset[str], whole: frozenset[str]) -> re.Pattern[str] | None:
    wanted = {_folded(unicodedata.normalize("NFC", name)) for name in whole}
    for name in names:
        wanted.add(_folded(unicodedata.normalize("NFC", name.removeprefix("@"))))
        parts = re.split(r"[^\w'’-]+|(?<=\w)[_.]", unicodedata.normalize("NFC", name))
        wanted |= {_folded(part) for part in parts if len(part) >= SHORTEST_PART}
    wanted = {name for name in wanted if len(name) >= SHORTEST_PART or not name.isascii()}
    if not wanted:
        return None
    longest_first = sorted(wanted, key=lambda name: (-len(name), name))
    words = "|".join(_spelled(name) for name in longest_first)
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)")


def _spelled(name: str) -> str:
    """Return the pattern of a name: with any marks, and any space between its parts."""
    marks = f"{MARK}?" * 2
    return "".join(r"[\s_.-]{1,3}" if char.isspace() else re.escape(char) + marks for char in name)


def _folded(text: str) -> str:
    """Return a text of the same length, in small letters without accents."""
    return text.translate(_Folding())


class _Folding(dict[int, str]):
    """What each character is compared as; every one is folded once."""

    kept: Final[dict[int, str]] = {}

    def __missing__(self, code: int) -> str:
        known = self.kept.get(code)
        if known is None:
            known = self.kept[code] = _folded_char(chr(code))
        return known


def _folded_char(char: str) -> str:
    if unicodedata.combining(char):
        return MARK
    base = unicodedata.normalize("NFD", char)[0].lower()
    return base if len(base) == 1 else char
