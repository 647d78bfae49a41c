"""The only file that declares HTML safe."""

import json
import re
from collections.abc import Iterable
from html import escape
from itertools import pairwise
from typing import Any

from django.utils.safestring import SafeString, mark_safe

Span = tuple[int, int]
SPECIAL = re.compile("[&<>\"']")


def safe(html: str) -> SafeString:
    """Declare HTML safe that core.markup rendered, such as the stored html of a WrittenText row.

    Nothing is checked here: never pass what did not come out of a render_ function.
    """
    return SafeString(html)


def escaped(text: str) -> str:
    """Return a text as HTML; most names, numbers and words have nothing to be escaped in them."""
    return escape(text) if SPECIAL.search(text) else text


def filled(html: str, *values: object) -> SafeString:
    """Return what `format_html` does of a constant text with `{}` in it, in half of its time.

    Of the values SafeString alone counts as HTML; everything else is text, and escaped.
    """
    texts = [value if type(value) is SafeString else escaped(str(value)) for value in values]
    return SafeString(html.format(*texts))


def data_block(facts: Any, content_type: str) -> SafeString:
    """Return JSON as a block of data in a page, which browsers do not run.

    Nothing in it can end the block or begin another: <, > and & are written as escapes.
    """
    text = json.dumps(facts, ensure_ascii=False, separators=(",", ":"))
    text = text.translate({ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"})
    return mark_safe(f'<script type="{escape(content_type)}">{text}</script>')  # noqa: S308


def highlight(text: str, words_or_spans: Iterable[str] | Iterable[Span]) -> SafeString:
    """Return plain text as HTML, with the words or spans found in it inside <mark>.

    words: whole words, whatever their case. spans: (start, end) offsets in `text`; those that
    overlap or touch become one, those outside are cut.
    """
    spans: list[Span] = []
    words: list[str] = []
    for item in words_or_spans:
        if isinstance(item, str):
            words.append(item)
        else:
            spans.append(item)
    edges = [0]
    for start, end in _merged(spans + _found(text, words), len(text)):
        edges += [start, end]
    edges.append(len(text))
    parts = []
    for number, (start, end) in enumerate(pairwise(edges)):
        piece = escape(text[start:end])
        parts.append(f"<mark>{piece}</mark>" if number % 2 else piece)
    return mark_safe("".join(parts))  # noqa: S308  (every part is escaped)


def _found(text: str, words: list[str]) -> list[Span]:
    wanted = sorted({word for word in words if word}, key=len, reverse=True)
    if not wanted:
        return []
    pattern = "|".join(re.escape(word) for word in wanted)
    found = re.finditer(rf"(?<!\w)(?:{pattern})(?!\w)", text, re.IGNORECASE)
    return [match.span() for match in found]


def _merged(spans: list[Span], length: int) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted((max(start, 0), min(end, length)) for start, end in spans):
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
