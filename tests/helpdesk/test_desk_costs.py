"""Queries of the agents' tools: counted, and the same for few rows and many."""

import pytest

from helpdesk import actions
from helpdesk.models import Ticket, TicketField
from tests.helpdesk.desk_acts import made_macro, made_rule
from tests.helpdesk.test_costs import counted

PATHS = {
    "/macros": 4,
    "/desk-rules": 4,
    "/api/v1/macros": 4,
    "/api/v1/desk-rules": 3,
    "{page}/desk": 7,
    "{api}/checklist": 4,
    "{api}/times": 4,
    "{api}/tags": 4,
    "{api}/macros": 7,
}


@pytest.fixture
def work(desk, ticket):
    """Return a function that keeps macros and rules, and works on the ticket."""

    def add(count, start=0):
        facts = {"actor": desk["nadia"], "ticket_id": ticket.pk}
        for number in range(start, start + count):
            texts = {"en": "Hello.", "fr": "Bonjour."}
            made_macro(desk["nadia"], names={"en": f"No {number}"}, texts=texts)
            made_rule(desk["clara"], desk["nadia"], on=False)
            actions.tag_ticket(**facts, names=[f"tag {number}"])
            made = actions.add_to_checklist(**facts, items=[f"Item {number}"])
            actions.check_item(**facts, item_id=made[0].pk, done=True)
            actions.spend_time(**facts, minutes=number + 1)

    return add


@pytest.mark.parametrize("path", PATHS)
def test_tools_cost_the_same_however_much_there_is(
    path, browse, call, desk, ticket, work, django_assert_max_num_queries
):
    asked = path.format(page=ticket.path, api=f"/api/v1/tickets/{ticket.pk}")
    client = call(desk["nadia"]) if "/api/" in asked else browse(desk["nadia"])

    work(2)
    few = counted(client, asked, django_assert_max_num_queries)
    work(12, start=2)
    lot = counted(client, asked, django_assert_max_num_queries)

    assert (few, lot) == (PATHS[path], PATHS[path])


def test_ticket_page_pays_for_fields_only_where_there_are_some(
    browse, desk, ticket, queue, django_assert_max_num_queries
):
    page = browse(desk["aminata"])
    without = counted(page, ticket.path, django_assert_max_num_queries)
    for key in ("one", "two"):
        TicketField.objects.create(
            queue=queue, key=key, kind="text", labels={"en": key}, shown_to="requester"
        )
        actions.fill_fields(actor=desk["vera"], ticket_id=ticket.pk, values={key: "x"})

    assert Ticket.objects.get().values_of_fields.count() == 2
    with_some = counted(page, ticket.path, django_assert_max_num_queries)
    assert with_some == without + 2  # the values, and the names of fields in what happened
