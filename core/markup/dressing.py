"""What every rendered text wears, whatever it was written in: one pass over well-formed HTML."""

import re
from collections.abc import Mapping
from html import escape, unescape
from typing import Final

from core.markup.cleaning import is_own_path
from core.markup.code import MAX_COLOURED, coloured, plain

ATTRIBUTES: Final = r'(?:\s+[a-z][\w-]*="[^"]*")*'
# Scanned from the left, each match taking one whole tag (or one whole stretch of code), so that a
# "<" or ">" inside an attribute is never taken for a tag's edge.
PIECE: Final = re.compile(
    rf"(?P<pre><pre{ATTRIBUTES}\s*>)?<code(?P<about>{ATTRIBUTES})\s*>(?P<code>[^<]*)</code>(?(pre)</pre>)"
    rf"|<(?P<end>/?)(?P<tag>[a-z][a-z0-9]*)(?P<attributes>{ATTRIBUTES})\s*/?>"
)
ATTRIBUTE: Final = re.compile(r'([a-z][\w-]*)="([^"]*)"')
LANGUAGE: Final = re.compile(r"(?:^|\s)lang(?:uage)?-(\S+)")
HEADINGS: Final = frozenset(f"h{level}" for level in range(1, 7))
BLOCKS: Final = HEADINGS | {"blockquote", "details", "div", "dl", "ol", "p", "table", "ul"}
MAX_IMAGES: Final = 50  # each one is a request to this very host; more of them become links
# Lexers take at worst the square of a code's length: one long code may be coloured, or many short.
MAX_COLOURING: Final = MAX_COLOURED**2


def dress(html: str, *, heading_shift: int = 0) -> str:
    """Return HTML with code coloured, remote images as links, headings shifted, directions set.

    html: well-formed, every "<" of its text escaped, as markdown-it and the cleaners write it.
    Clean the result: this pass decides how a text looks, not what is safe.
    """
    return PIECE.sub(_Dresser(heading_shift).dressed, html)


class _Dresser:
    """What one pass must remember from piece to piece."""

    def __init__(self, heading_shift: int) -> None:
        self.heading_shift = heading_shift
        self.depth = 0
        self.link_depth = 0
        self.images = 0
        self.colouring_left = MAX_COLOURING

    def dressed(self, piece: re.Match[str]) -> str:
        if piece["code"] is not None:
            return self.code(piece)
        tag = piece["tag"]
        if tag == "img":
            return self.image(_attributes(piece["attributes"]))
        if tag == "a":
            self.link_depth += -1 if piece["end"] else 1
            return piece[0]
        if tag in BLOCKS:
            return self.block(tag, piece)
        return piece[0]

    def block(self, tag: str, piece: re.Match[str]) -> str:
        """Shift headings; let the outermost blocks find their own direction.

        The outermost alone: an element with dir="auto" ignores the text of children that have a
        dir of their own, so a list of Arabic items would itself stay left-to-right.
        """
        if tag in HEADINGS:
            tag = f"h{min(int(tag[1]) + self.heading_shift, 6)}"
        if piece["end"]:
            self.depth -= 1
            return f"</{tag}>"
        self.depth += 1
        direction = ' dir="auto"' if self.depth == 1 else ""
        return f"<{tag}{direction}{piece['attributes']}>"

    def code(self, piece: re.Match[str]) -> str:
        text = unescape(piece["code"])
        if not piece["pre"]:
            return f'<code dir="ltr">{plain(text)}</code>'
        about = _attributes(piece["about"]).get("class") or _attributes(piece["pre"]).get("class")
        language = LANGUAGE.search(about or "")
        if not language:
            return f'<pre class="code" dir="ltr"><code>{plain(text)}</code></pre>'
        inside = coloured(text, language[1]) if self.affords(len(text) ** 2) else plain(text)
        name = f' class="language-{escape(language[1])}"'
        return f'<pre class="code" dir="ltr"><code{name}>{inside}</code></pre>'

    def affords(self, cost: int) -> bool:
        """Spend what colouring costs, if enough is left of it."""
        is_affordable = cost <= self.colouring_left
        self.colouring_left -= cost if is_affordable else 0
        return is_affordable

    def image(self, attributes: Mapping[str, str]) -> str:
        """Keep an image of this host; of another one, which would learn who reads, make a link."""
        address, alt = attributes.get("src", ""), attributes.get("alt", "")
        self.images += 1
        if is_own_path(address) and self.images <= MAX_IMAGES:
            kept = {name: value for name, value in attributes.items() if name != "loading"}
            return f"<img{_written({**kept, 'alt': alt})}>"
        if not address or self.link_depth:
            return escape(alt or address)
        about = {"href": address, "class": "remote-image", "title": attributes.get("title", "")}
        return f"<a{_written(about)}>{escape(alt or address)}</a>"


def _attributes(text: str) -> dict[str, str]:
    return {name: unescape(value) for name, value in ATTRIBUTE.findall(text)}


def _written(attributes: Mapping[str, str]) -> str:
    return "".join(
        f' {name}="{escape(value)}"' for name, value in attributes.items() if value or name == "alt"
    )
