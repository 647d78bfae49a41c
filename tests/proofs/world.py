"""A world with a secret in every private place, and beside each secret who may know it.

A secret reads `SECRETPLUM SECRETPLUMnote`: the bare word is what searches look for, the second
names the place, so that a leak says where it comes from.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from people.models import Person
from tests.cast import SECRET

PLANTED = re.compile(rf"{SECRET}([a-z]+)", re.IGNORECASE)
ADDRESS = re.compile(r"([\w.+-]+)@people\.example", re.IGNORECASE)


@dataclass
class World:
    """people: everyone by name. sees: for each planted word, the names of those who may know it.

    rows: what was planted, by a name of its own. index: the folder of its search index.
    """

    people: dict[str, Person] = field(default_factory=dict)
    sees: dict[str, set[str]] = field(default_factory=dict)
    rows: dict[str, Any] = field(default_factory=dict)
    index: Path | None = None

    def __getattr__(self, name: str) -> Any:
        """Return a person or a row by its name."""
        for found in (self.__dict__["people"], self.__dict__["rows"]):
            if name in found:
                return found[name]
        raise AttributeError(name)

    def secret(self, word: str, *names: str) -> str:
        """Return a text with a secret that these people alone may know."""
        self.sees[word] = set(names)
        return f"{SECRET} {SECRET}{word}"


def words_in(text: str) -> set[str]:
    """Return the planted words in a text, and `mail of NAME` for addresses."""
    words = {word.lower() for word in PLANTED.findall(text)}
    return words | {f"mail of {name.lower()}" for name in ADDRESS.findall(text)}
