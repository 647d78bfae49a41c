"""What people may send, and the texts that come as HTML already."""

import re
from html import escape, unescape
from typing import Final

from django.utils.translation import gettext as _

from core.errors import InvalidInput
from core.markup.cleaning import TAG, clean, clean_foreign, has_too_many_tags
from core.markup.dressing import dress

MAX_SOURCE_BYTES: Final = 64 * 1024
MAX_IMPORTED_BYTES: Final = 256 * 1024
SURROGATE: Final = re.compile("[\ud800-\udfff]")


def checked_source(source: str, *, field: str = "source", max_bytes: int = MAX_SOURCE_BYTES) -> str:
    """Return what someone wrote, fit to be stored: no NUL, no half characters, lines end in \\n.

    field: what the refusal names. Raises InvalidInput (too_long) above 64 KiB of UTF-8.
    """
    text = SURROGATE.sub("\ufffd", source).replace("\x00", "")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if len(text.encode()) > max_bytes:
        raise InvalidInput.of(
            field,
            "too_long",
            _("This text is longer than %(size)s kB. Shorten it, or attach the rest as a file.")
            % {"size": max_bytes // 1024},
        )
    return text


def render_imported_html(html: str) -> str:
    """Return the HTML body of an imported post as safe HTML, ready for a page.

    With more than 10,000 tags, it comes out as its words. Raises InvalidInput (too_long) above
    256 KiB.
    """
    text = checked_source(html, max_bytes=MAX_IMPORTED_BYTES)
    if has_too_many_tags(text):
        return clean(as_written(unescape(TAG.sub(" ", text))))
    return clean(dress(clean_foreign(text), on_page=True))


def as_written(text: str) -> str:
    """Return text as one paragraph, for what no parser should be asked to read."""
    return '<p dir="auto">' + "<br>\n".join(escape(line) for line in text.split("\n")) + "</p>"
