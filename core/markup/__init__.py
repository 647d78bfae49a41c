"""Text to safe HTML. What people wrote goes through here, and nothing else declares HTML safe.

A text is parsed (posts, guides, sources), dressed (dressing, code) and cleaned (cleaning), in this
order: the allow-list has the last word on every way. safe.py is the only file of the project that
may call mark_safe; a test looks for others.
"""

from core.markup.cleaning import clean
from core.markup.contents import Heading, contents
from core.markup.guides import render_guide
from core.markup.letters import Piece
from core.markup.mailed import mailed_html, source_piece, written_piece
from core.markup.portable import portable_html
from core.markup.posts import find_mentions, render_post
from core.markup.reading import excerpt, plain_text
from core.markup.safe import data_block, escaped, filled, highlight, safe
from core.markup.sources import MAX_SOURCE_BYTES, checked_source, render_imported_html
from core.markup.written import RENDERER_VERSION, preview, rerender, write_text, written_html

__all__ = [
    "MAX_SOURCE_BYTES",
    "RENDERER_VERSION",
    "Heading",
    "Piece",
    "checked_source",
    "clean",
    "contents",
    "data_block",
    "escaped",
    "excerpt",
    "filled",
    "find_mentions",
    "highlight",
    "mailed_html",
    "plain_text",
    "portable_html",
    "preview",
    "render_guide",
    "render_imported_html",
    "render_post",
    "rerender",
    "safe",
    "source_piece",
    "write_text",
    "written_html",
    "written_piece",
]
