"""The reader's language and time zone, from the person or, signed out, from the browser."""

import zoneinfo
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation


class PersonMiddleware:
    """Activate the language (cookie, then person, then Accept-Language) and the time zone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = self.language_of(request)
        person = request.user
        zone = person.time_zone if person.is_authenticated else settings.ASSOCIATION_TIME_ZONE
        with translation.override(language), timezone.override(zoneinfo.ZoneInfo(zone)):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", language)
            return response

    def language_of(self, request: HttpRequest) -> str:
        """Return one of settings.LANGUAGES."""
        offered = dict(settings.LANGUAGES)
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        if chosen in offered:
            return chosen
        if request.user.is_authenticated and request.user.interface_language in offered:
            return request.user.interface_language
        return translation.get_language_from_request(request)
