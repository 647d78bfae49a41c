"""Safe HTML back to words, for search, mail and lists."""

import re
from html import unescape
from typing import Final

from core.markup.cleaning import TEXT_TAGS, clean

TAG: Final = re.compile(r'<(/?)([a-z][a-z0-9]*)((?:\s+[a-z][\w-]*="[^"]*")*)\s*/?>')
ALT: Final = re.compile(r'\salt="([^"]*)"')


def plain_text(html: str) -> str:
    """Return the visible words of HTML on one line, code included."""
    return " ".join(unescape(TAG.sub(_space, clean(html))).split())


def excerpt(html: str, length: int) -> str:
    """Return the first words of HTML, at most `length` characters with the ellipsis."""
    text = plain_text(html)
    if len(text) <= length:
        return text
    head = text[:length]
    cut = head.rfind(" ")
    return head[: cut if cut > length // 2 else length - 1].rstrip() + "…"


def _space(tag: re.Match[str]) -> str:
    if tag[2] == "img":
        alt = ALT.search(tag[3])
        return alt[1] if alt else ""
    return "" if tag[2] in TEXT_TAGS - {"br"} else " "
