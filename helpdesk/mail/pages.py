"""HTML of mails to text, in which quotes and signatures are marked as plain mails mark them."""

import re
from html import unescape
from html.parser import HTMLParser
from typing import Final

import nh3

from helpdesk.mail.phrases import is_forward_line

BLOCKS: Final = frozenset(
    """
    address article aside blockquote center dd div dl dt fieldset figure footer form h1 h2 h3 h4 h5
    h6 header hr li main nav ol p pre section table tbody tfoot thead tr ul
    """.split()  # noqa: SIM905  (thirty words are read better so)
)
SPACED: Final = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "pre"}) | {
    "blockquote"
}
INLINE: Final = frozenset(
    {"a", "b", "i", "u", "em", "strong", "span", "font", "br", "img", "code"}
) | {"td", "th", "tt", "small", "s", "sub", "sup"}
GONE: Final = frozenset({"script", "style", "title", "head", "template", "noscript", "svg"})
# Where web mails put all that they quote, and where they put a signature. Not what holds headers
# alone (divRplyFwdMsg, moz-email-headers-table): they are known by their words, and begin the rest.
QUOTED: Final = re.compile(
    r"\b(?:gmail_quote(?:_container)?|gmail_extra_quote|yahoo_quoted|protonmail_quote|tutanota_quote|"
    r"zmail_extra|OLK_SRC_BODY_SECTION|reply-new-signature|ms-outlook-mobile-reference-message|"
    r"mail-editor-reference-message-container)\b"
)
SIGNED: Final = re.compile(
    r"\b(?:gmail_signature|moz-signature|protonmail_signature_block|ms-outlook-mobile-signature|"
    r"tutanota-signature|Signature)\b"
)
_CLEANER: Final = nh3.Cleaner(
    tags=set(BLOCKS | INLINE),
    clean_content_tags=set(GONE),
    attributes={"*": {"class", "id"}, "a": {"href"}, "img": {"alt", "src"}},
    url_schemes={"http", "https", "mailto", "cid", "tel"},
    link_rel=None,
)
TAG: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})")
VOID: Final = frozenset(
    {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "wbr"}
) | {"embed", "param", "source", "p", "li"}
DEEPEST: Final = 3000
MOST_HTML: Final = 2_000_000
QUOTE_LEVELS: Final = 8


class _Reader(HTMLParser):
    """Writes the text of well-formed HTML; every line knows how deep it is quoted."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[tuple[int, str]] = []
        self.line = ""
        self.quotes = 0
        self.pre = 0
        self.open: list[tuple[str, int, bool]] = []  # tag, its first line, whether a hint
        self.links: list[tuple[str, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = {name: value or "" for name, value in attrs}
        if tag == "br":
            self.end_line(always=True)
            return
        if tag == "img":
            self.show_image(facts)
            return
        if tag in BLOCKS:
            self.end_line()
            if tag in SPACED:
                self.end_paragraph()
        names = f"{facts.get('class', '')} {facts.get('id', '')}"
        if tag in BLOCKS and SIGNED.search(names) and not self.quotes:
            self.lines.append((self.quotes, "-- "))
        self.quotes += tag == "blockquote"
        self.pre += tag == "pre"
        if tag == "li":
            self.line = "- "
        if tag in ("td", "th") and self.line.strip():
            self.line += " "
        if tag == "a":
            self.links.append((facts.get("href", ""), len(self.line)))
        if tag != "hr":
            self.open.append((tag, len(self.lines), bool(QUOTED.search(names))))

    def handle_endtag(self, tag: str) -> None:
        while self.open:  # the cleaner closes all that it opens
            name, first, is_hint = self.open.pop()
            self.shut(name, first, is_hint)
            if name == tag:
                return

    def shut(self, tag: str, first: int, is_hint: bool) -> None:
        if tag == "a" and self.links:
            self.end_link(*self.links.pop())
        if tag in BLOCKS:
            self.end_line()
        if tag == "blockquote":
            self.quotes -= 1
        self.pre -= tag == "pre"
        if is_hint:
            self.mark_quoted(first)
        if tag in SPACED:
            self.end_paragraph()

    def handle_data(self, data: str) -> None:
        if self.pre:
            first, *others = data.split("\n")
            self.line += first
            for other in others:
                self.end_line(always=True)
                self.line = other
            return
        words = re.sub(r"[ \t\r\n\f]+", " ", data)
        self.line += words.lstrip(" ") if not self.line or self.line.endswith(" ") else words

    def end_line(self, *, always: bool = False) -> None:
        line = self.line.replace("\xa0", " ")
        if line.strip() or always:
            kept = line if line.rstrip() == "--" else line.rstrip()
            self.lines.append((self.quotes, kept))
        self.line = ""

    def end_paragraph(self) -> None:
        if self.lines and self.lines[-1][1].strip():
            self.lines.append((self.quotes, ""))

    def end_link(self, href: str, start: int) -> None:
        words = self.line[start:].strip() if start <= len(self.line) else self.line.strip()
        bare = href.removeprefix("mailto:").removeprefix("tel:")
        if bare and words and _plain(bare) != _plain(words) and not href.startswith("cid:"):
            self.line = f"{self.line.rstrip()} <{bare}>"

    def show_image(self, facts: dict[str, str]) -> None:
        source = facts.get("src", "")
        if source.startswith("cid:"):
            self.line += f"[{source}]"
        elif facts.get("alt", "").strip():
            self.line += f"[{facts['alt'].strip()}]"

    def mark_quoted(self, first: int) -> None:
        """Quote what a web mail says is quoted, unless it is what was forwarded."""
        inside = self.lines[first:]
        heads = [line for _depth, line in inside if line.strip()][:3]
        if any(is_forward_line(line) for line in heads) or not inside:
            return
        if min(depth for depth, _line in inside) == self.quotes:
            self.lines[first:] = [(depth + 1, line) for depth, line in inside]


def _depth(html: str) -> int:
    """Return how deep elements can be nested at most: how many more are opened than closed."""
    depth = deepest = 0
    for tag in TAG.finditer(html):
        if tag[2].lower() not in VOID:
            depth += -1 if tag[1] else 1
            deepest = max(deepest, depth)
    return deepest


def _plain(link: str) -> str:
    return re.sub(r"^https?://|/$", "", link.strip().lower())


def text_of_html(html: str) -> str:
    """Return what a page says, quotes behind `>`, signatures behind `-- `; at most 2 MB are read.

    Of one nested beyond reason, the words: parsing takes the square of the depth.
    """
    html = html[:MOST_HTML]
    if _depth(html) > DEEPEST:
        return unescape(re.sub(r"<[^<>]*>", " ", html)).strip()
    reader = _Reader()
    reader.feed(_CLEANER.clean(html))
    reader.end_line()
    shown = [
        f"{'>' * min(depth, QUOTE_LEVELS)} {line}".rstrip() if depth else line
        for depth, line in reader.lines
    ]
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(shown))
    return text.strip("\n")
