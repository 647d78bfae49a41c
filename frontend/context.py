"""What every page's frame needs; nothing here costs a query on a public page."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language_bidi

from core import unsent

# Pages of the forum that stand beside its questions.
FORUM = frozenset(
    "answers comments drafts packs platforms rechecks renditions suggestions tags".split()  # noqa: SIM905
)


def page(request: HttpRequest) -> dict[str, Any]:
    """Return the languages on offer, the direction of writing, the part and address of the site."""
    section = request.path_info[1:].partition("/")[0]
    return {
        "offered_languages": settings.LANGUAGES,
        "language": getattr(request, "LANGUAGE_CODE", "en"),
        "direction": "rtl" if get_language_bidi() else "ltr",
        "section": "questions" if section in FORUM else section,
        "public_url": settings.PUBLIC_URL,
        "source_url": settings.SOURCE_URL,
        "has_unsent": section != "unsent" and unsent.is_waiting(request),
    }
