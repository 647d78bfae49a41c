"""Queries of every list and page of the help desk: counted, and the same for 3 rows and 30."""

import pytest

from helpdesk import actions
from tests.conftest import asked_of
from tests.helpdesk.conftest import opened


@pytest.fixture
def many(desk, site):
    """Return a function that opens tickets: about the site, by several people, some assigned."""

    def open_more(count):
        for number in range(count):
            asker = desk[("aminata", "omar", "bao")[number % 3]]
            site_id = site.pk if number % 3 == 0 else None
            ticket = opened(asker, f"Ticket number {number}", site_id=site_id)
            if number % 2:
                actions.assign(actor=desk["nadia"], ticket_id=ticket.pk, assignee=desk["vera"])

    return open_more


def counted(client, path, django_assert_max_num_queries):
    client.get(path)  # what is read once and kept
    with django_assert_max_num_queries(40) as context:
        assert client.get(path).status_code == 200
    return len(asked_of(context.captured_queries))


LISTS = {
    "/tickets": ("aminata", 2),
    "/tickets?done=1": ("aminata", 2),
    "/queue": ("nadia", 5),
    "/queue?waits_for=&language=en": ("nadia", 5),
    "/queue/rows": ("nadia", 4),
    "/api/v1/tickets": ("nadia", 3),
    "/api/v1/tickets/mine": ("aminata", 2),
    "/api/v1/queue": ("nadia", 3),
    "/api/v1/queues": ("nadia", 3),
}


@pytest.mark.parametrize("path", LISTS)
def test_lists_cost_the_same_however_long(
    path, browse, call, desk, many, django_assert_max_num_queries
):
    name, pinned = LISTS[path]
    client = call(desk[name]) if "/api/" in path else browse(desk[name])

    many(3)
    few = counted(client, path, django_assert_max_num_queries)
    many(27)
    lot = counted(client, path, django_assert_max_num_queries)

    assert (few, lot) == (pinned, pinned)


PAGES = {"nadia": 9, "aminata": 8, "farid": 8, "olga": 8}


@pytest.mark.parametrize("name", PAGES)
def test_ticket_costs_the_same_however_long(
    name, browse, call, desk, ticket, django_assert_max_num_queries
):
    page, api = browse(desk[name]), call(desk[name])
    path, messages = ticket.path, f"/api/v1/tickets/{ticket.pk}/messages"

    def costs():
        return tuple(
            counted(client, asked, django_assert_max_num_queries)
            for client, asked in ((page, path), (api, messages))
        )

    few = costs()
    for number in range(28):
        who = "nadia" if number % 2 else "aminata"
        actions.reply(actor=desk[who], ticket_id=ticket.pk, source=f"No {number}", revision=99)
        if number % 9 == 0:
            actions.write_note(actor=desk["vera"], ticket_id=ticket.pk, source=f"Note {number}")

    assert few == costs() == (PAGES[name], 5)
