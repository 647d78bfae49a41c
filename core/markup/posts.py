"""Posts: CommonMark, as anyone may write it, raw HTML off."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from linkify_it import LinkifyIt
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import EnvType

from core.markup.cleaning import clean
from core.markup.dressing import dress
from core.markup.sources import checked_source

HANDLE: Final = re.compile(r"(?<![\w@/.+-])@(\w(?:[\w.-]{0,78}\w)?)(?![\w@])")
MAX_MENTIONS: Final = 50


def render_post(
    source: str, *, mentions: Mapping[str, str] | None = None, heading_shift: int = 0
) -> str:
    """Return CommonMark (with tables, strikethrough and bare links) as safe HTML.

    mentions: folded handle → path of the person's page; other @words stay words.
    heading_shift: added to the level of headings; 2 leaves h1 and h2 to the page around (stored
    texts and previews are made so). Source: CommonMark 0.31.2.
    Raises InvalidInput (too_long).
    """
    env: dict[str, Any] = {"mentions": mentions or {}, "handles": {}}
    html = COMMONMARK.render(checked_source(source), env)
    return clean(dress(html, heading_shift=heading_shift))


def find_mentions(source: str) -> list[str]:
    """Return the folded handles a post mentions outside code and links, each once, in order.

    Whether there are such people is not checked. At most 50, so that no post tells everyone.
    """
    env: dict[str, Any] = {"mentions": {}, "handles": {}}
    COMMONMARK.parse(checked_source(source), env)
    return list(env["handles"])[:MAX_MENTIONS]


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
    parser = MarkdownIt("commonmark", {"html": False, "linkify": True})
    parser.enable(["table", "strikethrough", "linkify"])
    # Bare words such as manage.py are not links, though .py is a country.
    parser.linkify = LinkifyIt(
        options={"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False}
    )
    parser.core.ruler.before("text_join", "mentions", _link_mentions)
    parser.core.ruler.push("alignment", _align_cells)
    return parser


COMMONMARK: Final = _commonmark()
