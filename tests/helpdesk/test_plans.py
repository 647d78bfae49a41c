"""No list of the desk, and no page, asks for more on a larger site."""

import pytest
from django.db import connection

from helpdesk import actions
from tests.plans import unbounded

pytestmark = pytest.mark.skipif(
    connection.vendor != "sqlite", reason="PostgreSQL chooses by what stands in the tables"
)
PAGES = {
    "/queue": "nadia",
    "/queue?waits_for=": "nadia",
    "/queue?waits_for=them": "nadia",
    "/queue?queue=hosting": "nadia",
    "/queue?waits_for=&queue=hosting": "nadia",
    "/queue?assigned=me": "nadia",
    "/queue?assigned=nobody": "nadia",
    "/queue?assigned=vera": "nadia",
    "/queue?waits_for=&language=fr": "nadia",
    "/queue?level=free": "nadia",
    "/queue?waits_for=&level=free": "nadia",
    "/queue?queue=hosting&level=free": "nadia",
    "/queue?state=closed": "nadia",
    "/queue?waits_for=&sort=newest": "nadia",
    "/queue?waits_for=&tag=dns": "nadia",
    "/queue?waits_for=&q=page": "nadia",
    "/queue?waits_for=&q=page&": "vera",
    "/tickets": "aminata",
    "/tickets?q=page": "aminata",
    "/tickets?done=1": "aminata",
    "{ticket}": "nadia",
    "{ticket}?": "aminata",
}


@pytest.mark.parametrize("path", PAGES)
def test_pages_reach_no_further_than_what_they_show(path, browse, desk, ticket):
    client = browse(desk[PAGES[path]])
    path = path.format(ticket=ticket.path)
    client.get(path)  # what is read once and kept

    assert unbounded(lambda: client.get(path)) == []


def test_next_reaches_no_further_than_what_waits(desk, ticket):
    assert unbounded(lambda: actions.take_next(actor=desk["nadia"])) == []
