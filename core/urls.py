"""All addresses: each room's pages (its urls.py), and the API (its api.py) in one place."""

from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.urls.resolvers import RoutePattern

# The busiest first: an address is compared with all that stand before it.
ROOMS = (
    "forum",
    "chat",
    "helpdesk",
    "search",
    "frontend",
    "people",
    "workshops",
    "mentoring",
    "aid",
)


class OfRoom(RoutePattern):
    """Lets an address into a room that has one beginning with the same step.

    Without it an address is compared with each of the two hundred that stand before its own.
    """

    def __init__(self, patterns: Sequence[URLPattern | URLResolver]) -> None:
        super().__init__("", is_endpoint=False)
        steps = [str(pattern.pattern).partition("/")[0].partition("<") for pattern in patterns]
        self._whole = {begin for begin, sign, _rest in steps if not sign}
        self._begun = tuple({begin for begin, sign, _rest in steps if sign})

    def match(self, path: str) -> Any:
        step = path.partition("/")[0]
        if step in self._whole or step.startswith(self._begun):
            return super().match(path)
        return None


def of_rooms(module: str) -> list[URLPattern | URLResolver]:
    """Return the addresses of every room that has this module."""
    names = [f"{room}.{module}" for room in ROOMS if find_spec(f"{room}.{module}")]
    return [
        URLResolver(OfRoom(import_module(name).urlpatterns), import_module(name), None)
        for name in names
    ]


urlpatterns = [
    path("back-office/", admin.site.urls),
    path("accounts/", include("allauth.urls")),
    path("api/v1/", include(of_rooms("api"))),
    path("", include("core.kernel_urls")),
    *of_rooms("urls"),
]
handler404 = "core.pages.not_found"
handler500 = "core.pages.fault"
