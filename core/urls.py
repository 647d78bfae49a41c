"""All addresses: each room's pages (its urls.py), and the API (its api.py) in one place."""

from importlib.util import find_spec

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

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


def of_rooms(module: str) -> list[URLPattern | URLResolver]:
    """Return the addresses of every room that has this module."""
    return [
        path("", include(f"{room}.{module}")) for room in ROOMS if find_spec(f"{room}.{module}")
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
