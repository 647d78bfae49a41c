"""The reader's language and time zone, from the person or, signed out, from the browser."""

import zoneinfo
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from core.pages import is_api
from people import second_factor


class PersonMiddleware:
    """Activate the language (cookie, then person, then Accept-Language) and the time zone.

    Staff without a second factor are sent to set one up. The API speaks UTC.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = self.language_of(request)
        with translation.override(language), timezone.override(self.zone_of(request)):
            request.LANGUAGE_CODE = language
            response = second_factor.asked_of(request) or self.get_response(request)
            response.headers.setdefault("Content-Language", language)
            return response

    def zone_of(self, request: HttpRequest) -> zoneinfo.ZoneInfo:
        """Return the zone hours are read and shown in."""
        if is_api(request):
            return zoneinfo.ZoneInfo("UTC")
        person = request.user
        name = person.time_zone if person.is_authenticated else settings.ASSOCIATION_TIME_ZONE
        try:
            return zoneinfo.ZoneInfo(name)
        except (ValueError, zoneinfo.ZoneInfoNotFoundError):  # a zone the system no longer knows
            return zoneinfo.ZoneInfo(settings.ASSOCIATION_TIME_ZONE)

    def language_of(self, request: HttpRequest) -> str:
        """Return one of settings.LANGUAGES."""
        offered = dict(settings.LANGUAGES)
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        if chosen in offered:
            return chosen
        if request.user.is_authenticated and request.user.interface_language in offered:
            return request.user.interface_language
        return translation.get_language_from_request(request)
