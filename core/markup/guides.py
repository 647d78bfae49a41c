"""Guides: Python-Markdown, for trusted editors (on hostile text it can take seconds)."""

from markdown import Markdown

from core.markup.cleaning import clean, clean_foreign
from core.markup.dressing import dress
from core.markup.sources import checked_source

EXTENSIONS = [
    "admonition",
    "attr_list",
    "def_list",
    "footnotes",
    "tables",
    "toc",
    "pymdownx.superfences",
    "pymdownx.highlight",
    "pymdownx.tilde",
]


def render_guide(source: str) -> str:
    """Return a guide (with [TOC], footnotes and admonitions) as safe HTML.

    Headings start at h2: the page's h1 is the guide's title. Raises InvalidInput (too_long).
    """
    parser = Markdown(
        extensions=EXTENSIONS,
        extension_configs={
            "tables": {"use_align_attribute": True},
            "toc": {"baselevel": 2, "slugify": _anchor},
            "pymdownx.highlight": {"use_pygments": False},
            "pymdownx.tilde": {"subscript": False},
        },
    )
    return clean(dress(clean_foreign(parser.convert(checked_source(source)), keep_ids=True)))


def _anchor(heading: str, separator: str) -> str:
    from django.utils.text import slugify

    return "guide-" + (slugify(heading, allow_unicode=True) or "part")[:60]
