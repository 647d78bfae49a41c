"""Safe HTML back to words, for search, mail and lists."""

import re
from html import unescape
from typing import Final

from core.markup.cleaning import TAGS, TEXT_TAGS, clean, has_too_many_tags

# In what the cleaners write, no attribute holds a bare "<" or ">".
INLINE_TAG: Final = re.compile(rf"</?(?:{'|'.join(sorted(TEXT_TAGS - {'br'}))})(?:\s[^<>]*)?>")
ANY_TAG: Final = re.compile(r"<[^<>]*>")
TEXT: Final = re.compile(r"(?:^|(?<=>))[^<]+")
ALT: Final = re.compile(r'<img\b[^<>]*\salt="([^"<>]*)"[^<>]*>')
PRE: Final = re.compile(r"<pre\b(.*?)</pre>", re.DOTALL)
# Anything but our own tags: the text of a script or a comment is not for reading.
FOREIGN: Final = re.compile(rf"<(?!/?(?:{'|'.join(sorted(TAGS))})[\s>])")
BREAK: Final = "\v"  # stands for the end of a line, while other white space is collapsed


def plain_text(html: str, *, lines: bool = False) -> str:
    """Return the visible words of HTML, code included, on one line.

    lines: a line for each paragraph, item, row and line of code instead, as a mail shows them.
    Not HTML any more: escape it before it is shown on a page.
    """
    if FOREIGN.search(html) and not has_too_many_tags(html):
        html = clean(html)
    if not lines:
        return " ".join(_without_tags(html).split())
    parts = PRE.split(html)  # every second one is the inside of a <pre>, from its attributes on
    for position, part in enumerate(parts):
        text = _without_tags(f"<pre{part}" if position % 2 else part)
        parts[position] = text.strip(BREAK + "\n") if position % 2 else _collapsed(text)
    return "\n".join(part for part in parts if part)


def excerpt(html: str, length: int) -> str:
    """Return the first words of HTML on one line, in at most `length` characters.

    Cut text ends with an ellipsis, between words unless the last one is very long.
    """
    text = plain_text(_beginning(html, length * 2))  # a list shows many: do not read them whole
    if len(text) <= length:
        text = plain_text(html)
    if len(text) <= length:
        return text
    head = text[:length]
    cut = head.rfind(" ")
    return head[: cut if cut > length // 2 else length - 1].rstrip() + "…"


def _beginning(html: str, characters: int) -> str:
    """Return HTML up to the tag before which at least so many characters of text stand."""
    for piece in TEXT.finditer(html):
        characters -= len(piece[0])
        if characters < 0:
            return html[: piece.end()]
    return html


def _without_tags(html: str) -> str:
    if "<img" in html:
        html = ALT.sub(r"\1", html)
    return unescape(ANY_TAG.sub(BREAK, INLINE_TAG.sub("", html)))


def _collapsed(text: str) -> str:
    lines = (" ".join(line.split()) for line in text.split(BREAK))
    return "\n".join(line for line in lines if line)
