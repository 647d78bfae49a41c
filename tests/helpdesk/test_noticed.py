"""What the bell told of a ticket is read by opening the ticket."""

from helpdesk import actions
from people.models import Notice


def noticed(person):
    return list(Notice.objects.visible_to(person).unread().values_list("verb", flat=True))


def test_opening_a_ticket_reads_the_notices_about_it(browse, desk, ticket, open_ticket, run_tasks):
    other = open_ticket()
    for one in (ticket, other):
        actions.reply(
            actor=desk["nadia"], ticket_id=one.pk, source="Look at the SPF record.", revision=9
        )
    run_tasks()
    told = noticed(desk["aminata"])
    assert len(told) == 2
    client = browse(desk["aminata"])

    client.get(ticket.path, headers={"sec-purpose": "prefetch"})
    client.get(f"{ticket.path}/thread")
    assert noticed(desk["aminata"]) == told
    html = client.get(ticket.path).content.decode()

    assert "1 new notice<" in html
    assert noticed(desk["aminata"]) == told[:1]
