"""Patterns looked for only where one of their first words stands.

A pattern that may begin with one of many words, in any case, is tried by `re` at every character;
where those words stand is found many times faster, and finds the same.
"""

import re
from collections.abc import Iterator
from typing import Final

# What re.IGNORECASE takes for a letter of ASCII; lower() makes two characters of the first.
FOLDED: Final = {0x130: "i", 0x131: "i", 0x17F: "s", 0x212A: "k"}


def folded(text: str) -> str:
    """Return a text of the same length, in small letters."""
    return text.translate(FOLDED).lower()


class Anchored:
    """A pattern, and the words (in small letters) one of which stands where it begins.

    back: how many characters before the word the pattern begins.
    """

    def __init__(self, pattern: re.Pattern[str], *words: str, back: int = 0) -> None:
        self.pattern = pattern
        self._words = words
        self._back = back

    def finditer(self, text: str, small: str) -> Iterator[re.Match[str]]:
        """Yield what pattern.finditer(text) does. small: folded(text)."""
        end = 0
        for start in self._starts(small):
            if start >= end and (found := self.pattern.match(text, start)):
                yield found
                end = found.end()

    def _starts(self, small: str) -> list[int]:
        there = [word for word in self._words if word in small]  # none of most
        starts = {at - self._back for word in there for at in places(small, word)}
        return sorted(start for start in starts if start >= 0)


def places(text: str, word: str) -> Iterator[int]:
    """Yield where a word stands, places that overlap included."""
    at = text.find(word)
    while at >= 0:
        yield at
        at = text.find(word, at + 1)
