"""Words of a text in its language: folded, stopped, stemmed. Pure.

Each term carries its language (`fr:pag`), so that one field holds five languages and a stem of one
never meets a stem of another.
Source: Snowball stemmers (snowballstem.org); stop words as shipped with Whoosh.
"""

import re
import threading
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import Stemmer
from whoosh.lang.stopwords import stoplists

from core.accents import unaccented

STEMMERS = {"fr": "french", "en": "english", "es": "spanish", "de": "german", "ar": "arabic"}
UNKNOWN = "und"
LONGEST_WORD = 60
MORE_STOPS = {"fr": frozenset({"le", "les", "apres", "c", "d", "j", "l", "n", "qu", "s"})}
# A sign of a word, or a mark over it (Arabic vowels are no word signs to the regex engine).
_sign = "(?:[^\\W_]|[\u0300-\u036f\u0610-\u061a\u0640\u064b-\u065f\u0670])"
_word = re.compile(rf"{_sign}+(?:[.+#'’-]{_sign}+)*[+#]*")
_local = threading.local()
_ARABIC = {
    ord("أ"): "ا",
    ord("إ"): "ا",
    ord("آ"): "ا",
    ord("ى"): "ي",
    ord("ة"): "ه",
    ord("ـ"): None,
}


def base(language: str) -> str:
    """Return the language whose stemmer fits: `fr-CA` is `fr`; others are `und`."""
    code = language.split("-", maxsplit=1)[0].lower()
    return code if code in STEMMERS else UNKNOWN


def folded(word: str) -> str:
    """Return a word without case, accents and vowel marks: what people leave out when they type."""
    if word.isascii():  # most words; the rest of this costs ten times as much
        return word.lower()
    return unaccented(word.casefold()).translate(_ARABIC)


def _stemmer(language: str) -> Any:
    """Return this thread's stemmer: they keep state and are not to be shared."""
    found = getattr(_local, language, None)
    if found is None:
        found = Stemmer.Stemmer(STEMMERS[language], 10000)
        setattr(_local, language, found)
    return found


@lru_cache(maxsize=8)
def stop_words(language: str) -> frozenset[str]:
    """Return the folded words that say nothing in this language."""
    return frozenset(folded(word) for word in stoplists.get(language, ())) | MORE_STOPS.get(
        language, frozenset()
    )


@lru_cache(maxsize=10_000)
def stems(word: str, language: str) -> frozenset[str]:
    """Return the folded stems of a word as written and as typed without its accents.

    The stemmer reads accents (`après` stays, `apres` loses its s), so both forms are kept. The
    words of texts come again and again: to mark them on a page of results is most of a search.
    """
    plain = folded(word)
    if language == UNKNOWN:
        return frozenset({plain})
    stemmer = _stemmer(language)
    return frozenset(folded(stemmer.stemWord(form)) for form in {word.casefold(), plain})


def spans(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield (start, end, word) of every word; `c++`, `php-fpm`, `wp-config.php` are words too."""
    for match in _word.finditer(text):
        yield match.start(), match.end(), match.group()


def words(text: str) -> list[str]:
    """Return words and the parts of those that are joined (`wp-config.php` is also `config`)."""
    found = []
    for _start, _end, word in spans(text):
        found.append(word[:LONGEST_WORD])
        parts = re.split(r"[.'’-]", word)
        if len(parts) > 1:
            found.extend(part[:LONGEST_WORD] for part in parts if len(part) > 1)
    return found


def terms(text: str, language: str) -> list[str]:
    """Return the terms of a text in its language, without stop words."""
    code = base(language)
    stops = stop_words(code)
    return [
        f"{code}:{one}"
        for word in words(text)
        if folded(word) not in stops
        for one in sorted(stems(word, code))
    ]


def query_terms(word: str, languages: tuple[str, ...]) -> list[str]:
    """Return a word's terms in every language asked for, where it is not a stop word."""
    plain = folded(word)
    return [
        f"{code}:{one}"
        for code in languages
        if plain not in stop_words(code)
        for one in sorted(stems(word, code))
    ]


def says_little(word: str, languages: tuple[str, ...]) -> bool:
    """Return whether a word is a stop word in one of the languages: no text must have it."""
    plain = folded(word)
    return any(plain in stop_words(code) for code in languages)
