"""Letters without what is put on them, for comparing: people leave it out when they type."""

from typing import Literal
from unicodedata import combining, normalize


def unaccented(text: str, form: Literal["NFD", "NFKD"] = "NFKD") -> str:
    """Return a text without accents and vowel marks; NFKD takes ligatures apart too."""
    if text.isascii():  # most; the rest of this costs ten times as much
        return text
    return "".join(sign for sign in normalize(form, text) if not combining(sign))
