"""What stands for facts in a prepared text: a small fixed list, put in at once. Pure.

No template engine: a text is looked through once, and what is put in is never looked at again.
"""

import re
from dataclasses import dataclass
from typing import Final

KNOWN: Final = ("requester", "number", "site", "agent")
_WORD: Final = re.compile(r"\{([a-z_]{1,30})\}")
# What CommonMark could read as more than a name: a link, a mention, emphasis, an element.
_SIGNS: Final = re.compile(r"([\\`*_\[\]<>&@!~|#:])")


@dataclass(frozen=True)
class Facts:
    """What the placeholders of a ticket stand for: plain text, escaped when put in."""

    requester: str
    number: str
    site: str
    agent: str


def fill(text: str, facts: Facts) -> str:
    """Return the text with its placeholders filled; other words in braces stay as they are."""

    def value(found: re.Match[str]) -> str:
        name = found.group(1)
        return plain_in_markdown(getattr(facts, name)) if name in KNOWN else found.group()

    return _WORD.sub(value, text)


def unknown_in(text: str) -> list[str]:
    """Return the words in braces that are no placeholder: mostly one that is misspelt."""
    return sorted(set(_WORD.findall(text)) - set(KNOWN))


def plain_in_markdown(words: str) -> str:
    """Return words so that CommonMark shows them as they are, on one line."""
    return _SIGNS.sub(r"\\\1", " ".join(words.split()))
