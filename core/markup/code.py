"""Colours for code: class names only, the colours are in frontend/static/css/30-code.css."""

import re
from functools import cache
from html import escape
from typing import Final

from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import Token, _TokenType
from pygments.util import ClassNotFound

# Few classes, named as Pygments names them: most tokens of a language need no colour, and each
# span weighs on a page that must stay under 30 kB.
CLASS_OF: Final[dict[_TokenType, str]] = {
    Token.Comment: "c",
    Token.Comment.Preproc: "k",
    Token.Keyword: "k",
    Token.Operator.Word: "k",
    Token.Literal.String: "s",
    Token.Literal.Number: "m",
    Token.Name.Function: "f",
    Token.Name.Class: "f",
    Token.Name.Decorator: "f",
    Token.Name.Builtin: "f",
    Token.Name.Tag: "t",
    Token.Name.Attribute: "a",
    Token.Name.Variable: "a",
    Token.Generic.Inserted: "gi",
    Token.Generic.Deleted: "gd",
    Token.Generic.Heading: "gh",
    Token.Generic.Subheading: "gh",
    Token.Generic.Prompt: "gp",
}
BIDI_CLASS: Final = "bidi"
CODE_CLASSES: Final = frozenset(CLASS_OF.values()) | {BIDI_CLASS}
# Embeddings, overrides and isolates make code read otherwise than it runs (CVE-2021-42574).
BIDI: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
MAX_HIGHLIGHTED: Final = 20_000  # characters; longer code stays plain


def coloured(code: str, language: str) -> str:
    """Return code as escaped HTML with spans for colours; plain for a language nobody knows.

    language: the first word of a fence's info string, in any case.
    """
    lexer = _lexer(language.casefold()) if len(code) <= MAX_HIGHLIGHTED else None
    if lexer is None:
        return plain(code)
    parts: list[str] = []
    run, run_class = "", ""
    for kind, text in lexer.get_tokens(code):
        name = _class_of(kind)
        if name != run_class and text.strip():
            parts.append(_span(run, run_class))
            run, run_class = "", name
        run += text
    parts.append(_span(run, run_class))
    return "".join(parts)


def plain(code: str) -> str:
    """Return code as escaped HTML, with characters that turn its direction made visible."""
    return BIDI.sub(_visible, escape(code))


def _span(text: str, name: str) -> str:
    return f'<span class="{name}">{plain(text)}</span>' if name and text else plain(text)


def _visible(match: re.Match[str]) -> str:
    return f'<span class="{BIDI_CLASS}">U+{ord(match[0]):04X}</span>'


@cache
def _class_of(kind: _TokenType) -> str:
    for ancestor in reversed(kind.split()):
        if ancestor in CLASS_OF:
            return CLASS_OF[ancestor]
    return ""


@cache
def _lexer(language: str) -> Lexer | None:
    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False, startinline=True)
    except ClassNotFound:
        return None
