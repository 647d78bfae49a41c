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
SHORTEST_JOINED: Final = 4  # letters; Ana stands in banana


def find_names(
    text: str, names: Iterable[str], whole: Iterable[str] = (), *, joined: bool = False
) -> list[Span]:
    """Return where these people are named: whole, by a part of the name, in any case and accents.

    names: display names and handles. A part counts from three letters; one that is a word too
    (Pierre, Mark), and the first letter of which is small, is taken for the word. whole: names
    that count as they stand alone: organisations, domains. joined: in a file's name, where words
    run together (CVAminata): names, and parts of them, from four letters count within words too,
    and whole ones of several words without what stands between.
    """
    pattern = _pattern(_stripped(names), _stripped(whole), joined)
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
def _pattern(names: frozenset[str], whole: frozenset[str], joined: bool) -> re.Pattern[str] | None:
    of_whole = {_folded(unicodedata.normalize("NFC", name)) for name in whole}
    of_people = set()
    for name in names:
        of_people.add(_folded(unicodedata.normalize("NFC", name.removeprefix("@"))))
        parts = re.split(r"[^\w'’-]+|(?<=\w)[_.]", unicodedata.normalize("NFC", name))
        of_people |= {_folded(part) for part in parts if len(part) >= SHORTEST_PART}
    wanted = of_whole | of_people
    wanted = {name for name in wanted if len(name) >= SHORTEST_PART or not name.isascii()}
    if not wanted:
        return None
    alone = rf"(?<!\w)(?:{_any_of(wanted)})(?!\w)"
    within = of_people | {name for name in of_whole if " " in name} if joined else set()
    within = {name for name in within if len(name) >= SHORTEST_JOINED}
    return re.compile(f"{alone}|{_any_of(within, least=0)}" if within else alone)


def _any_of(names: set[str], *, least: int = 1) -> str:
    """Return the pattern of names, the longest first: with any marks, and any space between their
    parts; least: how many characters that is at least."""
    marks, between = f"{MARK}?" * 2, rf"[\s_.-]{{{least},3}}"
    longest_first = sorted(names, key=lambda name: (-len(name), name))
    return "|".join(
        "".join(between if char.isspace() else re.escape(char) + marks for char in name)
        for name in longest_first
    )


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
