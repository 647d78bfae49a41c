"""Colours for code: class names only, the colours are in frontend/static/css/30-code.css."""

import re
from functools import cache
from html import escape
from typing import TYPE_CHECKING, Final

from pygments.token import Token, _TokenType

if TYPE_CHECKING:
    from pygments.lexer import Lexer

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
# The languages people ask for help with. Not all of Pygments: its lexers hold patterns that take
# seconds on hostile text (C, Java, systemd). Each one here was tried on some 2,000 such texts:
# 6,000 characters in lines of 400 take at most 0.4 s. `http` and `markdown` are missing since they
# would hand parts of their text to any lexer named in it.
LANGUAGES: Final = frozenset(
    """
    apache apacheconf awk bash bat batch cfg console css diff django docker
    dockerfile go golang graphql html html+django html+jinja html+php ini javascript jinja js
    json kotlin less lua make makefile mysql nginx perl php pl postgres postgresql powershell
    properties ps1 pwsh py pycon python python3 rb rs ruby rust scss sh shell shell-session smarty
    sql swift toml ts twig typescript xml yaml yml zone zsh
    """.split()  # noqa: SIM905
)
MAX_COLOURED: Final = 6_000  # characters
MAX_LINE: Final = 400  # characters; longer ones are minified, or hostile


def coloured(code: str, language: str) -> str:
    """Return code as escaped HTML with spans for colours; plain for a language nobody knows.

    language: the first word of a fence's info string, in any case. Code that is too long, or has
    too long a line, stays plain.
    """
    name = language.casefold()
    longest = max(map(len, code.split("\n")))
    if name not in LANGUAGES or len(code) > MAX_COLOURED or longest > MAX_LINE:
        return plain(code)
    parts: list[str] = []
    run, run_class = "", ""
    for kind, text in _lexer(name, "<?" not in code).get_tokens(code):
        next_class = _class_of(kind)
        if next_class != run_class and text.strip():
            parts.append(_span(run, run_class))
            run, run_class = "", next_class
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
def _lexer(language: str, is_php_alone: bool) -> "Lexer":
    """Return a lexer; PHP may lack the <?php it starts with.

    Pygments is imported with the first code that is coloured: the list of its lexers takes 60 ms.
    """
    from pygments.lexers import get_lexer_by_name

    return get_lexer_by_name(language, stripnl=False, ensurenl=False, startinline=is_php_alone)
