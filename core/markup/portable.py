"""Written texts for pages that are read without the site: on a disk, without a network."""

import re
from collections.abc import Callable
from html import escape, unescape
from typing import TYPE_CHECKING, Final

from django.utils.safestring import SafeString

from core.markup.dressing import ATTRIBUTES
from core.markup.safe import safe
from core.markup.written import written_html

if TYPE_CHECKING:
    from core.models import WrittenText

PICTURE: Final = re.compile(rf"<img{ATTRIBUTES}\s*/?>")
LINK: Final = re.compile(rf'(<a{ATTRIBUTES}?\s+href=")([^"]*)(")')
ALT: Final = re.compile(r'\salt="([^"]*)"')
OWN: Final = re.compile(r"/(?!/)")


def portable_html(row: "WrittenText", lead: Callable[[str], str]) -> SafeString:
    """Return the stored HTML of a row with its own paths led elsewhere and its pictures in words.

    lead: an own path, such as `/questions/7/a-title` → the address it has there. Nothing is left
    that a browser would fetch by itself.
    """

    def words(picture: re.Match[str]) -> str:
        alt = ALT.search(picture[0])
        return f"<em>[{alt[1]}]</em>" if alt and alt[1] else ""

    def led(link: re.Match[str]) -> str:
        address = unescape(link[2])
        return f"{link[1]}{escape(lead(address)) if OWN.match(address) else link[2]}{link[3]}"

    return safe(LINK.sub(led, PICTURE.sub(words, str(written_html(row)))))
