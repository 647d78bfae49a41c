"""What people wrote as mails can show it: links whole, pictures that need signing in as links."""

import re
from html import escape
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.markup.letters import Piece
from core.markup.posts import render_post
from core.markup.safe import filled, safe
from core.markup.written import written_html

if TYPE_CHECKING:
    from core.models import WrittenText

PICTURE: Final = re.compile(r'<img [^>]*?\bsrc="(/[^"]*)"[^>]*>')
OWN_LINK: Final = re.compile(r'(\b(?:href|src)=")/(?!/)')


def mailed_html(row: "WrittenText") -> SafeString:
    """Return the stored HTML of a row for a mail: addresses of ours begin with PUBLIC_URL."""
    return _whole(written_html(row))


def written_piece(row: "WrittenText") -> Piece:
    """Return what a row says for a mail: as it was written, and as HTML."""
    return _said(row.source, mailed_html(row), row.language)


def source_piece(source: str, *, language: str) -> Piece:
    """Return a text in CommonMark that is stored in no row of its own for a mail."""
    return _said(source, _whole(render_post(source)), language)


def _said(source: str, html: SafeString, language: str) -> Piece:
    return Piece(source, filled('<div dir="auto" lang="{}">{}</div>', language, html))


def _whole(html: str) -> SafeString:
    words = escape(_("picture"))
    html = PICTURE.sub(rf'<a href="\1">[{words}]</a>', html)
    return safe(OWN_LINK.sub(rf"\g<1>{escape(settings.PUBLIC_URL)}/", html))
