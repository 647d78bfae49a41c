"""All addresses: each room's pages (its urls.py), and the API (its api.py) in one place."""

from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec

from allauth.headless.constants import Client
from django.contrib import admin
from django.urls import Resolver404, ResolverMatch, URLPattern, URLResolver, include, path
from django.urls.resolvers import RoutePattern

from people.views.account import CodeAppView, account_openapi

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


class Rooms(URLResolver):
    """Compares an address with those alone whose first step it has, in the order they stand.

    Django compares it with each of the two hundred that stand before its own.
    """

    def __init__(self, patterns: Sequence[URLPattern]) -> None:
        super().__init__(RoutePattern("", is_endpoint=False), list(patterns), None)
        steps = [str(entry.pattern).partition("/")[0].partition("<") for entry in patterns]
        named = [
            (begin, not sign, entry)
            for (begin, sign, _), entry in zip(steps, patterns, strict=True)
        ]
        self._by_step = {
            step: [
                entry
                for begin, is_whole, entry in named
                if (step == begin if is_whole else step.startswith(begin))
            ]
            for step, is_whole, _entry in named
            if is_whole
        }
        self._begun = [(begin, entry) for begin, is_whole, entry in named if not is_whole]

    def resolve(self, path: str) -> ResolverMatch:
        """Return who answers. Raises Resolver404."""
        path = str(path)
        step = path.partition("/")[0]
        entries = self._by_step.get(step)
        if entries is None:
            entries = [entry for begin, entry in self._begun if step.startswith(begin)]
        for entry in entries:
            found: ResolverMatch | None = entry.resolve(path)
            if found is not None:
                return found
        raise Resolver404({"path": path})


def of_rooms(module: str) -> Rooms:
    """Return the addresses of every room that has this module."""
    names = [f"{room}.{module}" for room in ROOMS if find_spec(f"{room}.{module}")]
    return Rooms([entry for name in names for entry in import_module(name).urlpatterns])


urlpatterns: list[URLPattern | URLResolver] = [
    path("back-office/", admin.site.urls),
    # In place of allauth's own, which fail on texts that are translated; JSON is YAML too.
    path("accounts/api/openapi.json", account_openapi, name="account_openapi"),
    path("accounts/api/openapi.yaml", account_openapi),
    path(
        "accounts/api/app/v1/account/authenticators/totp",
        CodeAppView.as_api_view(client=Client.APP),
    ),
    path("accounts/api/", include("allauth.headless.urls")),
    path("accounts/", include("allauth.urls")),
    path("api/v1/", include([of_rooms("api")])),
    path("", include("core.kernel_urls")),
    of_rooms("urls"),
]
handler404 = "core.pages.not_found"
handler500 = "core.pages.fault"
