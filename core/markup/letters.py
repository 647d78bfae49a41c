"""Mails as HTML: made of the same words as their text, so that the two cannot drift apart.

No style at all and no picture: a mail program shows it in its own light or dark colours.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from typing import Final

from django.conf import settings
from django.utils.safestring import SafeString

from core.markup.safe import filled, safe

MARK: Final = re.compile(r"\0(\d{1,4})\0")
LINK: Final = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)]")
SIGNATURE: Final = "-- "
ITEM: Final = "- "
PAGE: Final = (
    '<!DOCTYPE html>\n<html lang="{}" dir="{}"><head><meta charset="utf-8">'
    '<meta name="color-scheme" content="light dark"><title>{}</title></head>\n'
    "<body>\n{}</body></html>\n"
)


@dataclass(frozen=True)
class Piece:
    """What stands in a mail in two forms: as text, and as HTML that core.markup made."""

    text: str
    html: SafeString


class Pieces(list[Piece]):
    """The pieces of a mail that is being written."""

    def put(self, piece: Piece) -> str:
        """Keep a piece; return what stands for it, on a line of its own, until the mail is made."""
        self.append(piece)
        return f"\0{len(self) - 1}\0"


def letter_text(written: str, pieces: Sequence[Piece]) -> str:
    """Return a mail's text, with the text of its pieces."""
    return MARK.sub(lambda found: _piece(found, pieces).text, written)


def letter_html(
    written: str, pieces: Sequence[Piece], *, title: str, language: str, direction: str
) -> SafeString:
    """Return a mail as an HTML page: paragraphs, lists, links, and the HTML of its pieces.

    A line `words: address`, where the address is ours, becomes a link of the words.
    """
    blocks = "".join(f"{block}\n" for block in _blocks(written, pieces))
    return filled(PAGE, language, direction, title, safe(blocks))


def _piece(found: re.Match[str], pieces: Sequence[Piece]) -> Piece:
    number = int(found[1])
    return pieces[number] if number < len(pieces) else Piece("", safe(""))


def _blocks(written: str, pieces: Sequence[Piece]) -> Iterator[str]:
    """Yield what the lines are: neighbours of one kind are one block, and empty lines part them."""
    kinds = list(_kinds(written))
    for (kind, _number), group in groupby(kinds, key=lambda one: one[:2]):
        lines = [line for _kind, _number, line in group if line.strip()]
        if kind == "piece":
            yield from (
                _piece(found, pieces).html for line in lines if (found := MARK.search(line))
            )
        elif kind == "signature":
            yield "<hr>"
        elif lines:
            yield _list(lines) if kind == "item" else f"<p>{'<br>'.join(map(_line, lines))}</p>"


def _kinds(written: str) -> Iterator[tuple[str, int, str]]:
    """Yield each line with its kind, and the number of its paragraph."""
    kind, number = "text", 0
    for line in written.splitlines():
        if not line.strip():
            # Items stay one list; what is indented below one is a part of it.
            kind, number = (kind, number) if kind == "item" else ("text", number + 1)
        elif MARK.search(line):
            kind, number = "piece", number + 1
        elif line == SIGNATURE:
            kind, number = "signature", number + 1
        elif line.startswith(ITEM):
            kind, number = "item", number if kind == "item" else number + 1
        elif kind in ("piece", "signature") or (kind == "item" and not line.startswith("  ")):
            kind, number = "text", number + 1
        yield kind, number, line


def _list(lines: list[str]) -> str:
    items: list[list[str]] = []
    for line in lines:
        if line.startswith(ITEM):
            items.append([])
        items[-1].append(line.removeprefix(ITEM))
    texts = (_linked(*item) or "<br>".join(map(_line, item)) for item in items)
    return f"<ul>{''.join(f'<li>{text}</li>' for text in texts)}</ul>"


def _linked(words: str, *rest: str) -> str:
    """Return words as a link, where all that follows them is an address of ours; else nothing."""
    address = rest[0].strip() if len(rest) == 1 else ""
    if (
        not words
        or not address.startswith(f"{settings.PUBLIC_URL}/")
        or not LINK.fullmatch(address)
    ):
        return ""
    return f'<a href="{escape(address)}">{escape(words.rstrip())}</a>'


def _line(line: str) -> str:
    """Return a line as HTML: what it says is text, whoever wrote it."""
    line = line.strip()
    words, _sign, address = line.rpartition(": ")
    if linked := _linked(words, address):
        return linked
    parts, end = [], 0
    for found in LINK.finditer(line):
        address = escape(found[0])
        parts += [escape(line[end : found.start()]), f'<a href="{address}">{address}</a>']
        end = found.end()
    return "".join([*parts, escape(line[end:])])
