"""Languages: their tags, and in which one a text is written, by its commonest words. Pure."""

import re
from typing import Final

# A language, then script, region, variants and extensions, such as zh-Hant-HK or ca-valencia.
TAG: Final = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")
LEAST: Final = 3  # words that tell; fewer say nothing
CLEAR: Final = 1.5  # times more of them than of the next language
CODE: Final = re.compile(r"^(```|~~~).*?^\1|`[^`\n]+`|https?://\S+", re.DOTALL | re.MULTILINE)
WORD: Final = re.compile(r"[^\W\d_]+")
ARABIC: Final = re.compile(r"[\u0620-\u064A]{2,}")
# What stands in nearly every sentence; words that two of these languages share tell nothing.
COMMON: Final = {
    "fr": "le la les des du et est une dans pour que qui pas sur avec vous nous je il au aux ce"
    " cette mais ou où sont votre mon ma mes être fait sans plus très avez ai c d l n qu s",
    "en": "the and is of to in that it for you with not this are have but on be as at your my we"
    " they there was were has can will would when from if so do does which then",
    "es": "el los las y es una del que en por con para no se lo su al pero más como está son mi"
    " tu yo nos hay muy cuando si ya también puede tiene",
    "de": "der die das und ist nicht ein eine ich sie wir mit auf für von den dem zu im es auch"
    " sich bei oder wenn aber wie kann hat sind haben wird noch nur",
}
_words: Final = {code: frozenset(words.split()) for code, words in COMMON.items()}


def is_language_tag(text: str) -> bool:
    """Whether a text has the form of a BCP 47 tag; its parts are not looked up in the registry.

    Source: RFC 5646, without the tags that name no language: private ones and a few old ones.
    """
    return TAG.fullmatch(text) is not None


def guess(text: str) -> str:
    """Return the language of a text as BCP 47: fr, en, es, de or ar; empty when it is not clear.

    Code and addresses in it are not looked at.
    """
    prose = CODE.sub(" ", text)
    found = [word.casefold() for word in WORD.findall(prose)]
    counts = {code: sum(word in words for word in found) for code, words in _words.items()}
    counts["ar"] = len(ARABIC.findall(prose))
    (best, most), (_next, second) = sorted(counts.items(), key=lambda pair: -pair[1])[:2]
    return best if most >= LEAST and most >= CLEAR * second else ""
