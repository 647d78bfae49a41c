"""Letters without what is put on them, for comparing: people leave it out when they type."""

import re
from typing import Final, Literal
from unicodedata import combining, normalize

# Accents, and the vowel marks of Hebrew and Arabic, as both Python and PostgreSQL read them.
MARKS: Final = (
    r"[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"
    r"\u0610-\u061a\u064b-\u065f\u0670]+"
)
_marks = re.compile(MARKS)


def unaccented(text: str, form: Literal["NFD", "NFKD"] = "NFKD") -> str:
    """Return a text without accents and vowel marks; NFKD takes ligatures apart too."""
    if text.isascii():  # most; the rest of this costs ten times as much
        return text
    return "".join(sign for sign in normalize(form, text) if not combining(sign))


def folded(text: str) -> str:
    """Return a text without case and MARKS, ligatures taken apart, as both databases do it."""
    if text.isascii():
        return text.lower()
    return _marks.sub("", normalize("NFKD", text)).casefold()
