"""Posts: CommonMark, as anyone may write it, raw HTML off."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from linkify_it import LinkifyIt
from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, table
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType

from core.markup.cleaning import clean
from core.markup.dressing import dress
from core.markup.sources import as_written, checked_source

HANDLE: Final = re.compile(r"(?<![\w@/.+-])@(\w(?:[\w.-]{0,78}\w)?)(?![\w@])")
MAX_MENTIONS: Final = 50
SCHEME_BEFORE: Final = re.compile(r"(?:^|[^a-z0-9.+-])(https?|ftp)\Z", re.IGNORECASE)
MAX_ADDRESS: Final = 2_000  # characters
LINKS: Final = LinkifyIt()

# What a post may ask of the parser. Measured: the worst texts of 64 KiB within these limits take
# under 0.5 s. Nobody writes beyond them by hand; such a post is shown as plain text, whole (the
# parser itself would drop what is nested too deep).
MAX_DEPTH: Final = 12
MAX_LINES: Final = 6_000
MAX_MARKS: Final = 12_000
MAX_CELLS: Final = 20_000  # a row as short as "|" fills every column of its table
MAX_HTML: Final = 1_000_000  # characters
MARK: Final = re.compile(r"[\[\]*_~`<!&\\]|://")


class TooIntricate(Exception):  # noqa: N818
    """A text costs more to read as CommonMark than anyone's post is worth."""


def render_post(
    source: str, *, mentions: Mapping[str, str] | None = None, on_page: bool = False
) -> str:
    """Return CommonMark (with tables, strikethrough and bare links) as safe HTML.

    mentions: folded handle → path of the person's page; other @words stay words.
    on_page: as dress() says; what is stored or shown uses preview() or write_text(), which set it.
    A text made to exhaust the parser comes out as plain text.
    Source: CommonMark 0.31.2. Raises InvalidInput (too_long).
    """
    text = checked_source(source)
    try:
        html = _parsed(text, _env(mentions or {}))
    except TooIntricate:
        return clean(as_written(text))
    return clean(dress(html, on_page=on_page))


def find_mentions(source: str) -> list[str]:
    """Return the folded handles a post mentions outside code and links, each once, in order.

    Whether there are such people is not checked. At most 50, so that no post tells everyone.
    """
    env, text = _env({}), checked_source(source)
    if "@" not in text:
        return []
    try:
        _parsed(text, env)
    except TooIntricate:
        return []
    return list(env["handles"])[:MAX_MENTIONS]


def _env(mentions: Mapping[str, str]) -> dict[str, Any]:
    return {"mentions": mentions, "handles": {}, "cells": 0}


def _parsed(text: str, env: dict[str, Any]) -> str:
    if text.count("\n") > MAX_LINES:
        raise TooIntricate
    html: str = COMMONMARK.render(text, env)
    if len(html) > MAX_HTML:
        raise TooIntricate
    return html


def _refuse_depth(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if state.level > MAX_DEPTH:
        raise TooIntricate
    return False


def _table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Read a table, if all tables together stay within MAX_CELLS."""
    if not table(state, start, end, True):
        return False
    if silent:
        return True
    columns = state.src.count("|", state.bMarks[start], state.eMarks[start]) + 1
    rows = next((row for row in range(start, end) if state.isEmpty(row)), end) - start
    state.env["cells"] += columns * rows
    if state.env["cells"] > MAX_CELLS:
        raise TooIntricate
    return table(state, start, end, False)


def _refuse_marks(state: StateCore) -> None:
    """Refuse more marks than any post has: each may be looked at again for many others."""
    left = MAX_MARKS
    for token in state.tokens:
        if token.type == "inline":
            left -= len(MARK.findall(token.content))
    if left < 0:
        raise TooIntricate


def _bare_link(state: StateInline, silent: bool) -> bool:
    """Link an address that starts with http://, https:// or ftp://.

    In place of the parser's own rule, which takes 14 s on 60 kB of "://", and links bare words
    such as manage.py, since .py is a country.
    """
    if state.linkLevel > 0 or not state.src.startswith("://", state.pos):
        return False
    scheme = SCHEME_BEFORE.search(state.pending[-6:])
    if scheme is None:
        return False
    start = state.pos - len(scheme[1])
    link = LINKS.match_at_start(state.src[start : min(start + MAX_ADDRESS, state.posMax)])
    if link is None or len(link.url) == MAX_ADDRESS:
        return False
    address = link.url.rstrip("*")  # an emphasis that ends after the address
    if not silent:
        state.pending = state.pending[: -len(scheme[1])]
        token = state.push("link_open", "a", 1)
        token.attrs = {"href": state.md.normalizeLink(address)}
        state.push("text", "", 0).content = state.md.normalizeLinkText(address)
        state.push("link_close", "a", -1)
    state.pos = start + len(address)
    return True


def _outside_links(tokens: list[Token]) -> Iterator[Token]:
    depth = 0
    for token in tokens:
        if token.type == "link_open":
            depth += 1
        elif token.type == "link_close":
            depth -= 1
        elif token.type == "text" and not depth:
            yield token


def _link_mentions(state: StateCore) -> None:
    """Note the handles in env["handles"], link those of env["mentions"].

    Before escapes are joined to the text, so that \\@zoe and &#64;zoe mention nobody.
    """
    for inline in state.tokens:
        if inline.type == "inline" and "@" in inline.content:
            outside = {id(token) for token in _outside_links(inline.children or [])}
            inline.children = [
                piece
                for token in inline.children or []
                for piece in (_split(token, state.env) if id(token) in outside else [token])
            ]


def _split(token: Token, env: EnvType) -> Iterator[Token]:
    position = 0
    for match in HANDLE.finditer(token.content):
        handle = match[1].casefold()
        env["handles"][handle] = None
        path = env["mentions"].get(handle)
        if path is None:
            continue
        yield _text(token.content[position : match.start()], token.level)
        yield Token("link_open", "a", 1, {"href": path, "class": "mention"}, level=token.level)
        yield _text(match[0], token.level + 1)
        yield Token("link_close", "a", -1, level=token.level)
        position = match.end()
    yield _text(token.content[position:], token.level)


def _text(content: str, level: int) -> Token:
    return Token("text", "", 0, content=content, level=level)


def _align_cells(state: StateCore) -> None:
    """Say a cell's alignment by attribute: a strict policy drops style attributes."""
    for token in state.tokens:
        style = token.attrs.pop("style", None) if token.type in ("th_open", "td_open") else None
        if style:
            token.attrs["align"] = str(style).removeprefix("text-align:")


def _commonmark() -> MarkdownIt:
    # Deeper than MAX_DEPTH, so that ours refuses before the parser drops anything.
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": MAX_DEPTH + 10})
    parser.enable(["table", "strikethrough", "linkify"])
    parser.disable("html_block")
    parser.block.ruler.before("table", "depth", _refuse_depth)
    parser.block.ruler.at("table", _table, {"alt": ["paragraph", "reference"]})
    parser.inline.ruler.at("linkify", _bare_link)
    parser.core.ruler.before("inline", "marks", _refuse_marks)
    parser.core.ruler.at("linkify", _link_mentions)
    parser.core.ruler.push("alignment", _align_cells)
    return parser


COMMONMARK: Final = _commonmark()
