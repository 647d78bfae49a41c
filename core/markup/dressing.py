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
TOP_HEADING: Final = 2  # the page has the one h1
NARROW: Final = 30  # characters of code that fit a phone of 320 px
EMPTY: Final = re.compile(rf"<(a|h[1-6]){ATTRIBUTES}\s*>\s*</\1>")
EMPTY_HEADER: Final = re.compile(rf"<th({ATTRIBUTES})\s*>\s*</th>")


def dress(html: str, *, on_page: bool) -> str:
    """Return HTML with code coloured, remote images as links and directions set.

    on_page: it stands on a page that has an h1 and is read by everyone: headings start at h2 and
    leave out no level; links and headings without words go, which a screen reader would announce.
    html: well-formed, every "<" of its text escaped, as markdown-it and the cleaners write it.
    Clean the result: this pass decides how a text looks, not what is safe.
    """
    dressed = PIECE.sub(_Dresser(on_page).dressed, html)
    if not on_page:
        return dressed
    # Twice: a heading may hold nothing but an empty link.
    return EMPTY_HEADER.sub(r"<td\1></td>", EMPTY.sub("", EMPTY.sub("", dressed)))


class _Outline:
    """Levels of headings, from the ones their author chose to those of the page."""

    def __init__(self) -> None:
        self.chosen: list[int] = []
        self.open: list[str] = []

    def opened(self, tag: str) -> str:
        """Return the tag for a heading that begins."""
        level = int(tag[1])
        while self.chosen and self.chosen[-1] >= level:
            self.chosen.pop()
        self.chosen.append(level)
        self.open.append(f"h{min(TOP_HEADING - 1 + len(self.chosen), 6)}")
        return self.open[-1]

    def closed(self) -> str:
        """Return the tag of the heading that ends."""
        return self.open.pop()


class _Dresser:
    """What one pass must remember from piece to piece."""

    def __init__(self, on_page: bool) -> None:
        self.outline = _Outline() if on_page else None
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
        return self.block(tag, piece) if tag in BLOCKS else piece[0]

    def block(self, tag: str, piece: re.Match[str]) -> str:
        """Let the outermost blocks find their own direction, and headings their level.

        The outermost alone: an element with dir="auto" ignores the text of children that have a
        dir of their own, so a list of Arabic items would itself stay left-to-right.
        """
        if piece["end"]:
            self.depth -= 1
            return f"</{self.outline.closed() if self.outline and tag in HEADINGS else tag}>"
        self.depth += 1
        direction = ' dir="auto"' if self.depth == 1 else ""
        tag = self.outline.opened(tag) if self.outline and tag in HEADINGS else tag
        return f"<{tag}{direction}{piece['attributes']}>"

    def code(self, piece: re.Match[str]) -> str:
        text = unescape(piece["code"])
        if not piece["pre"]:
            return f"<code>{plain(text)}</code>"
        about = _attributes(piece["about"]).get("class") or _attributes(piece["pre"]).get("class")
        language = LANGUAGE.search(about or "")
        is_coloured = language is not None and self.affords(len(text) ** 2)
        inside = coloured(text, language[1]) if language and is_coloured else plain(text)
        name = f' class="language-{escape(language[1])}"' if language else ""
        # What scrolls must be reached without a mouse.
        reach = ' tabindex="0"' if max(map(len, text.split("\n"))) > NARROW else ""
        return f'<pre class="code"{reach}><code{name}>{inside}</code></pre>'

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
            words = alt or (address if self.link_depth else "")  # a link must say something
            kept = {name: value for name, value in attributes.items() if name != "loading"}
            return f"<img{_written({**kept, 'alt': words})}>"
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
