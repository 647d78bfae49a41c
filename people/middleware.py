"""Who reads, from the session; their language and time zone, else those of the browser."""

import zoneinfo
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.middleware import AuthenticationMiddleware, get_user
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import trans_real

from core.pages import is_api
from people import second_factor
from people.models.standing import brought
from people.moments import zone_called

TEXTS_REMEMBERED = 4_096  # of one language; all rooms together have fewer


class ReaderMiddleware(AuthenticationMiddleware):
    """Django's own, with the person whom the session's statement brought.

    Every page asks who reads, so who it is stands there at once: each fact asked of a lazy object
    takes a detour. A request without a session's cookie asks the database nothing.
    """

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = _reader_of(request)


def _reader_of(request: HttpRequest) -> Any:
    session: Any = request.session
    session.get(SESSION_KEY)  # reads the session, and its person with it
    with brought(session.person):
        return get_user(request)


@cache
def _remember_words(language: str) -> None:
    """Let each text be looked up in a language's catalogs once, not for each row of each page."""
    catalogs: Any = trans_real.translation(language)
    catalogs.gettext = lru_cache(maxsize=TEXTS_REMEMBERED)(catalogs.gettext)


class PersonMiddleware:
    """Activate the language (cookie, then person, then Accept-Language) and the time zone.

    Staff without a second factor are sent to set one up. The API speaks UTC.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = self.language_of(request)
        _remember_words(language)
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
        return zone_called(name)

    def language_of(self, request: HttpRequest) -> str:
        """Return one of settings.LANGUAGES."""
        offered = dict(settings.LANGUAGES)
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        if chosen in offered:
            return chosen
        if request.user.is_authenticated and request.user.interface_language in offered:
            return request.user.interface_language
        return translation.get_language_from_request(request)
