"""Which words may be taken out for good: what they are, and what looks like a secret."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from core.confided import KINDS
from core.errors import InvalidInput
from core.purging import WHOLE
from core.redaction import find_secrets
from core.redaction.spans import KEY

SHORTEST: Final = 3
LONGEST: Final = 2000


@dataclass(frozen=True)
class FoundSecret:
    """Words that look like a secret; what: which sort, in the reader's language. is_past: no text
    that stands there now has them, only earlier ones.
    """

    text: str
    what: str
    is_past: bool = False


def find_leaks(
    now: Iterable[str], past: Iterable[str] = (), *, only_rare: bool = False
) -> list[FoundSecret]:
    """Return what looks like a secret in texts as they stand and stood, each once.

    only_rare: but common words and sentences, which others may have written there too.
    """
    present = secrets_of(now)
    found = {**secrets_of(past), **present}
    return [
        FoundSecret(text, str(KINDS[kind]), text not in present)
        for text, kind in found.items()
        if not only_rare or _is_rare(text, kind)
    ]


def secrets_of(texts: Iterable[str]) -> dict[str, str]:
    """Return what looks like a secret in texts, with its kind."""
    return {text[span.start : span.end]: span.kind for text in texts for span in find_secrets(text)}


def words_chosen(texts: Collection[str]) -> list[str]:
    """Return the words that someone chose, each once, the longest first: one may be in another."""
    return sorted({text.strip() for text in texts} - {""}, key=lambda text: (-len(text), text))


def check_words(texts: Sequence[str]) -> None:
    """Refuse to look for no words, or for what stands everywhere. Raises InvalidInput."""
    if not texts:
        raise InvalidInput.of("text", "required", _("Say which words."))
    if not all(SHORTEST <= len(text) <= LONGEST for text in texts):
        raise InvalidInput.of("text", "length", _("From 3 to 2,000 characters."))


def check_own(texts: Sequence[str], found: Iterable[FoundSecret]) -> None:
    """Refuse words that are not found in what someone wrote themselves. Raises InvalidInput."""
    if not texts or not {one.text for one in found}.issuperset(texts):
        raise InvalidInput.of(
            "text", "not_found", _("Choose what looks like a secret in a text of yours.")
        )


def _is_rare(text: str, kind: str) -> bool:
    """Whether words are no word or sentence that anyone writes: of lines, only a whole key is."""
    is_key = kind == KEY and text.startswith("-----BEGIN")
    return is_key or (len(text) >= WHOLE and not text.isalpha() and not re.search(r"\s", text))
