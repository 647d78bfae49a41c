"""What every page's frame needs; nothing here costs a query on a public page."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def page(request: HttpRequest) -> dict[str, Any]:
    """Return the languages on offer."""
    return {
        "offered_languages": settings.LANGUAGES,
        "language": getattr(request, "LANGUAGE_CODE", "en"),
    }
