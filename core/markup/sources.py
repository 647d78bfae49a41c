"""What people may send, and the texts that come as HTML already."""

import re
from typing import Final

from django.utils.translation import gettext as _

from core.errors import InvalidInput
from core.markup.cleaning import clean, clean_foreign
from core.markup.dressing import dress

MAX_SOURCE_BYTES: Final = 64 * 1024
MAX_IMPORTED_BYTES: Final = 1024 * 1024
SURROGATE: Final = re.compile("[\ud800-\udfff]")


def checked_source(source: str, *, field: str = "source") -> str:
    """Return what someone wrote, fit to be stored: no NUL, no half characters, lines end in \\n.

    Raises InvalidInput (too_long) above 64 KiB of UTF-8.
    """
    text = SURROGATE.sub("\ufffd", source).replace("\x00", "")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if len(text.encode()) > MAX_SOURCE_BYTES:
        raise InvalidInput.of(
            field,
            "too_long",
            _("This text is longer than 64 kB. Shorten it, or attach the rest as a file."),
        )
    return text


def render_imported_html(html: str) -> str:
    """Return the HTML body of an imported post as safe HTML."""
    text = SURROGATE.sub("\ufffd", html).replace("\x00", "")
    return clean(dress(clean_foreign(text)))
