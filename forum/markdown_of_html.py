"""HTML of other forums as CommonMark, where that looks the same. Pure."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser

from core.errors import InvalidInput
from core.markup import MAX_SOURCE_BYTES, preview
from forum import markdown
from forum.markdown import BREAK, CODE_END

DEEPEST = 20
SPACE = re.compile(r"[ \t\r\n\f]+")
LANGUAGE = re.compile(r"(?:^|\s)lang(?:uage)?-([\w+#-]+)")
ALONE = {"br", "hr", "img"}
MARKS = {"em": "*", "i": "*", "strong": "**", "b": "**", "del": "~~", "s": "~~", "strike": "~~"}
HEADINGS = {f"h{level}": "#" * level for level in range(1, 7)}
BLOCKS = {"", "p", "blockquote", "li", *HEADINGS}
SAME_LOOKS = (("b", "strong"), ("i", "em"), ("strike", "s"), ("del", "s"))
CODE_BLOCK = re.compile(r"(<pre\b.*?</pre>)", re.DOTALL)
SPACE_IN_MARKS = (
    (re.compile(r" (</(?:em|strong|s)>)"), r"\1 "),
    (re.compile(r"(<(?:em|strong|s)>) "), r" \1"),
)
# Around these, spaces and line ends show nowhere.
EDGE = re.compile(r" ?(</?(?:p|ul|ol|li|blockquote|h[1-6]|hr|br|pre)\b[^<>]*>) ?")


class Unsaid(ValueError):  # noqa: N818  (an answer, not a fault)
    """HTML that CommonMark cannot say, or that is not well-formed."""


def as_markdown(html: str, shown: str) -> str | None:
    """Return HTML as CommonMark; None where that would look or read in any way otherwise.

    shown: the same HTML as it is ready for a page (core.markup.render_imported_html).
    """
    writer = _Writer()
    try:
        writer.feed(html)
        writer.close()
        source = writer.written()
        if len(source.encode()) > MAX_SOURCE_BYTES:
            return None
        return source if _looks(preview(source)) == _looks(shown) else None
    except (Unsaid, InvalidInput):
        return None


def _looks(html: str) -> str:
    """Return HTML without what nobody sees of it."""
    for name, same in SAME_LOOKS:
        html = re.sub(rf"(</?){name}(?=[\s>])", rf"\1{same}", html)
    parts = enumerate(CODE_BLOCK.split(html))
    return "".join(_of_code(part) if index % 2 else _of_words(part) for index, part in parts)


def _of_code(html: str) -> str:
    return re.sub(r"\n+</code>", "</code>", html)


def _of_words(html: str) -> str:
    html = SPACE.sub(" ", html)
    for found, outside in SPACE_IN_MARKS:
        html = found.sub(outside, html)
    return EDGE.sub(r"\1", SPACE.sub(" ", html)).strip(" ")


@dataclass
class _Open:
    """An element that is open: what is in it so far; of a list, its items."""

    tag: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    flow: str = ""
    items: list[str] = field(default_factory=list)
    has_blocks: bool = False


class _Writer(HTMLParser):
    """Writes elements as they end, the innermost first."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open = [_Open()]

    def written(self) -> str:
        """Return the Markdown of all that was fed. Raises Unsaid while something is open."""
        if len(self.open) > 1:
            raise Unsaid
        return markdown.written(self.open[0].flow)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if len(self.open) > DEEPEST or (self._is_code() and tag != "code"):
            raise Unsaid
        if tag in ALONE:
            self._add(_alone(tag, attributes))
        else:
            self.open.append(_Open(tag, attributes))

    def handle_endtag(self, tag: str) -> None:
        if tag in ALONE:
            return
        one = self.open.pop()
        if one.tag != tag or not self.open:
            raise Unsaid
        if tag == "li":
            self.open[-1].items.append(re.sub(r" +\n", "\n", markdown.finished(one.flow)))
            self.open[-1].has_blocks |= one.has_blocks
            return
        self.open[-1].has_blocks |= tag == "p"
        if tag == "code" and self._is_code():
            self._add(one.flow)
        elif tag in ELEMENTS:
            self._add(ELEMENTS[tag](one))
        else:
            raise Unsaid

    def handle_data(self, data: str) -> None:
        if markdown.OURS.search(data):
            raise Unsaid
        if self._is_code():
            self._add(data)
            return
        one = self.open[-1]
        at_start = one.tag in BLOCKS and (not one.flow or one.flow.endswith(("\n", BREAK)))
        words = SPACE.sub(" ", data)
        self._add(markdown.text(words.lstrip(" ") if at_start else words, at_start=at_start))

    def _add(self, flow: str) -> None:
        self.open[-1].flow += flow

    def _is_code(self) -> bool:
        return self.open[-1].tag in ("code", "pre")


def _alone(tag: str, attributes: dict[str, str]) -> str:
    if tag == "br":
        return BREAK
    if tag == "hr":
        return markdown.block("---")
    words = markdown.text(attributes.get("alt", ""), at_start=False)
    return f"![{words}]({_address(attributes, 'src')})"


def _items(one: _Open) -> str:
    """Return a list; where one of its items has paragraphs, all stand apart."""
    start = one.attributes.get("start", "1")
    if not start.isdecimal():
        raise Unsaid
    found = []
    for index, item in enumerate(one.items):
        inner = item if one.has_blocks else re.sub(r"\n{2,}", "\n", item)
        mark = f"{int(start) + index}. " if one.tag == "ol" else "- "
        found.append(markdown.with_prefix(inner, mark, " " * len(mark)))
    between = "\n\n" if one.has_blocks else "\n"
    return markdown.block(
        re.sub(rf"(\n|{CODE_END}) +(?=\n|{CODE_END})", r"\1", between.join(found))
    )


def _link(one: _Open) -> str:
    words = one.flow.replace(BREAK, " ")
    address = one.attributes.get("href", "")
    if words == address and "title" not in one.attributes:
        return f"<{address}>"
    return f"[{words}]({_address(one.attributes, 'href')})"


def _address(attributes: dict[str, str], name: str) -> str:
    """Return where a link or picture leads, with its title."""
    address, title = attributes.get(name, ""), attributes.get("title", "")
    if re.search(r"[<>\s]", address):
        raise Unsaid
    where = address if address and not re.search(r"[()\\]", address) else f"<{address}>"
    return f'{where} "{markdown.text(title, at_start=False)}"' if title else where


def _code(one: _Open) -> str:
    """Return code within a line. Raises Unsaid where there is none."""
    code = one.flow
    if not code.strip():
        raise Unsaid
    ticks = "`" * (1 + markdown.longest_run(code))
    apart = " " if "`" in (code[0], code[-1]) or code[0] == code[-1] == " " else ""
    return f"{ticks}{apart}{code}{apart}{ticks}"


def _code_block(one: _Open) -> str:
    language = LANGUAGE.search(one.attributes.get("class", ""))
    return markdown.fenced(one.flow.rstrip("\n"), language[1] if language else "")


def _paragraph(one: _Open) -> str:
    return markdown.block(one.flow.strip(" "))


def _heading(one: _Open) -> str:
    return markdown.block(f"{HEADINGS[one.tag]} {one.flow.strip()}")


def _quote(one: _Open) -> str:
    inner = markdown.finished(one.flow).strip(" ")
    return markdown.block(markdown.with_prefix(inner, "> ", "> "))


def _emphasis(one: _Open) -> str:
    return markdown.around(MARKS[one.tag], one.flow)


# How each element is written; any other is unsaid. Items are written with their list.
ELEMENTS: dict[str, Callable[[_Open], str]] = {
    **dict.fromkeys(MARKS, _emphasis),
    **dict.fromkeys(HEADINGS, _heading),
    "a": _link,
    "blockquote": _quote,
    "code": _code,
    "ol": _items,
    "p": _paragraph,
    "pre": _code_block,
    "ul": _items,
}
