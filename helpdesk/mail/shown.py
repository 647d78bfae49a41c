"""What someone wrote in a mail, as it is shown."""

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Final

# What begins a line and would make it a heading, a rule or a reference.
MARKUP: Final = re.compile(r"^( {0,3})(#{1,6}(?=\s)|=+\s*$|-{2,}\s*$|\[[^\]]+\]:|\+(?=\s))")
INLINE: Final = re.compile(r"\[(?:cid:([^\]\s]{1,300})|image: ([^\]]{1,200}))\]")


# Where mail programs break lines: what is longer or shorter was broken by no rule, or by a person.
NARROWEST, WIDEST = 60, 80
QUOTED: Final = re.compile(r"(?:> ?)*")
BEGINS_ANEW: Final = re.compile(r"\s|[-*•–+]\s|\d{1,3}[.)]\s|--")


def rejoined(text: str) -> str:
    """Return a plain text without the line ends by which a program broke what was one line.

    They would break every sentence where the page is wider, and twice a line on a phone. A line
    was broken where the next word would have gone beyond the longest line of its level of quotes;
    lists, what is set in, and lines that end a sentence before one that begins one stay.
    """
    lines = text.split("\n")
    level_and_words = [_quoted(line) for line in lines]
    longest: dict[str, int] = {}
    for level, words in level_and_words:
        if " " in words:  # not a link
            longest[level] = max(longest.get(level, 0), len(words))
    found = lines[:1]
    pairs = pairwise(level_and_words)
    for line, ((level, before), (its_level, words)) in zip(lines[1:], pairs, strict=True):
        if level == its_level and _goes_on(before, words, longest.get(level, 0)):
            found[-1] = f"{found[-1].rstrip()} {words}"
        else:
            found.append(line)
    return "\n".join(found)


def _quoted(line: str) -> tuple[str, str]:
    """Return the level of quotes a line stands at, as `>>`, and the line without its marks."""
    marks = QUOTED.match(line)
    length = marks.end() if marks else 0
    return line[:length].replace(" ", ""), line[length:].rstrip()


def _goes_on(before: str, words: str, longest: int) -> bool:
    if not (NARROWEST <= longest <= WIDEST and before and words):
        return False
    if before.startswith(("    ", "\t", "--")) or BEGINS_ANEW.match(words):
        return False
    if before.endswith((".", "!", "?", ":")) and words[0].isupper() and len(before) < longest - 8:
        return False
    return len(before) + 1 + len(words.split(maxsplit=1)[0]) > longest


def as_commonmark(text: str) -> str:
    """Return a plain text with its line ends kept and no line taken for a heading or a rule."""
    lines = [MARKUP.sub(r"\1\\\2", line.expandtabs(4).rstrip()) for line in text.split("\n")]
    ends = [
        "  " if line and following and not line.startswith("    ") else ""
        for line, following in zip(lines, [*lines[1:], ""], strict=True)
    ]
    return "\n".join(line + end for line, end in zip(lines, ends, strict=True))


def with_images(source: str, addresses: Mapping[str, str], names: Mapping[str, str]) -> str:
    """Return a source with its inline images shown where the mail had them.

    addresses: by content id, of images that were kept; names: of files, to content ids. Images that
    the text does not place come at its end.
    """
    left = dict(addresses)

    def shown(found: re.Match[str]) -> str:
        cid = found[1] or names.get(found[2] or "", "")
        address = addresses.get(cid)
        left.pop(cid, None)
        return f"![]({address})" if address else found.group()

    placed = INLINE.sub(shown, source)
    return "\n\n".join([placed, *(f"![]({address})" for address in left.values())]).strip()
