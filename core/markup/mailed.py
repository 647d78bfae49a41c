"""Stored texts as mails can show them: links whole, pictures that need signing in as links."""

import re
from html import escape
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.markup.safe import safe
from core.markup.written import written_html

if TYPE_CHECKING:
    from core.models import WrittenText

PICTURE: Final = re.compile(r'<img [^>]*?\bsrc="(/[^"]*)"[^>]*>')
OWN_LINK: Final = re.compile(r'(\b(?:href|src)=")/(?!/)')


def mailed_html(row: "WrittenText") -> SafeString:
    """Return the stored HTML of a row for a mail: addresses of ours begin with PUBLIC_URL."""
    words = escape(_("picture"))
    html = PICTURE.sub(rf'<a href="\1">[{words}]</a>', written_html(row))
    return safe(OWN_LINK.sub(rf"\g<1>{escape(settings.PUBLIC_URL)}/", html))
