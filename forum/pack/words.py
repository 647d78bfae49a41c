"""The words a pack is searched by: as its script folds what is typed. Pure."""

import json
import re
import unicodedata
from collections.abc import Iterable
from typing import Any

WORD = re.compile(r"[^\W_]{2,40}")
MOST_WORDS = 400  # of one question; what it is about is said before
BREAKS = {"\u2028": "\\u2028", "\u2029": "\\u2029"}  # end a line of a script in older browsers
NO_LETTER = "#"


def folded(text: str) -> str:
    """Return a text without case and marks: "Été" → "ete"."""
    plain = unicodedata.normalize("NFD", text.lower())
    return "".join(sign for sign in plain if unicodedata.category(sign) != "Mn")


def words_of(*texts: str) -> list[str]:
    """Return the words of texts, each once, in the order they come."""
    found = (word for text in texts for word in WORD.findall(folded(text)))
    return list(dict.fromkeys(found))[:MOST_WORDS]


def letter_of(title: str) -> str:
    """Return the letter a title stands under: its first, folded; "#" for what begins without."""
    first = next((sign for sign in folded(title) if sign.isalnum()), "")
    return first.upper() if first.isalpha() else NO_LETTER


def script(rows: Iterable[Any]) -> str:
    """Return the script that holds what is searched: rows of id, title, tags and words."""
    written = json.dumps(list(rows), ensure_ascii=False, separators=(",", ":"))
    for sign, escape in BREAKS.items():
        written = written.replace(sign, escape)
    return f"window.PACK={written};\n"
