"""What a public page asks the database for, nothing of it kept: the same few statements."""

import re
from typing import Any

from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.proofs.routes import Route
from tests.proofs.walking import fillings, own_room, queries, walked

MOST = 6
# Addresses that may ask for more, each with its reason.
NOT_COUNTED = {
    "health/ready": "for machines: it looks at the database's own tables",
    "ratings/<str:token>": "of one person's mail; it opens their ticket as they would",
}


def shown(client: Client, path: str) -> tuple[str, Any, int]:
    """Return where an address leads, its answer, and how many statements that took."""
    while True:
        for cache in caches.all(initialized_only=True):
            cache.clear()
        with CaptureQueriesContext(connection) as found:
            answer: Any = client.get(path)
            if answer.streaming:
                b"".join(answer)
        if not answer.headers.get("Location"):
            return path, answer, len(found)
        path = answer.headers["Location"]


def addresses(route: Route, rows: Any, asked: Any) -> list[str]:
    ends = ["", *asked.get(route.template, [])]
    return [path + end for path in route.paths(rows) for end in ends]


def test_public_pages_ask_for_few_things(world):
    client, rows = Client(), fillings()
    tags = ["?order=active", "?order=unanswered", "?solved=yes&language=en"]
    asked = queries() | {"tags/<str:tag_name>": tags, "search": ["?q=mail+php"]}
    client.get("/about/markdown")  # what a process reads once
    routes = [one for one in walked() if own_room(one) and not one.is_api]
    costs = {}
    for route in routes:
        for path in [] if route.template in NOT_COUNTED else addresses(route, rows, asked):
            there, answer, count = shown(client, path)
            if answer.status_code == 200 and not there.startswith("/accounts/"):
                costs[there] = count

    for part in ("/", "/questions", "/tags", "/guides", "/workshops", "/commons", "/levels"):
        assert part in costs
    for part in ("questions/[0-9]+/why", "guides/[0-9]+/mail", "people/bao", "tags/mail[?]order"):
        assert any(re.match(f"/{part}", path) for path in costs), part
    assert {path: count for path, count in costs.items() if count > MOST} == {}
