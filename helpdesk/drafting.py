"""What of a ticket may be published: its words with neutral ones for private facts. No database."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core.redaction import find_private, replaced

# What stands for each kind; the first two are nobody's, and examples read best.
NEUTRAL: Final = {
    "domain": "example.org",
    "path": "/home/user",
    "mail": gettext_noop("(mail address)"),
    "phone": gettext_noop("(phone number)"),
    "ip": gettext_noop("(IP address)"),
    "key": gettext_noop("(key)"),
    "password": gettext_noop("(password)"),
    "iban": gettext_noop("(bank account)"),
    "card": gettext_noop("(card number)"),
    "name": gettext_noop("(name)"),
}
EXAMPLES: Final = {"domain", "path"}


def neutral(text: str, names: Iterable[str], whole: Iterable[str], language: str) -> str:
    """Return the text with a neutral word, in this language, for each private fact in it."""
    return replaced(text, find_private(text, names, whole), words_in(language))


def words_in(language: str) -> dict[str, str]:
    """Return the neutral words by kind, in this language or, for "und", the active one."""
    active = translation.get_language() or "en"
    return _words(active if language == "und" else language)


@lru_cache(maxsize=64)
def _words(language: str) -> dict[str, str]:
    with translation.override(language):
        return {kind: word if kind in EXAMPLES else _(word) for kind, word in NEUTRAL.items()}
