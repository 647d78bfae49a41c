"""Every address the site answers, read from core.urls: a new route is walked by itself."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

from django.contrib.admindocs.views import simplify_regex
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RegexPattern

PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")
OWN_NAMES = {"slug", "tag_name", "year"}  # parameters that are not what the noun before them names
API, BACK_OFFICE, ACCOUNTS = "api/v1/", "back-office/", "accounts/"
# Nouns of the path → what may stand behind them, from the planted rows.
Fillings = dict[str, list[Any]]


@dataclass(frozen=True)
class Route:
    """An address: `tickets/<number:ticket_id>/notes`, and what answers there."""

    template: str
    view: Any

    @property
    def is_api(self) -> bool:
        return self.template.startswith(API)

    @property
    def is_back_office(self) -> bool:
        return self.template.startswith(BACK_OFFICE)

    @property
    def api_methods(self) -> tuple[str, ...]:
        """The methods an endpoint of the API has, such as ("get", "post")."""
        actions = getattr(self.view, "actions", None)
        if actions:
            return tuple(method for method in actions if method != "head")
        known = ("get", "post", "put", "patch", "delete")
        endpoint = getattr(self.view, "cls", None)  # none: a file, which is read alone
        return tuple(method for method in known if hasattr(endpoint, method))

    def paths(self, fillings: Fillings) -> list[str]:
        """Return the address with every planted row in its place; empty when it has none.

        A parameter is filled by the noun before it (`tickets/<number:ticket_id>`), or by its own
        name where it has none before it (`<slug:slug>`). Raises KeyError for an unknown noun.
        """
        values = [fillings[noun] for noun in self.nouns()]
        return [_filled(self.template, chosen) for chosen in product(*values)]

    def nouns(self) -> list[str]:
        """Return, for each parameter, the word it is filled by."""
        found = []
        for match in PARAMETER.finditer(self.template):
            before = self.template[: match.start()].rstrip("/").rpartition("/")[2]
            separate = self.template[: match.start()].endswith("/")
            is_noun = separate and before and not PARAMETER.search(before)
            noun = before if is_noun and match[2] not in OWN_NAMES else match[2]
            found.append({"number": f"{noun} by number", "path": "path"}.get(match[1], noun))
        return found


def _filled(template: str, values: Iterable[Any]) -> str:
    waiting = iter(values)
    return "/" + PARAMETER.sub(lambda _match: str(next(waiting)), template)


def _walk(patterns: Iterable[URLPattern | URLResolver], before: str) -> Iterator[Route]:
    for entry in patterns:
        is_regex = isinstance(entry.pattern, RegexPattern)
        here = str(entry.pattern)
        template = before + (simplify_regex(here).lstrip("/") if is_regex else here)
        if isinstance(entry, URLResolver):
            yield from _walk(entry.url_patterns, template)
        else:
            yield Route(template, entry.callback)


def all_routes() -> list[Route]:
    """Return every address of core.urls, in its order."""
    return list(_walk(get_resolver().url_patterns, ""))
