"""Guides: Python-Markdown, for trusted editors."""

from typing import TYPE_CHECKING, Final

from django.utils.text import slugify

from core.markup.cleaning import clean, clean_foreign
from core.markup.dressing import dress
from core.markup.sources import as_written, checked_source

if TYPE_CHECKING:
    from markdown import Markdown

EXTENSIONS: Final = (
    "admonition",
    "def_list",
    "footnotes",
    "tables",
    "toc",
    "pymdownx.superfences",
    "pymdownx.highlight",
    "pymdownx.tilde",
)
# Python-Markdown takes the square of these (4,000 "[" 1.6 s), and one stack frame a nested quote.
# Editors are trusted, so this guards against accidents; whom nobody knows writes posts.
MAX_OPENINGS: Final = 2_000


def render_guide(source: str) -> str:
    """Return a guide (with [TOC], footnotes and admonitions) as safe HTML.

    Headings start at h2: the page's h1 is the guide's title. What would exhaust the parser comes
    out as plain text. Raises InvalidInput (too_long).
    """
    text = checked_source(source)
    try:
        if text.count("[") + text.count("<") > MAX_OPENINGS:
            return clean(as_written(text))
        html = _parser().convert(text)
    except RecursionError:
        return clean(as_written(text))
    return clean(dress(clean_foreign(html, keep_ids=True), on_page=True))


def _parser() -> "Markdown":
    """Return a parser for one text: it keeps footnotes and contents in itself."""
    from markdown import Markdown

    return Markdown(
        extensions=EXTENSIONS,
        extension_configs={
            "footnotes": {"BACKLINK_TITLE": ""},  # English, whatever the guide's language
            "tables": {"use_align_attribute": True},
            "toc": {"slugify": _anchor},
            "pymdownx.highlight": {"use_pygments": False},  # the dressing does it
            "pymdownx.tilde": {"subscript": False},
        },
    )


def _anchor(heading: str, separator: str) -> str:
    """Return the id of a heading; the prefix is what the allow-list lets through."""
    return "guide-" + (slugify(heading, allow_unicode=True)[:60] or "part")
